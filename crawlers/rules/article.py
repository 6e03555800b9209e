"""Rules for article pages, alike for every kind that reads them: fields, and comments below."""

from typing import Final

from core.errors import InvalidInput
from crawlers.rules import checks
from crawlers.rules.checks import Rules

FIELD_RULES: Final = (
    "title",
    "text",
    "author",
    "published_at",
    "native_id",
    "likes",
    "comments",
    "shares",
    "views",
)
COMMENT_RULES: Final = (
    "comment",
    "comment_text",
    "comment_author",
    "comment_published_at",
    "comment_id",
    "comment_likes",
)
PAGE_RULES: Final = (*FIELD_RULES, *COMMENT_RULES)
# What every kind that asks a server may have.
REQUEST_RULES: Final = ("headers", "revisit_hours")


def check_pages(rules: Rules) -> None:
    """Check the rules for article pages and their comments."""
    checks.css(rules, PAGE_RULES)
    stray = [name for name in COMMENT_RULES[1:] if rules.get(name)]
    if stray and not rules.get("comment"):
        raise InvalidInput(
            f"有 {stray[0]} 却没有 comment：请填写一条评论的 CSS 选择器。", field="comment"
        )


def check_requests(rules: Rules) -> None:
    """Check what goes with every request."""
    checks.headers(rules)
    checks.revisits(rules)
