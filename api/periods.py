"""Periods of whole local days, and the period that each is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.errors import InvalidInput

LONGEST_DAYS: Final = 731
ROLLING: Final[Mapping[str, int]] = {"7": 7, "30": 30, "90": 90}
DEFAULT: Final = "30"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the local day *first* to *last*, both whole and included.

    *code* says how it was chosen: 7, 30, 90, month, last_month or custom.
    """

    first: date
    last: date
    zone: ZoneInfo
    code: str = "custom"

    @property
    def after(self) -> datetime:
        """Where it begins, aware."""
        return _midnight(self.first, self.zone)

    @property
    def before(self) -> datetime:
        """Where it has ended, aware: the midnight after its last day."""
        return _midnight(self.last + _DAY, self.zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def fields(self) -> dict[str, str]:
        """The two days as an address carries them."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    def previous(self) -> "Period":
        """Return what it is compared with: of a month the same days of the month before."""
        if self.code in {"month", "last_month"}:
            end_before = self.first - _DAY
            first = end_before.replace(day=1)
            whole = self.code == "last_month"
            last = end_before if whole else min(end_before, first + (self.last - self.first))
            return Period(first, last, self.zone)
        return Period(self.first - self.days * _DAY, self.first - _DAY, self.zone)


def chosen_period(
    code: str, first: str, last: str, *, now: datetime, zone: ZoneInfo, default: str = DEFAULT
) -> Period:
    """Return the period that an address asks for; *first* and *last* are ISO dates or empty.

    Days that have not come yet are left out. Raises ``InvalidInput`` for dates that make none.
    """
    today = now.astimezone(zone).date()
    if first or last:
        return _custom(
            _day(first or last, "from"), _day(last, "to") if last else today, today, zone
        )
    if code == "month":
        return Period(today.replace(day=1), today, zone, code)
    if code == "last_month":
        end = today.replace(day=1) - _DAY
        return Period(end.replace(day=1), end, zone, code)
    code = code if code in ROLLING else default
    return Period(today - (ROLLING[code] - 1) * _DAY, today, zone, code)


def _custom(first: date, last: date, today: date, zone: ZoneInfo) -> Period:
    if first > last:
        raise InvalidInput("开始日期要早于结束日期。", field="from")
    if first > today:
        raise InvalidInput("开始日期还没有到。", field="from")
    last = min(last, today)
    if (last - first).days >= LONGEST_DAYS:
        raise InvalidInput(f"最多看 {LONGEST_DAYS} 天，请缩短时间。", field="from")
    return Period(first, last, zone)


def _day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput("日期要写成 2026-11-01 这样。", field=field) from error
    # Before that no calendar of a zone is worth anything, and the first years overflow in UTC.
    if not 1990 <= found.year <= 9000:
        raise InvalidInput("日期要在 1990 年之后。", field=field)
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
