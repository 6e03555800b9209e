"""The spool: a folder of fetched batches that wait for ingest, safe against kill and power loss."""

import errno
import fcntl
import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from core.errors import StorageError
from core.faults import fault_point
from crawlers.raw import Batch
from crawlers.spool_format import PoisonBatch, dump, load

__all__ = ["MAX_MENTIONS", "ClaimedBatch", "PoisonBatch", "Poisoned", "Spool"]

# So many that a batch costs one transaction, so few that a replay costs little.
MAX_MENTIONS: Final = 500
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_STALE_S: Final = 3600.0
_POISON: Final = "poison"
# What a crawl leaves free for the stores on the same disk, which must go on when it cannot.
_RESERVE: Final = 64 * 1024 * 1024


class Poisoned(NamedTuple):
    """A batch that was set aside: its *file*, why, when (UTC) and how many bytes it has."""

    file: Path
    reason: str
    at: datetime
    bytes: int


class Spool:
    """A folder of batch files; the names sort by the time of writing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, batch: Batch) -> Path:
        """Write *batch* durably and return its file: whole or not at all.

        Raises ``StorageError`` when the disk is full or cannot be written, ``ValueError`` for more
        than ``MAX_MENTIONS`` mentions (the caller splits).
        """
        if len(batch.mentions) > MAX_MENTIONS:
            raise ValueError(f"a batch holds at most {MAX_MENTIONS} mentions; split it")
        name = f"{time.time_ns():020d}-{batch.head.id}.jsonl"
        target, staged = self.path / name, self.path / f".{name}.tmp"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _write_synced(staged, batch)
            fault_point("spool.before-rename")
            staged.rename(target)
            fault_point("spool.after-rename")
            _sync_folder(self.path)
        except OSError as error:
            with suppress(OSError):  # the first error is the one to tell
                staged.unlink()
            raise StorageError(_sentence(self.path, error)) from error
        return target

    def pending(self) -> list[Path]:
        """Return the files that wait, oldest first, whether or not somebody has claimed them."""
        return sorted(self.path.glob("[!.]*.jsonl"))

    def claim(self, path: Path) -> "ClaimedBatch | None":
        """Take *path* for this process, or return None when it is taken or gone.

        The lock is the kernel's, so a killed worker frees what it held.
        """
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Between listing and locking another worker may have finished and unlinked it.
            if os.fstat(handle).st_ino == path.stat().st_ino:
                return ClaimedBatch(path, handle)
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(handle)
        return None

    def backlog(self) -> tuple[int, int]:
        """Return how many files wait and their bytes."""
        sizes = []
        for path in self.pending():
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                continue  # ingested since the listing
        return len(sizes), sum(sizes)

    def check_room(self) -> None:
        """Raise ``StorageError`` when a crawl had better not begin: the disk is almost full."""
        folder = next(place for place in (self.path, *self.path.parents) if place.is_dir())
        free = shutil.disk_usage(folder).free
        if free < _RESERVE:
            raise StorageError(
                f"The disk that holds the spool {self.path} has {free // 2**20} MiB left; crawls "
                f"leave {_RESERVE // 2**20} MiB free. Free some space."
            )

    def poisoned(self) -> list[Poisoned]:
        """Return the batches that were set aside, oldest first."""
        found = []
        for path in sorted((self.path / _POISON).glob("*.jsonl")):
            with suppress(FileNotFoundError):  # put back since the listing
                status = path.stat()
                told = _reason_of(path)
                reason = told.read_text(encoding="utf-8").strip() if told.exists() else ""
                # A rename leaves mtime as it is and sets ctime.
                at = datetime.fromtimestamp(status.st_ctime, UTC)
                found.append(Poisoned(path, reason, at, status.st_size))
        return found

    def put_back(self) -> int:
        """Let every batch that was set aside be tried again; return how many there were.

        For after a fix: what still cannot be read is set aside anew, what was ingested is known by
        its receipt.
        """
        files = [poisoned.file for poisoned in self.poisoned()]
        for file in files:
            file.rename(self.path / file.name)
            _reason_of(file).unlink(missing_ok=True)
        if files:
            _sync_folder(self.path)
            _sync_folder(self.path / _POISON)
        return len(files)

    def sweep(self) -> int:
        """Remove the staged files that killed crawls left an hour ago and more; return how many."""
        removed = 0
        for path in self.path.glob(".*.jsonl.tmp"):
            try:
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # renamed or swept by another process
        return removed


class ClaimedBatch:
    """A spool file that this process holds. Close it (or leave the ``with``) to give it back."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle: int | None = handle

    def read(self) -> Batch:
        """Return the batch. Raises ``PoisonBatch`` for a file that can never be read."""
        assert self._handle is not None, "the claim was given back"
        with os.fdopen(os.dup(self._handle), "rb") as file:
            file.seek(0)
            return load(file.read())

    def delete(self) -> None:
        """Remove the file for good: index and database hold it durably now."""
        self.path.unlink()
        _sync_folder(self.path.parent)
        self.close()
        fault_point("ingest.after-delete")

    def set_aside(self, reason: str) -> Path:
        """Move the file to ``poison/`` with *reason* beside it and return its new place."""
        poison = self.path.parent / _POISON
        poison.mkdir(exist_ok=True)
        kept = poison / self.path.name
        _reason_of(kept).write_text(reason + "\n", encoding="utf-8")
        self.path.rename(kept)
        _sync_folder(poison)
        _sync_folder(self.path.parent)
        self.close()
        return kept

    def close(self) -> None:
        """Give the claim back; the file stays where it is."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _reason_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.reason.txt")


def _write_synced(path: Path, batch: Batch) -> None:
    with path.open("xb") as file:
        file.writelines(dump(batch))
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sentence(folder: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return (
            f"The disk that holds the spool {folder} is full. Free some space; nothing was lost, "
            "the source is fetched again at its next turn."
        )
    return f"Cannot write to the spool {folder}: {error.strerror}."
