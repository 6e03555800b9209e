"""The whole check of a file: its name, its first bytes, its structure, and what hides in it."""

import io
from typing import BinaryIO, Final

from assets.sniffing import documents, fonts, hidden, pictures, recordings, svg, texts
from assets.sniffing.file_types import FileType, rules
from assets.sniffing.libmagic import magic_type
from assets.sniffing.names import check_name
from assets.sniffing.structure import Check, Wrong

_HEAD: Final = 256 * 1024
_CHECKS: Final[dict[str, Check]] = {
    **documents.CHECKS,
    **fonts.CHECKS,
    **pictures.CHECKS,
    **recordings.CHECKS,
    **svg.CHECKS,
    **texts.CHECKS,
}


def sniff(file: BinaryIO, filename: str) -> str:
    """Return the true media type of *file* (readable and seekable), in bounded memory.

    Raises ``InvalidInput`` with the reason when it is not what *filename* says, or not allowed.
    """
    promised = check_name(filename)
    size = file.seek(0, io.SEEK_END)
    if not size:
        raise Wrong("文件是空的，请选择有内容的文件。")
    file.seek(0)
    head = file.read(_HEAD)
    _check_magic(promised, magic_type(head), head)
    _CHECKS[promised.check](file, size)
    hidden.check(promised, file, size)
    return promised.media_type


def _check_magic(promised: FileType, found: str, head: bytes) -> None:
    known = rules()
    # Which language a text is in libmagic only guesses; how it begins is looked at by its check.
    guessed = promised.check == "text" and found.startswith("text/")
    if found not in promised.magic and not guessed:
        for prefix, reason in known.refused_magic.items():
            if found.startswith(prefix):
                raise Wrong(reason)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Wrong(_ole(head))
    other = next((each for each in known.types if found in each.magic), None)
    fits = found in promised.magic or ("text/*" in promised.magic and found.startswith("text/"))
    if other is not None and not fits:
        raise Wrong(
            f"扩展名是 .{promised.extensions[0]}，内容却是{other.name}；请改成正确的扩展名再上传。"
        )


def _ole(head: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in head:
        return "Office 文件带打开密码，无法检查；请去掉密码后再上传。"
    return "旧版 Office 格式不能检查宏，请另存为 .docx、.xlsx 或 .pptx 后再上传。"
