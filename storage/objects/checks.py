"""What every engine refuses in the same words."""

from typing import Final

from core.errors import Conflict, InvalidInput, NotFound
from storage.objects.interface import MAX_PAGE, ObjectHead
from storage.objects.keys import BLOBS, INCOMING, RENDITIONS, check_key, check_prefix
from storage.objects.naming import check_filename, check_media_type

LONGEST_GET_S: Final = 300
LONGEST_PUT_S: Final = 3600


def check_range(start: int, end: int | None) -> None:
    """Raise ``InvalidInput`` unless ``[start:end]`` runs forwards from 0."""
    if start < 0 or (end is not None and end < start):
        raise InvalidInput("字节范围不对：起点不能小于 0，也不能在终点之后。", field="range")


def check_page(prefix: str, after: str | None, limit: int) -> None:
    """Raise ``InvalidInput`` for a page that cannot be asked for."""
    check_prefix(prefix)
    check_prefix(after or "", field="after")
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"limit 要在 1 到 {MAX_PAGE} 之间。", field="limit")


def check_get_link(key: str, expires_s: int, filename: str, media_type: str) -> None:
    """Raise ``InvalidInput`` for a download that may not be signed."""
    if not check_key(key).startswith((BLOBS, RENDITIONS)):
        raise InvalidInput("还没有检查过的上传文件不能下载。", field="key")
    check_filename(filename)
    check_media_type(media_type)
    _check_expiry(expires_s, LONGEST_GET_S)


def check_put_link(key: str, expires_s: int, max_bytes: int) -> None:
    """Raise ``InvalidInput`` for an upload that may not be signed."""
    if not check_key(key).startswith(INCOMING):
        raise InvalidInput("只能上传到 incoming/ 之下。", field="key")
    if max_bytes < 0:
        raise InvalidInput("max_bytes 不能是负数。", field="max_bytes")
    _check_expiry(expires_s, LONGEST_PUT_S)


def check_version(found: ObjectHead, version: str | None) -> None:
    """Raise ``Conflict`` when a *version* was asked for and *found* is another."""
    if version not in {None, found.version}:
        raise changed()


def changed() -> Conflict:
    """Return the error for an object that is not the checked one any more."""
    return Conflict("文件在检查之后又被上传了一次，请重新上传。")


def no_such(key: str) -> NotFound:
    """Return the error for an object that is not there."""
    return NotFound(f"没有 {key} 这个文件，可能已被删除。")


def _check_expiry(expires_s: int, longest_s: int) -> None:
    if not 1 <= expires_s <= longest_s:
        raise InvalidInput(f"expires_s 要在 1 到 {longest_s} 之间。", field="expires_s")
