"""The CSS rules of a listing source: which links to follow and where the fields stand."""

from typing import Final

from cssselect import SelectorError
from parsel import Selector

from core.errors import InvalidInput
from crawlers.job import Rules
from crawlers.plain_text import clean, html_to_text

LIST_RULES: Final = ("item", "next")
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


def check_rules(rules: Rules) -> None:
    """Raise ``InvalidInput`` naming the rule that is missing, unknown or no CSS selector."""
    if not rules.get("item"):
        raise InvalidInput("规则缺少 item：请填写列表页上文章链接的 CSS 选择器。", field="item")
    for name, rule in rules.items():
        if name not in (*LIST_RULES, *FIELD_RULES):
            raise InvalidInput(f"不认识的规则 {name}；可用的有 item、next 和各字段名。", field=name)
        if rule:
            try:
                Selector("<p/>").css(rule)
            except (SelectorError, ValueError) as error:
                raise InvalidInput(f"规则 {name} 不是 CSS 选择器：{error}", field=name) from error


def links(page: Selector, rule: str | None) -> list[str]:
    """Return the addresses that *rule* finds, as written: of the element or of a link in it."""
    if not rule:
        return []
    if "::" in rule:
        return [link.strip() for link in page.css(rule).getall() if link.strip()]
    found = []
    for node in page.css(rule):
        link = node.xpath("(./@href | .//a/@href)[1]").get()
        if link and link.strip():
            found.append(link.strip())
    return found


def field(page: Selector, rule: str | None) -> str | None:
    """Return the first non-empty value that *rule* finds, on one line; None without any."""
    for value in _values(page, rule):
        if value:
            return value.replace("\n", " ")
    return None


def paragraphs(page: Selector, rule: str | None) -> str:
    """Return all that *rule* finds, a line for each node."""
    return "\n".join(value for value in _values(page, rule) if value)


def _values(page: Selector, rule: str | None) -> list[str]:
    if not rule:
        return []
    found = page.css(rule).getall()
    return [clean(value) if "::" in rule else html_to_text(value) for value in found]
