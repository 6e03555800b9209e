"""Who wrote an article: what the page declares, else its byline, else the source that it names.

The patterns are narrow on purpose: no author is better than a wrong one.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import html

from crawlers.extraction.blocks import Block
from crawlers.extraction.meta import first_meta

_LONGEST: Final = 40
_LONGEST_LINE: Final = 120
_MOST_LINES: Final = 400
_META: Final = (
    "author", "article:author", "og:article:author", "mediaid", "dc.creator", "dcterms.creator",
    "byl", "weibo: article:author",
)  # fmt: skip
_SITE_META: Final = ("og:site_name", "application-name", "sitename", "copyright")
_NAME: Final = r"[\u4e00-\u9fff·A-Za-z][\u4e00-\u9fff·A-Za-z0-9_.\-]{1,19}"
_NAMES: Final = rf"{_NAME}(?:[ 、,，/]{{1,2}}[\u4e00-\u9fff]{{2,4}}(?![\u4e00-\u9fff:：]))*"
_WRITTEN_BY: Final = re.compile(
    rf"(?:作\s*者|撰\s*文|执\s*笔|撰\s*稿|文)\s*[:：/丨|]\s*"
    rf"(?:[\u4e00-\u9fff]{{0,10}}(?:作者|记者)\s+)?({_NAMES})"
    rf"|(?:^|[\s（(【丨|/])(?:[\u4e00-\u9fff]{{0,8}}(?:特约|实习|首席)?记者|通讯员)\s*[:：/丨|\s]\s*({_NAMES})"
)
_SOURCE: Final = re.compile(rf"(?:来\s*源|出\s*处|稿源)\s*[:：]\s*({_NAME})")
_NO_NAME: Final = re.compile(
    r"^(?:未知|佚名|匿名|无|本站|本站原创|本网|原创|网络|互联网|转载|综合|编辑|管理员|系统管理员|小编|记者"
    r"|作者|来源|发布|责任编辑|admin|administrator|root|editor|null|none|undefined|unknown)$"
    r"|网$|网站|官网|版权|时间|日期|[:：]|https?:|www\.|\.(?:com|cn|net)\b",
    re.IGNORECASE,
)


def author_of(tree: html.HtmlElement, every: list[Block], title: str, text: str) -> str | None:
    """Return the author's name of the page *tree* with the blocks *every*, or None.

    *title* and *text* are those of its article.
    """
    site = first_meta(tree, _SITE_META) or ""
    shown = tree.findtext(".//title") or ""
    declared = person(first_meta(tree, _META), site)
    # Many sites declare their own name, which then also ends their titles.
    own_name = rf"[_|-]\s*{re.escape(declared)}$" if declared else ""
    if declared and declared not in title and not re.search(own_name, shown.strip()):
        return declared
    lines = list(_short_lines(every))
    for pattern in (_WRITTEN_BY, _SOURCE):
        for line in (*lines, *text[:200].split("\n")[:2]):
            for found in pattern.finditer(line):
                written = next(filter(None, found.groups()), None)
                if name := person(written, site):
                    return name
    return None


def _short_lines(every: list[Block]) -> Iterator[str]:
    count = 0
    for block in every:
        if block.kind == "talk" or not 0 < block.plain + block.linked <= _LONGEST_LINE:
            continue
        count += 1
        if count > _MOST_LINES:
            return
        yield block.text()


def person(written: str | None, site: str = "") -> str | None:
    """Return *written* as a name, or None where it is none, or that of a website or of *site*."""
    name = (written or "").strip(" \n\t　,，、/|-·")
    if not 2 <= len(name) <= _LONGEST or name == site or _NO_NAME.search(name):
        return None
    return name
