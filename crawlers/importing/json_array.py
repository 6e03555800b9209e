"""Rows of a JSON file that is one array of objects, read piece by piece."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Final

from core.errors import InvalidInput
from crawlers.importing.content import Content
from crawlers.importing.rows import Row

_PIECE: Final = 1 << 18
_LONGEST_ENTRY: Final = 16 << 20
_OPENING: Final = re.compile(r"\ufeff?\s*(?:\{\s*\"[^\"\\]{1,64}\"\s*:\s*)?\[")
_BETWEEN: Final = re.compile(r"[\s,]*")


def array_rows(content: Content) -> Iterator[Row]:
    """Yield the entries of the array, from 1 on.

    Raises ``InvalidInput`` where the text stops being JSON or ends early: what came before stands.
    """
    window = _Window(content)
    window.open()
    number = 0
    decoder = json.JSONDecoder()
    while window.more():
        number += 1
        value = window.entry(decoder, number)
        if isinstance(value, dict):
            yield Row(number, cells=value)
        else:
            yield Row(number, fault="每项应为一个 JSON 对象。")


class _Window:
    """The part of the file that is in memory: from *at* on nothing has been used."""

    def __init__(self, content: Content) -> None:
        self._name = content.name
        self._file = content.path.open("rb")
        self._decoder = codecs.getincrementaldecoder(content.encoding)("replace")
        self._text, self._at, self._ended = "", 0, False

    def open(self) -> None:
        self._fill(_PIECE)
        found = _OPENING.match(self._text)
        if found is None:
            raise InvalidInput(f"{self._name} 不是 JSON 数组。")
        self._at = found.end()

    def more(self) -> bool:
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                if self._text[self._at] == "]":
                    self._file.close()
                    return False
                return True
            if self._ended:
                self._file.close()
                raise InvalidInput(
                    f"{self._name} 不完整：JSON 数组没有结束，可能没有写完或被截断。"
                )
            self._fill(_PIECE)

    def entry(self, decoder: json.JSONDecoder, number: int) -> object:
        piece = _PIECE
        while True:
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._broken(number, "嵌套太深") from None
            except ValueError as error:
                if self._ended:
                    raise self._broken(number, str(error)) from error
                if len(self._text) - self._at > _LONGEST_ENTRY:
                    raise self._broken(number, "一项超过 16 MB，或引号没有闭合") from error
            else:
                # A number that ends where the window ends may go on behind it.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._fill(piece)
            piece *= 2

    def _fill(self, size: int) -> None:
        data = self._file.read(size)
        self._ended = not data
        self._text = self._text[self._at :] + self._decoder.decode(data, final=self._ended)
        self._at = 0

    def _broken(self, number: int, why: str) -> InvalidInput:
        self._file.close()
        return InvalidInput(
            f"{self._name} 从第 {number} 项起不是合法的 JSON（{why}），其后没有读取。"
        )
