"""Rules of a watched folder: its plain name below the workspace's inbox."""

import re
from typing import Final

from core.errors import InvalidInput
from crawlers.rules import checks
from crawlers.rules.checks import Rules

_NAME: Final = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff .()（）-]{0,99}")


def check(rules: Rules) -> None:
    """Raise ``InvalidInput``: a name that leads out of the inbox would open the server's files."""
    checks.known_names(rules, ("folder",))
    name = checks.text(rules, "folder")
    if name is None or not _NAME.fullmatch(name) or ".." in name or name != name.strip(" ."):
        raise InvalidInput(
            "规则 folder 应为工作区 inbox 目录下的一个文件夹名，不含 / 和 ..。", field="folder"
        )
