"""SnowNLP's shipped data, read without importing SnowNLP.

``import snownlp`` loads pinyin and part-of-speech tables that nothing here uses. Reading only its
word counts, stop words and segmentation counts, and keeping the latter in flat arrays, takes some
five seconds and leaves about 220 MB in memory instead of 430 (the peak while reading is the same).
Only the files of the installed package are read: a marshal file from elsewhere could run anything.
"""

import gc
import gzip
import marshal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.errors import SettingsError


def package_version() -> str:
    """Return the version of the installed SnowNLP."""
    _folder()
    return version("snownlp")


def read_marshal(name: str) -> Any:
    """Read one gzipped marshal file of the package, *name* relative to its folder."""
    with _no_garbage_collection():
        return marshal.loads(gzip.decompress((_folder() / name).read_bytes()))  # noqa: S302 - the package's own file


def read_stop_words() -> frozenset[str]:
    """Return the words that SnowNLP leaves out of its classifier."""
    text = (_folder() / "normal" / "stopwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines())


def _folder() -> Path:
    found = find_spec("snownlp")
    if found is None or found.origin is None:
        raise SettingsError("SHENGYU_SCORER: snownlp is not installed. Run: pip install snownlp")
    return Path(found.origin).parent


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """A million fresh tuples make the collector run for nothing: half of the load time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
