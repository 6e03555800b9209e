"""Counts as Chinese platforms write them."""

import re

_COUNT = re.compile(r"(\d{1,3}(?:[,，]\d{3})+|\d+)(\.\d+)?\s*(千|万|萬|亿|億|[kKwWmM])?")
_SCALE = {
    "千": 10**3, "k": 10**3,
    "万": 10**4, "萬": 10**4, "w": 10**4,
    "m": 10**6,
    "亿": 10**8, "億": 10**8,
}  # fmt: skip
_LARGEST = 10**12


def parse_count(text: str | None) -> int | None:
    """Read ``3,456``, ``1.5万``, ``28k``, ``10w+``, ``1.2亿``; None where no number is told.

    A platform that shows only the word (赞, 转发) does not tell, so that is None and not 0.
    """
    if not text:
        return None
    found = _COUNT.search(text)
    if found is None:
        return None
    whole, fraction, unit = found.groups()
    digits = re.sub("[,，]", "", whole).lstrip("0")
    if len(digits) > len(str(_LARGEST)):
        return _LARGEST  # hundreds of figures are no float
    number = float((digits or "0") + (fraction or ""))
    return min(round(number * _SCALE.get((unit or "").lower(), 1)), _LARGEST)
