"""Where things lie in the data folder: one folder a workspace, and which of them is in use."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import Busy
from core.locks import FileLock

WorkspaceName = Literal["main", "sample"]
_CURRENT = "workspace"
_KEY_WAIT_S = 10.0


@dataclass(frozen=True)
class Workspace:
    """The folder of one workspace and the files in it."""

    name: WorkspaceName
    path: Path

    @property
    def records(self) -> Path:
        """SQLite file of the records."""
        return self.path / "records.sqlite"

    @property
    def search(self) -> Path:
        """SQLite FTS5 file of the search index."""
        return self.path / "search.sqlite"

    @property
    def asset_search(self) -> Path:
        """SQLite FTS5 file of the asset library's search index."""
        return self.path / "asset-search.sqlite"

    @property
    def files(self) -> Path:
        """Folder of the library's files, by content."""
        return self.path / "files"

    @property
    def spool(self) -> Path:
        """Folder of fetched batches that wait for ingest."""
        return self.path / "spool"

    @property
    def inbox(self) -> Path:
        """Folder below which watched folders lie: files put there are imported."""
        return self.path / "inbox"

    @property
    def imports(self) -> Path:
        """Folder of scratch files of imports; what lies in it may be deleted between them."""
        return self.path / "imports"

    @property
    def mail(self) -> Path:
        """Folder of ``.eml`` files, used when no SMTP server is set."""
        return self.path / "mail"

    @property
    def worker_lock(self) -> Path:
        """Held by the worker process of this workspace."""
        return self.path / "worker.lock"

    @property
    def is_sample(self) -> bool:
        """Whether everything in it is invented."""
        return self.name == "sample"


def prepare_data_dir(data_dir: Path) -> None:
    """Create the data folder; raise ``Busy`` with a sentence when it cannot be written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / ".write-test"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise Busy(
            f"Cannot write to the data folder {data_dir} ({error.strerror}). "
            "Give this user the right to write there or set SHENGYU_DATA_DIR to another folder."
        ) from error


def current_workspace(data_dir: Path) -> Workspace | None:
    """Return the workspace in use, or None in an empty data folder."""
    try:
        name = (data_dir / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if name == "sample":
        return Workspace("sample", data_dir / "sample")
    return Workspace("main", data_dir / "main")


def use_workspace(data_dir: Path, name: WorkspaceName) -> Workspace:
    """Make *name* the workspace in use (atomically) and return it; its folder is created."""
    path = data_dir / name
    path.mkdir(parents=True, exist_ok=True)
    staged = data_dir / f"{_CURRENT}.new"
    staged.write_text(name, encoding="utf-8")
    staged.replace(data_dir / _CURRENT)
    return Workspace(name, path)


def secret_key(data_dir: Path) -> str:
    """Return the key kept in the data folder, making it at first use (mode 600)."""
    path = data_dir / "secret_key"
    key = _text(path)
    if not key:
        # Processes that start together must agree: the first makes it, the others read it.
        lock = FileLock(data_dir / "secret_key.lock", f"Another process is still making {path}.")
        lock.acquire(wait_s=_KEY_WAIT_S)
        try:
            key = _text(path) or keep_secret_key(data_dir, secrets.token_urlsafe(48))
        finally:
            lock.release()
    return key


def keep_secret_key(data_dir: Path, key: str) -> str:
    """Keep *key* in the data folder in the place of any other (mode 600) and return it."""
    path = data_dir / "secret_key"
    staged = path.with_suffix(".new")
    staged.unlink(missing_ok=True)
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
    return key


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
