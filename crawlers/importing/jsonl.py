"""Rows of a file with one JSON object a line."""

import json
from collections.abc import Iterator
from typing import Any, Final

from crawlers.importing.content import Content
from crawlers.importing.rows import Row
from crawlers.importing.text_lines import text_lines

# The longest text with every sign escaped, and room for the other fields.
_LONGEST_LINE: Final = 2 << 20
_TOO_LONG: Final = "这一行超过 2 MB，没有读取。"
_NOT_UTF8: Final = "不是 UTF-8 编码（也不是 GB18030），请先转换文件编码。"


def jsonl_rows(content: Content) -> Iterator[Row]:
    """Yield the lines that are not blank; a bad one says why."""
    lines = text_lines(content.path, content.encoding, _LONGEST_LINE)
    for number, (line, whole) in enumerate(lines, start=1):
        if line.isspace():
            continue
        if not whole:
            yield Row(number, fault=_TOO_LONG)
            continue
        value, fault = json_object(line)
        if fault and "\ufffd" in line:
            fault = _NOT_UTF8
        yield Row(number, cells=value, fault=fault)


def json_object(text: str) -> tuple[dict[str, Any], str]:
    """Return the object that *text* is, or an empty one and the reason."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, f"不是一行合法的 JSON：{error}"
    if not isinstance(value, dict):
        return {}, "每行应为一个 JSON 对象。"
    return value, ""
