"""The grammar of keys: strict, so that no key can mean a place outside, or two places.

``blobs/sha256/ab/<hash>``, ``incoming/<id>`` and ``renditions/<segment>/…/<name>.<ext>``. Only the
last segment of a rendition has dots, so no key is the folder of another.
"""

import re
from typing import Final

from core.errors import InvalidInput

BLOBS, INCOMING, RENDITIONS = "blobs/", "incoming/", "renditions/"
LONGEST: Final = 200

_HASH = re.compile(r"[0-9a-f]{64}")
_SEGMENT = r"[a-z0-9][a-z0-9_-]*"
_KEY = re.compile(
    r"blobs/sha256/(?P<fan>[0-9a-f]{2})/(?P=fan)[0-9a-f]{62}"
    rf"|incoming/{_SEGMENT}"
    rf"|renditions/(?:{_SEGMENT}/)+{_SEGMENT}(?:\.[a-z0-9]+)+"
)
_PREFIX = re.compile(rf"(?:{_SEGMENT}/)*(?:[a-z0-9][a-z0-9._-]*)?")


def check_key(key: str) -> str:
    """Return *key* when it follows the grammar, else raise ``InvalidInput``."""
    if not is_key(key):
        raise InvalidInput(
            f"“{key[:60]!a}” 不能用作文件的存储键；例如 renditions/ver_1/thumb.webp。", field="key"
        )
    return key


def is_key(key: str) -> bool:
    """Say whether *key* follows the grammar."""
    return len(key) <= LONGEST and _KEY.fullmatch(key) is not None


def check_prefix(prefix: str, field: str = "prefix") -> str:
    """Return *prefix* when keys can begin with it, else raise ``InvalidInput``; empty is all."""
    if len(prefix) > LONGEST or not _PREFIX.fullmatch(prefix):
        raise InvalidInput(f"“{prefix[:60]!a}” 不是存储键的开头；例如 renditions/。", field=field)
    return prefix


def blob_key(sha256: str) -> str:
    """Return the key of the content with this SHA-256, in lower-case hex."""
    if not _HASH.fullmatch(sha256):
        raise InvalidInput("sha256 要写成 64 位小写十六进制。", field="sha256")
    return f"{BLOBS}sha256/{sha256[:2]}/{sha256}"


def named_hash(key: str) -> str | None:
    """Return the SHA-256 that a blob's key names, None for any other key."""
    return key.rpartition("/")[2] if key.startswith(BLOBS) else None
