"""A workspace on servers of its own, which a test may stop, kill, hang and start again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from servers_of_their_own import (
    ElasticsearchCluster,
    MinioServer,
    PostgresServer,
    elasticsearch,
    minio,
    postgres,
)

from alerts.policy import ensure_policy
from api.command.opening import workspace_in_use
from api.wiring import Service, open_service
from core.settings import PREFIX, Settings
from sentiment.brands import BrandInput, add_brand

SECRET = "the-same-for-every-process"


@dataclass
class OwnServers:
    """The three servers, started."""

    postgres: PostgresServer
    elasticsearch: ElasticsearchCluster
    minio: MinioServer

    def environment(self, name: str) -> dict[str, str]:
        """Return the settings that put every store of the workspace *name* on them."""
        values = {
            "secret_key": SECRET,
            "database_url": self.postgres.url_of(name),
            "elasticsearch_url": ",".join(self.elasticsearch.urls),
            "elasticsearch_username": self.elasticsearch.username,
            "elasticsearch_password": self.elasticsearch.password,
            "elasticsearch_prefix": name,
            "s3_endpoint": self.minio.endpoint,
            "s3_access_key": self.minio.access_key,
            "s3_secret_key": self.minio.secret_key,
            "s3_bucket": f"bucket-{name}",
        }
        return {PREFIX + setting.upper(): value for setting, value in values.items()}

    def add_database(self, name: str) -> None:
        """Make the database of the workspace *name*."""
        plain = self.postgres.url.replace("+psycopg", "", 1)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))


@contextmanager
def own_servers(nodes: int = 1, drives: int = 1) -> Iterator[OwnServers]:
    """Start the servers and remove them at the end; where one is missing, leave the test out."""
    with (
        elasticsearch(nodes) as index,
        postgres() as records,
        minio(drives) as files,
    ):
        yield OwnServers(records, index, files)


def settings_of(environment: dict[str, str], data_dir: Path) -> Settings:
    """Return *environment* as settings, with the folder of one machine."""
    values = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items()}
    return Settings.model_validate(values | {"data_dir": data_dir, "sample": "off"})


def watching_service(settings: Settings) -> Service:
    """Open the workspace of *settings* with a brand of our own and somebody to tell."""
    service = open_service(settings, workspace_in_use(settings))
    with service.records.write() as session:
        given = BrandInput("星澜科技", "own", aliases=["星澜"])
        add_brand(session, given, "test", service.clock, service.ids)
        ensure_policy(session, service.ids, service.clock, recipients=("duty@example.cn",))
    return service
