"""XML of a ZIP member in pieces: no tree, no entities, tokens and sizes bounded."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Final
from xml.parsers import expat

from core.errors import InvalidInput

_PIECE: Final = 1 << 16
# Expat keeps an unfinished tag or text whole; a sheet has none of this size.
_LONGEST_TOKEN: Final = 8 << 20
_MOST_BYTES: Final = 8 << 30

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Data = Callable[[str], None]


def parse(
    archive: zipfile.ZipFile, member: str, start: Start, end: End, data: Data
) -> Iterator[None]:
    """Call back for every element and text of *member*; yield after each piece.

    Names come without their namespace's prefix. Raises ``InvalidInput`` for what is broken, has a
    document type (entity bombs need one) or is too large.
    """
    parser = expat.ParserCreate(namespace_separator="\x1f")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition("\x1f")[2], attributes
    )
    parser.EndElementHandler = lambda name: end(name.rpartition("\x1f")[2])
    parser.CharacterDataHandler = data

    def refuse(*_: object) -> None:
        raise InvalidInput(f"{member} 含有文档类型声明，不是正常的工作簿。")

    parser.StartDoctypeDeclHandler = refuse
    fed = 0
    try:
        with archive.open(member) as file:
            while piece := file.read(_PIECE):
                fed += len(piece)
                parser.Parse(piece, False)
                if fed - max(parser.CurrentByteIndex, 0) > _LONGEST_TOKEN or fed > _MOST_BYTES:
                    raise InvalidInput(f"{member} 太大或不正常，没有读完。")
                yield
            parser.Parse(b"", True)
    except (
        expat.ExpatError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
    ) as error:
        raise InvalidInput(f"{member} 损坏或不完整：{error}。") from error
    except KeyError as error:
        raise InvalidInput(f"工作簿缺少 {member}。") from error
    yield
