"""Rules of a listing: which links to follow, and how to read what they lead to."""

from typing import Final

from core.errors import InvalidInput
from crawlers.rules import checks
from crawlers.rules.article import PAGE_RULES, REQUEST_RULES, check_pages, check_requests
from crawlers.rules.checks import Rules

LIST_RULES: Final = ("item", "next")


def check(rules: Rules) -> None:
    """Raise ``InvalidInput`` naming the rule that is missing, unknown or wrong."""
    if not rules.get("item"):
        raise InvalidInput("规则缺少 item：请填写列表页上文章链接的 CSS 选择器。", field="item")
    checks.known_names(rules, (*LIST_RULES, *PAGE_RULES, *REQUEST_RULES))
    checks.css(rules, LIST_RULES)
    check_pages(rules)
    check_requests(rules)
