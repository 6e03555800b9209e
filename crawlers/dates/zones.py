"""Names and offsets of time zones as they stand behind a time."""

import re
from datetime import UTC, timedelta, timezone
from typing import Final

# RFC 822's zones and those of China's neighbours. CST is China's: that is who writes it here.
_HOURS: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "cst": 8, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9,
    "bst": 1, "cet": 1, "cest": 2, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7,
}  # fmt: skip
_OFFSET: Final = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")

# 08:30-10:00 is a span; a bare offset to the west needs the seconds before it, or no colon.
ZONE: Final = (
    r"(?P<zone>(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d{2})?(?!\d)"
    r"|(?(second)[+-](?:0\d|1[0-4])(?::?\d{2})?(?![\d:])|\+(?:0\d|1[0-4]):?\d{2}(?!\d))"
    r"|-(?:0\d|1[0-2])\d{2}(?![\d:])"
    r"|(?:UTC?|GMT|Z|[CEMP][SD]T|HKT|SGT|JST|KST|BST|CES?T)(?![A-Za-z]))"
)


def zone_of(written: str) -> timezone:
    """Return the zone that *written*, a match of ``ZONE``, names."""
    name = written.lower().replace(" ", "")
    found = _OFFSET.search(name)
    if found is None:
        hours = _HOURS[name]
        return timezone(timedelta(hours=hours)) if hours else UTC
    sign, hour, minute = found.groups()
    offset = timedelta(hours=int(hour), minutes=int(minute or 0))
    return timezone(-offset if sign == "-" else offset)
