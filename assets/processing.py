"""Reads the files of new versions: text, facts and pictures, each version once.

The slow work is done outside of transactions, under a lease; objects are stored first, then all
rows in one transaction that checks the lease, so that a kill anywhere loses and doubles nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from assets.availability import day_of
from assets.findings import Checked, check_version, checked
from assets.hold import LEASE, Hold
from assets.indexing import mark
from assets.reading.folder import private_folder
from assets.reading.run import Reading, Unreadable, can_read, read_file
from assets.renditions import keep_pictures
from core.clock import Clock
from core.errors import LeaseLost, ShengyuError
from core.faults import fault_point
from core.ids import Ids
from core.log import logger
from storage.objects import ObjectStore, blob_key
from storage.records import Records
from storage.records.lease import claim_due, settle
from storage.records.library import AssetVersion, Rendition, TextLayer

PENDING, DONE, FAILED = "pending", "done", "failed"
MAX_ATTEMPTS: Final = 5
_FIRST_DELAY: Final = timedelta(seconds=30)
_GAVE_UP: Final = "文件试读了 {times} 次都没有成功：{reason}。请联系管理员查看日志，或重新上传。"
_log = logger("assets")


@dataclass(frozen=True)
class _Work:
    """A version that is to be read, and the claim on it."""

    hold: Hold
    version_id: str
    asset_id: str
    sha256: str
    media_type: str
    attempt: int


def process_due(
    records: Records, files: ObjectStore, clock: Clock, ids: Ids, *, limit: int = 10
) -> int:
    """Read up to *limit* versions that wait; return how many were taken on.

    A file that cannot be read fails its version with the reason; a broken store is tried again, up
    to five times in all. Errors of one version never stop the others.
    """
    taken = 0
    while taken < limit:
        with records.write() as session:
            work = _claim(records, session, clock)
        if work is None:
            break
        taken += 1
        _process(records, files, clock, work)
    return taken


def _claim(records: Records, session: Session, clock: Clock) -> _Work | None:
    # One at a time: a slow file must not outlast the claims on those behind it.
    waiting = (AssetVersion.processing == PENDING, AssetVersion.sha256.is_not(None))
    claims = claim_due(session, AssetVersion, clock.now(), lease=LEASE, limit=1, where=waiting)
    for claim in claims:
        # Counted before the work: a file that ends the worker itself is not tried for ever.
        session.execute(
            update(AssetVersion)
            .where(AssetVersion.id == claim.id)
            .values(attempts=AssetVersion.attempts + 1)
        )
        row = session.get_one(AssetVersion, claim.id)
        return _Work(
            hold=Hold(records, claim),
            version_id=row.id,
            asset_id=row.asset_id,
            sha256=row.sha256 or "",
            media_type=row.media_type or "",
            attempt=row.attempts,
        )
    return None


def _process(records: Records, files: ObjectStore, clock: Clock, work: _Work) -> None:
    try:
        if work.attempt > MAX_ATTEMPTS:
            _fail(records, clock, work, _gave_up(work.attempt - 1, "处理时进程中断"))
            return
        try:
            with private_folder() as folder:
                reading = _read(files, work, folder)
                _store(records, files, clock, work, reading)
        except Unreadable as error:
            _fail(records, clock, work, str(error))
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - one version must not hold up the rest
            _try_again(records, clock, work, error)
    except LeaseLost as error:
        _log.warning("library.lease_lost", version_id=work.version_id, error=str(error))


def _read(files: ObjectStore, work: _Work, folder: Path) -> Reading:
    if not can_read(work.media_type):
        return Reading((), {}, ())
    file, pictures = folder / "file", folder / "out"
    pictures.mkdir(mode=0o700)
    with files.open(blob_key(work.sha256)) as reader, file.open("wb") as copy:
        for piece in reader:
            copy.write(piece)
            work.hold.keep()
    work.hold.keep(now=True)
    return read_file(file, work.media_type, pictures)


def _store(
    records: Records, files: ObjectStore, clock: Clock, work: _Work, reading: Reading
) -> None:
    work.hold.keep(now=True)
    rows: list[Any] = [*keep_pictures(files, work.version_id, reading.pictures)]
    rows += [
        TextLayer(version_id=work.version_id, page=page.page, source=page.source, text=page.text)
        for page in reading.pages
    ]
    ahead = checked((page.text for page in reading.pages), day_of(clock.now()))
    work.hold.keep(now=True)
    fault_point("library.before-store")
    with records.write() as session:
        told = {"processing": DONE, "fault": None, "facts": reading.facts}
        _settle(session, clock, work, rows, ahead, **told)
    fault_point("library.after-store")


def _settle(
    session: Session,
    clock: Clock,
    work: _Work,
    rows: Iterable[Any],
    ahead: Checked | None = None,
    **values: Any,
) -> None:
    """Write the outcome and replace what was read before, if the claim still holds."""
    settle(session, AssetVersion, work.hold.claim, next_due_at=None, **values)
    for table in (TextLayer, Rendition):
        session.execute(delete(table).where(table.version_id == work.version_id))
    session.add_all(rows)
    session.flush()
    check_version(session, work.version_id, clock, ahead=ahead)
    mark(session, work.asset_id)


def _fail(records: Records, clock: Clock, work: _Work, fault: str) -> None:
    with records.write() as session:
        _settle(session, clock, work, (), processing=FAILED, fault=fault)
    _log.info("library.failed", version_id=work.version_id, fault=fault)


def _try_again(records: Records, clock: Clock, work: _Work, error: Exception) -> None:
    reason = str(error) if isinstance(error, ShengyuError) else type(error).__name__
    if work.attempt >= MAX_ATTEMPTS:
        _log.error("library.gave_up", version_id=work.version_id, exc_info=error)
        _fail(records, clock, work, _gave_up(work.attempt, reason))
        return
    due = clock.now() + _FIRST_DELAY * 2 ** (work.attempt - 1)
    _log.warning("library.will_retry", version_id=work.version_id, exc_info=error)
    with records.write() as session:
        settle(session, AssetVersion, work.hold.claim, next_due_at=due)


def _gave_up(times: int, reason: str) -> str:
    return _GAVE_UP.format(times=times, reason=reason[:200])
