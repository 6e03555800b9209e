"""Reads a file in a child process with hard limits, and trusts nothing that comes back."""

import os
import signal
import stat
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from assets.reading.child import Ended, run_child
from assets.reading.cleaning import clean
from assets.reading.limits import Limits
from assets.reading.readers import NAMES
from assets.reading.request import Request
from assets.reading.result import (
    ANSWER,
    PICTURE_TYPE,
    Answer,
    DrawnPicture,
    PageText,
    Picture,
    Reading,
    Unreadable,
)
from assets.sniffing.file_types import file_types
from core.errors import StorageError
from core.log import logger

__all__ = ["PageText", "Picture", "Reading", "Unreadable", "can_read", "read_file"]

_ANSWER_BYTES: Final = 64 << 20
_PICTURE_BYTES: Final = 16 << 20
_BROKEN: Final = "文件读不出来，可能已损坏；请重新导出后再上传。"
_TOO_MUCH: Final = "文件太复杂，{seconds} 秒内读不完；请简化或拆成几个文件后再上传。"
_log = logger("assets")


def can_read(media_type: str) -> bool:
    """Say whether there is anything to read in files of this type."""
    return _reader(media_type) is not None


def read_file(path: Path, media_type: str, workdir: Path, limits: Limits | None = None) -> Reading:
    """Return text, facts and pictures of the file; the pictures lie in *workdir*.

    *workdir* must be private and empty; remove it afterwards. A type that nothing can be read of
    gives an empty reading. Raises ``Unreadable`` when the file is at fault and ``StorageError``
    when the machine is.
    """
    limits = limits or Limits()
    name = _reader(media_type)
    if name is None:
        return Reading((), {}, ())
    request = Request(
        str(path.resolve()), media_type, name, str(workdir.resolve()), os.getpid(), limits
    )
    ended = run_child(request)
    if ended.errors:
        _log.info("reading.errors", media_type=media_type, errors=ended.errors)
    return _reading(_answer(workdir, ended, limits), workdir)


def _reader(media_type: str) -> str | None:
    readers = {each.media_type: each.reader for each in file_types()}
    name = readers.get(media_type)
    return name if name in NAMES else None


def _answer(workdir: Path, ended: Ended, limits: Limits) -> Answer:
    if ended.timed_out or ended.status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Unreadable(_TOO_MUCH.format(seconds=limits.cpu_s))
    if ended.status < 0:
        raise Unreadable(_BROKEN)  # it crashed in a library, or that one ended it for memory
    if ended.status != 0:
        raise StorageError(f"The reading process failed: {ended.errors.strip()[-400:]}")
    try:
        answer = Answer.model_validate_json(_bytes(workdir / ANSWER, _ANSWER_BYTES))
    except (ValidationError, OSError) as error:
        raise Unreadable(_BROKEN) from error
    if answer.unreadable is not None:
        raise Unreadable(answer.unreadable)
    return answer


def _reading(answer: Answer, workdir: Path) -> Reading:
    texts = {page.page: page for page in answer.pages if clean(page.text) == page.text}
    drawn = {picture.name: picture for picture in answer.pictures}
    return Reading(
        pages=tuple(texts[page] for page in sorted(texts)),
        facts=answer.facts.as_json(),
        pictures=tuple(_picture(picture, workdir) for picture in drawn.values()),
    )


def _picture(drawn: DrawnPicture, workdir: Path) -> Picture:
    path = workdir / f"{drawn.name}.webp"
    try:
        head = _bytes(path, _PICTURE_BYTES)[:12]
    except OSError as error:
        raise Unreadable(_BROKEN) from error
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise Unreadable(_BROKEN)
    return Picture(drawn.name, path, PICTURE_TYPE, drawn.width, drawn.height)


def _bytes(path: Path, limit: int) -> bytes:
    """Return the content of a plain file of at most *limit* bytes; links are not followed."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
            raise OSError(f"{path.name} is no plain file of at most {limit} bytes")
        return file.read(limit)
