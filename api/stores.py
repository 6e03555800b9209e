"""Chooses the engine of each store by the settings: embedded, or a server where one is named."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clock import Clock
from core.settings import Settings
from core.workspace import Workspace
from storage.objects import FolderObjectStore, ObjectStore
from storage.records import Records
from storage.search import EmbeddedMentionIndex, MentionIndex
from storage.search.assets import AssetIndex, EmbeddedAssetIndex

if TYPE_CHECKING:
    from storage.search.elastic import ElasticAddress


@dataclass(frozen=True)
class Stores:
    """The opened stores of one workspace."""

    records: Records
    index: MentionIndex
    asset_index: AssetIndex
    files: ObjectStore

    def close(self) -> None:
        """Close what can be closed."""
        self.index.close()
        self.asset_index.close()
        self.records.close()


def open_stores(settings: Settings, workspace: Workspace, secret: str, clock: Clock) -> Stores:
    """Open the stores of *workspace*; its folder must exist.

    The sample is never on servers: all of it lies in its folder. Raises ``StorageError`` where a
    store cannot be opened.
    """
    index, asset_index = _indices(settings, workspace)
    return Stores(
        _records(settings, workspace),
        index,
        asset_index,
        _files(settings, workspace, secret, clock),
    )


def _records(settings: Settings, workspace: Workspace) -> Records:
    if settings.database_url is None or workspace.is_sample:
        return Records.open_sqlite(workspace.records)
    return Records.open(settings.database_url.get_secret_value())


def _indices(settings: Settings, workspace: Workspace) -> tuple[MentionIndex, AssetIndex]:
    if settings.elasticsearch_url is None or workspace.is_sample:
        return EmbeddedMentionIndex(workspace.search), EmbeddedAssetIndex(workspace.asset_search)
    # Brings the client of a server that most workspaces have not.
    from storage.search.elastic import ElasticMentionIndex
    from storage.search.elastic.assets import ElasticAssetIndex

    address = elastic_address(settings)
    mentions = ElasticMentionIndex(address, shards=settings.elasticsearch_shards)
    return mentions, ElasticAssetIndex(address)


def elastic_address(settings: Settings) -> "ElasticAddress":
    """Return where *settings*, which name an Elasticsearch, say that it is."""
    from storage.search.elastic import ElasticAddress

    assert settings.elasticsearch_url is not None
    password, key = settings.elasticsearch_password, settings.elasticsearch_api_key
    return ElasticAddress(
        url=settings.elasticsearch_url,
        username=settings.elasticsearch_username,
        password=password.get_secret_value() if password else None,
        api_key=key.get_secret_value() if key else None,
        ca_file=settings.elasticsearch_ca_file,
        prefix=settings.elasticsearch_prefix,
    )


def _files(settings: Settings, workspace: Workspace, secret: str, clock: Clock) -> ObjectStore:
    if settings.s3_endpoint is None or workspace.is_sample:
        return FolderObjectStore(workspace.files, secret=secret, clock=clock)
    from storage.objects.s3 import S3Address, S3ObjectStore

    assert settings.s3_access_key is not None  # the settings see to it
    assert settings.s3_secret_key is not None
    address = S3Address(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        public_endpoint=settings.s3_public_endpoint,
    )
    return S3ObjectStore(address, clock, site=settings.base_url)
