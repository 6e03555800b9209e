"""How long a server's folder and the server live: for a ``with`` block, or until ``close``."""

import shutil
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from . import keeper


def new_folder() -> Path:
    """Make a temporary folder that the servers' user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="shengyu-servers-"))
    folder.chmod(0o711)
    return folder


class Lifetime(ABC):
    """What runs in *folder*, a temporary one unless given.

    As a context manager it is started and, at the end, stopped and its temporary folder removed.
    With *kept*, a temporary folder goes at the latest when this process ends, even by SIGKILL.
    """

    def __init__(self, folder: Path | None, *, kept: bool) -> None:
        self.is_temporary = folder is None
        self.folder = new_folder() if folder is None else folder
        if self.is_temporary and kept:
            keeper.keep_folder(self.folder)

    @abstractmethod
    def start(self) -> Self:
        """Start what does not run and wait until it answers."""

    @abstractmethod
    def stop(self) -> None:
        """End it as its makers mean it and keep the data; twice does no harm."""

    @abstractmethod
    def kill(self) -> None:
        """End it with SIGKILL and keep the data."""

    def close(self) -> None:
        """Stop it and remove its temporary folder."""
        if self.is_temporary:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.stop()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()
