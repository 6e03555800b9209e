"""The names that files come with: shown to people, so they must not pretend to be another type."""

import unicodedata
from typing import Final

from assets.sniffing.file_types import FileType, rules
from core.errors import InvalidInput
from storage.objects.naming import check_filename

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER: Final = "\u200d"  # of emoji


def check_name(filename: str) -> FileType:
    """Return the type that *filename* promises.

    Raises ``InvalidInput`` for a name that cannot be shown or kept, an unknown or refused
    extension, and one that hides another (``plan.pdf.exe``, ``plan.exe.pdf``).
    """
    check_filename(filename)
    if any(map(_unseen, filename)):
        raise InvalidInput("文件名里有看不见的字符，请改名后再试。", field="filename")
    if filename != filename.strip() or filename[-1] == ".":
        raise InvalidInput("文件名的首尾不能是空格或句点，请改名后再试。", field="filename")
    stem, dot, last = filename.rpartition(".")
    if not dot or not stem.strip(" ."):
        raise InvalidInput("文件名没有扩展名，请加上，例如 .pdf。", field="filename")
    return _promised(stem, last.lower())


def _promised(stem: str, extension: str) -> FileType:
    known = rules()
    sentence = known.refused_sentences.get(extension)
    if sentence is not None:
        raise InvalidInput(sentence, field="filename")
    if extension in known.refused_extensions:
        raise InvalidInput("程序、脚本和网页不能放进资产库。", field="filename")
    inner = [part.strip().lower() for part in stem.split(".")[1:]]
    if any(part in known.refused_extensions for part in inner):
        raise InvalidInput(
            "文件名有两个扩展名，其中一个是程序或脚本；请改名后再试。", field="filename"
        )
    found = known.by_extension(extension)
    if found is None:
        allowed = "、".join(each.extensions[0] for each in known.types)
        shown = extension[:20]
        raise InvalidInput(f"不收 .{shown} 文件；可以上传：{allowed}。", field="filename")
    return found


def _unseen(character: str) -> bool:
    return character != _JOINER and unicodedata.category(character) in _UNSEEN
