"""How far a long command is: a line on stderr every few seconds, with its rate."""

import time
from typing import Final

from api.command.output import note

_EVERY_S: Final = 2.0
_WORDS: Final = {
    "verified": "已核对的文件",
    "brought": "已读入的文件",
    "records": "记录",
    "mentions": "提及",
    "files": "资产文件",
    "compared mentions": "已比对的提及",
    "compared files": "已比对的资产文件",
}


class Telling:
    """A ``Tell``: what it hears often it says seldom, and the last number of each in any case."""

    def __init__(self) -> None:
        self._what = ""
        self._done = 0
        self._said = 0
        self._began = self._last = 0.0

    def __call__(self, what: str, done: int) -> None:
        """Take note that *done* of *what* are done."""
        now = time.monotonic()
        if what != self._what or done < self._done:
            self.close()
            self._what, self._said = what, 0
            self._began = self._last = now
        self._done = done
        if now - self._last >= _EVERY_S:
            self._say(now)

    def close(self) -> None:
        """Say the last number that was not said yet."""
        if self._done > self._said:
            self._say(time.monotonic())
        self._done = 0

    def _say(self, now: float) -> None:
        took = now - self._began
        rate = f"（每秒 {self._done / took:,.0f}）" if took > _EVERY_S / 2 else ""
        note(f"  {_WORDS.get(self._what, self._what)}：{self._done:,}{rate}")
        self._said, self._last = self._done, now
