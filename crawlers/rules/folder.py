"""Rules of a watched folder: its plain name below the workspace's inbox."""

import re
from typing import Final

from core.errors import InvalidInput
from crawlers.rules import checks
from crawlers.rules.checks import Rules

# As ``shengyu import --format`` takes them (``crawlers.importing.options.WAYS``, held by a test).
_FORMATS: Final = ("auto", "mentions", "mediacrawler", "columns")
_LONGEST: Final = 200
_NAME: Final = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff .()（）-]{0,99}")


def check(rules: Rules) -> None:
    """Raise ``InvalidInput``: a name that leads out of the inbox would open the server's files."""
    checks.known_names(rules, ("folder", "format", "columns"))
    name = checks.text(rules, "folder")
    if name is None or not _NAME.fullmatch(name) or ".." in name or name != name.strip(" ."):
        raise InvalidInput(
            "规则 folder 应为工作区 inbox 目录下的一个文件夹名，不含 / 和 ..。", field="folder"
        )
    checks.choice(rules, "format", _FORMATS)
    columns = checks.part(rules, "columns")
    if not all(isinstance(value, str) and len(value) <= _LONGEST for value in columns.values()):
        raise InvalidInput("规则 columns 应为 {字段: 列名}。", field="columns")
    if columns and rules.get("format") in {"mentions", "mediacrawler"}:
        raise InvalidInput("规则 columns 只用于 format 为 columns 的表格。", field="columns")
