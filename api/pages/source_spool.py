"""What was fetched and is not yet in: how much waits, and what could not be read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.pages.asset_view import in_bytes
from api.pages.i18n import _
from api.pages.source_words import span
from api.wiring import Service
from crawlers.spool import Spool

# A worker takes a batch within seconds; what waits for so long waits for something else.
_LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class PoisonLine:
    """A file that was set aside and why."""

    file: str
    reason: str
    size: str


@dataclass(frozen=True)
class SpoolCard:
    """The backlog in one sentence; *advice* says what to do where it does not go down."""

    says: str
    advice: str
    poisoned: tuple[PoisonLine, ...]


def spool_card(service: Service) -> SpoolCard | None:
    """Return the card, or None when nothing waits and nothing was set aside."""
    files, size = service.spool.backlog()
    poisoned = tuple(
        PoisonLine(each.file.name, each.reason or "—", in_bytes(each.bytes))
        for each in service.spool.poisoned()
    )
    if not files and not poisoned:
        return None
    oldest = oldest_wait(service.spool)
    late = oldest is not None and oldest > _LATE
    says = _("%(n)s 个批次等待入库，共 %(size)s", n=files, size=in_bytes(size)) if files else ""
    if late:
        says = _("%(says)s，最早的等了 %(span)s", says=says, span=span(oldest))
    advice = _("批次没有及时入库：请看工作进程是否在运行、搜索索引是否连得上。已采到的不会丢。")
    return SpoolCard(says, advice if late else "", poisoned)


def oldest_wait(spool: Spool) -> timedelta | None:
    """Return how long the oldest waiting batch has been there, None when none waits."""
    for path in spool.pending():
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue  # ingested since the listing
        return max(datetime.now(UTC) - written, timedelta(0))
    return None
