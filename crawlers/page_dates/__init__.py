"""When a page was published, out of all the dates that stand in it."""

from crawlers.page_dates.choosing import page_date

__all__ = ["page_date"]
