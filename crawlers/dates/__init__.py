"""When something was published: the forms that Chinese pages, feeds and exports write dates in."""

from crawlers.dates.limits import CHINA, clamp
from crawlers.dates.parsing import parse_date

__all__ = ["CHINA", "clamp", "parse_date"]
