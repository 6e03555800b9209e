"""Times as a person reads them: relative under a day, absolute on hover, in the zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from api.pages.i18n import _
from core.clock import isoformat

Level = Literal["ok", "soon", "late"]
# The second warning of a policy: from here on a clock is amber. countdown.js has the same figure.
SOON_FROM: Final = 80.0
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """One time: *shown* in the text, *absolute* on hover, *iso* for machines.

    *ages* says that the shown text is relative and goes on changing.
    """

    iso: str
    absolute: str
    shown: str
    ages: bool


@dataclass(frozen=True)
class Countdown:
    """Time left until *due*: *spent* per cent of it is gone, *text* is h:mm."""

    start: str
    due: str
    absolute: str
    text: str
    level: Level
    spent: float


@dataclass(frozen=True)
class Times:
    """Shows times at one moment, in one zone."""

    now: datetime
    zone: ZoneInfo

    def moment(self, at: datetime) -> Moment:
        """Return how *at* is shown: an age under a day, else month and day, else the year too."""
        age = self.now - at
        ages = timedelta(0) <= age < _DAY
        shown = _age(age) if ages else self.date_and_time(at)
        return Moment(isoformat(at), self.absolute(at), shown, ages)

    def date_and_time(self, at: datetime) -> str:
        """Return month, day and minute; of another year the date alone."""
        local = at.astimezone(self.zone)
        same_year = local.year == self.now.astimezone(self.zone).year
        return local.strftime("%m-%d %H:%M" if same_year else "%Y-%m-%d")

    def absolute(self, at: datetime) -> str:
        """Return the full time with its zone."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S} {self.zone.key}"

    def time_of_day(self, at: datetime) -> str:
        """Return hour and minute."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def day(self, at: datetime) -> str:
        """Return the name of the local day: today, yesterday, else its date."""
        local, today = at.astimezone(self.zone).date(), self.now.astimezone(self.zone).date()
        if local == today:
            return _("今天")
        if local == today - _DAY:
            return _("昨天")
        return local.strftime("%m-%d" if local.year == today.year else "%Y-%m-%d")

    def midnight(self, days_ago: int = 0) -> datetime:
        """Return when the local day *days_ago* began."""
        local = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return (local.replace(tzinfo=None) - days_ago * _DAY).replace(tzinfo=self.zone)

    def countdown(self, start: datetime, due: datetime) -> Countdown:
        """Return the clock that runs from *start* to *due*."""
        whole = max((due - start).total_seconds(), 1.0)
        spent = min(100.0, max(0.0, (self.now - start).total_seconds() / whole * 100))
        if self.now >= due:
            level, spent, text = "late", 100.0, _("已超时") + " " + hours(self.now - due)
        else:
            level, text = ("soon" if spent >= SOON_FROM else "ok"), hours(due - self.now)
        return Countdown(
            isoformat(start),
            isoformat(due),
            self.absolute(due),
            text,
            level,  # type: ignore[arg-type]
            spent,
        )


def hours(length: timedelta) -> str:
    """Return *length* as h:mm, rounded down as a clock does."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def in_words(length: timedelta) -> str:
    """Return *length* in its largest fitting unit: 18 minutes, 3 hours, 2 days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)s 分钟", n=minutes)
    if minutes < 24 * 60:
        whole, rest = divmod(minutes, 60)
        if rest:
            return _("%(h)s 小时 %(m)s 分钟", h=whole, m=rest)
        return _("%(n)s 小时", n=whole)
    return _("%(n)s 天", n=minutes // (24 * 60))


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return _("%(n)s 分钟前", n=minutes)
    return _("%(n)s 小时前", n=minutes // 60)
