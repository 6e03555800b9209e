"""What CSS rules find on a page."""

from parsel import Selector

from crawlers.plain_text import clean, html_to_text


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
