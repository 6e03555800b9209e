"""One spelling for what is written in many: full width, traditional, numerals as characters."""

import re
from typing import Final

_SAME: Final = str.maketrans(
    "０１２３４５６７８９：／．，（）｜ＴＺ－–—−‐‑﹣○時鐘點週個剛號發佈於間編輯後兩內",
    "0123456789:/.,()|TZ-------〇时钟点周个刚号发布于间编辑后两内",
    "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f",
)
_SPACE: Final = re.compile(r"[\s\x85\xa0\u2000-\u200a\u202f\u205f\u3000]+")
_NUMERAL: Final = re.compile("[〇零一二三四五六七八九十两廿卅]")
# 周三十二点 is Wednesday, twelve o'clock: the weekday's own character stays.
_NUMBER: Final = re.compile(
    r"(?<![周期拜])[〇零一二三四五六七八九十两廿卅]+"
    r"(?=\s?(?:[个多余年月日号天周时点分秒刻]|星期|礼拜|小时|钟头))"
    r"|(?<=点)[〇零一二三四五六七八九十]+"
)
_YEAR: Final = re.compile(r"二[〇零O0o一][〇零O0o一二三四五六七八九]{2}(?=\s?年)")
_DIGITS: Final = {character: number for number, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "O": 0, "o": 0, "0": 0, "两": 2,
}  # fmt: skip
_TENS: Final = {"十": 10, "廿": 20, "卅": 30}


def normal(text: str) -> str:
    """Return *text* with ASCII digits and marks, simplified date words and single spaces."""
    if not text.isascii():
        text = text.translate(_SAME)
        if _NUMERAL.search(text):
            text = _NUMBER.sub(_in_digits, _YEAR.sub(_in_digits, text))
    return _SPACE.sub(" ", text).strip()


def _in_digits(found: re.Match[str]) -> str:
    word = found.group()
    tens = next((at for at, one in enumerate(word) if one in _TENS), None)
    if tens is not None:
        many = _DIGITS.get(word[tens - 1], 1) if tens else 1
        return str(many * _TENS[word[tens]] + sum(_DIGITS.get(one, 0) for one in word[tens + 1 :]))
    if len(word) == 2 and found.string[found.end() : found.end() + 1] != "年":
        word = word[-1] if word[0] in "〇零" else word[0]  # 零五分; 两三天 is at least two
    return "".join(str(_DIGITS[one]) for one in word)
