"""The only place where the real parts meet: one workspace, opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from alerts.outbox import MESSAGE_HOST
from api.availability import Silence
from api.stores import open_stores
from core.clock import Clock, SystemClock
from core.ids import Ids
from core.settings import Settings
from core.workspace import Workspace, secret_key
from crawlers.addresses import AllowList
from crawlers.spool import Spool
from sentiment.matching import WatchedBrand, Watchlist
from storage.objects import ObjectStore
from storage.records import Records
from storage.records.watch import Brand
from storage.search import MentionIndex
from storage.search.assets import AssetIndex

if TYPE_CHECKING:
    from alerts.correcting import Corrector
    from sentiment.correcting.applying import Calibrations
    from sentiment.scorer import Scorer


@dataclass
class Service:
    """One opened workspace. Thread-safe; ``close`` when done."""

    settings: Settings
    workspace: Workspace
    records: Records
    index: MentionIndex
    asset_index: AssetIndex
    spool: Spool
    files: ObjectStore
    secret: str
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=Ids)
    index_silence: Silence = field(default_factory=Silence)
    _watchlist: tuple[int, Watchlist] | None = None
    _watchlist_lock: Lock = field(default_factory=Lock)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every time on screen."""
        return self.settings.zone

    @property
    def message_host(self) -> str:
        """The host that Message-IDs end with."""
        return urlsplit(self.settings.base_url).hostname or MESSAGE_HOST

    @cached_property
    def scorer(self) -> "Scorer":
        """The sentiment engine, loaded at first use."""
        from sentiment.scorer import load_scorer

        return load_scorer(self.settings.scorer)

    def brands(self) -> list[Brand]:
        """Brands that are watched now, own ones first."""
        order = {"own": 0, "competitor": 1, "industry": 2}
        with self.records.read() as session:
            rows = session.scalars(select(Brand).where(Brand.archived_at.is_(None))).all()
        return sorted(rows, key=lambda brand: (order.get(brand.role, 3), brand.created_at))

    def brand_names(self) -> Mapping[str, str]:
        """Every name and alias of a watched brand → its id, for ``brand:`` in queries."""
        names: dict[str, str] = {}
        for brand in self.brands():
            for name in (*brand.aliases, brand.name):
                names[name] = brand.id
        return names

    def watchlist(self) -> Watchlist:
        """The compiled watchlist, made anew when a brand was changed."""
        with self.records.read() as session:
            # Over all brands, archived ones too: so every change makes it larger.
            mark = session.scalar(select(func.coalesce(func.sum(Brand.version), 0))) or 0
        with self._watchlist_lock:
            if self._watchlist is None or self._watchlist[0] != mark:
                watched = [watched_brand(brand) for brand in self.brands()]
                self._watchlist = (mark, Watchlist(watched))
            return self._watchlist[1]

    def calibrations(self) -> "Calibrations":
        """What people taught about the scorer, as it is in use now."""
        from sentiment.correcting.applying import calibrations_in_use

        with self.records.read() as session:
            return calibrations_in_use(session, self.scorer.name)

    @cached_property
    def corrector(self) -> "Corrector":
        """Takes people's corrections of sentiment."""
        from alerts.correcting import Corrector

        return Corrector(self.records, self.index, self.clock, self.ids, self.message_host)

    def allowed_pairs(self) -> tuple[str, ...]:
        """``host:port`` pairs on private addresses that crawls may reach.

        The sample's sites are served by our own web process, so the sample may reach that.
        """
        pairs = self.settings.allow_private
        if self.workspace.is_sample:
            pairs = (*pairs, f"{self.settings.loopback}:{self.settings.port}")
        return pairs

    def allow_list(self) -> AllowList:
        """The parsed form of ``allowed_pairs``."""
        return AllowList.parse(self.allowed_pairs())

    def close(self) -> None:
        """Close the stores."""
        self.index.close()
        self.asset_index.close()
        self.records.close()


def watched_brand(brand: Brand) -> WatchedBrand:
    """Return the matching form of a stored brand."""
    return WatchedBrand(
        id=brand.id,
        name=brand.name,
        role=brand.role,  # type: ignore[arg-type]
        aliases=tuple(brand.aliases),
        products=tuple(brand.products),
        people=tuple(brand.people),
        exclude=tuple(brand.exclude),
        context=tuple(brand.context),
    )


def open_service(
    settings: Settings,
    workspace: Workspace,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> Service:
    """Open *workspace* with the engines that *settings* name; see ``api.stores``."""
    workspace.path.mkdir(parents=True, exist_ok=True)
    given = settings.secret_key
    secret = given.get_secret_value() if given else secret_key(settings.data_dir)
    clock = clock or SystemClock()
    stores = open_stores(settings, workspace, secret, clock)
    return Service(
        settings=settings,
        workspace=workspace,
        records=stores.records,
        index=stores.index,
        asset_index=stores.asset_index,
        spool=Spool(workspace.spool),
        files=stores.files,
        secret=secret,
        clock=clock,
        ids=ids or Ids(),
    )
