"""How the report writes lengths, rates and their changes."""

from datetime import timedelta

from api.pages.i18n import _

NONE = "—"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def length(span: timedelta | None) -> str:
    """Return a length in the largest unit that keeps it readable, to a tenth: 42 分钟, 3.5 小时."""
    if span is None:
        return NONE
    seconds = span.total_seconds()
    if seconds < _MINUTE:
        return _("不到 1 分钟")
    if seconds < _HOUR:
        return _("%(n)s 分钟", n=f"{seconds / _MINUTE:.0f}")
    if seconds < 3 * _DAY:
        return _("%(n)s 小时", n=_tenth(seconds / _HOUR))
    return _("%(n)s 天", n=_tenth(seconds / _DAY))


def rate(value: float | None) -> str:
    """Return a share in per cent, to a tenth."""
    return NONE if value is None else f"{value:.1%}"


def rate_before(now: float | None, before: float | None) -> str:
    """Return the share of the period before, and the change in percentage points."""
    if before is None:
        return _("上一期没有数据")
    if now is None:
        return _("上一期 %(n)s", n=rate(before))
    # From the figures as they are shown, or 96.4 and 94.1 would differ by 2.2.
    change = round(now * 100, 1) - round(before * 100, 1)
    points = _("持平") if abs(change) < 0.05 else _("%(n)s 个百分点", n=f"{change:+.1f}")
    return _("上一期 %(n)s，%(change)s", n=rate(before), change=points)


def count_before(now: int, before: int) -> str:
    """Return the count of the period before, and the change."""
    change = _("持平") if now == before else f"{now - before:+,}"
    return _("上一期 %(n)s，%(change)s", n=f"{before:,}", change=change)


def _tenth(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
