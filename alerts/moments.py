"""Times as people say them, in the workspace's zone: 今天 11:10, 明天 09:10, 3月5日 18:00."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.translation import Translate, to_translate, untranslated

_NEAR_DAYS = {
    -1: to_translate("昨天 {time}"),
    0: to_translate("今天 {time}"),
    1: to_translate("明天 {time}"),
}
_THIS_YEAR = to_translate("{month}月{day}日 {time}")
_ANY_YEAR = to_translate("{year}年{month}月{day}日 {time}")


def local_moment(
    moment: datetime, now: datetime, zone: ZoneInfo, translate: Translate = untranslated
) -> str:
    """Say *moment* (aware) as seen at *now* (aware) in *zone*."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    form = _NEAR_DAYS.get(days) or (_THIS_YEAR if local.year == today.year else _ANY_YEAR)
    return translate(form).format(
        year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}"
    )
