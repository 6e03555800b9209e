"""A file that gets its name only when it is whole and on the disk."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.errors import Busy, InvalidInput, StorageError


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that only this user can read; without an error it becomes *path*.

    Until then it lies beside it as ``.<name>.partial``: what a killed process left there is
    written over by the next. Raises ``InvalidInput`` when *path* is there already, ``Busy`` when
    another process is writing it and ``StorageError`` when it cannot be written.
    """
    if path.exists():
        raise InvalidInput(f"{path} 已经存在。请换一个文件名；备份不会覆盖已有的文件。")
    partial = path.with_name(f".{path.name}.partial")
    try:
        handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InvalidInput(f"不能写入 {path}：{error.strerror}。请换一个位置。") from error
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"另一个进程正在写 {path}。") from error
        try:
            file.truncate(0)
            yield file
            file.flush()
            os.fsync(file.fileno())
            partial.rename(path)
            _sync_folder(path.parent)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise StorageError(
                f"Cannot write {path} ({error.strerror}). Nothing is left of it. Free some space "
                "or choose another place, and try again."
            ) from error
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
