"""Rules of a JSON API: JMESPath from its answer to mentions, and how to ask for more."""

from dataclasses import dataclass
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError

from core.errors import InvalidInput
from crawlers.rules import checks
from crawlers.rules.article import REQUEST_RULES, check_requests
from crawlers.rules.checks import Rules

FIELDS: Final = (
    "native_id", "url", "title", "text", "author", "published_at",
    "likes", "comments", "shares", "views",
)  # fmt: skip
PAGING: Final = ("page", "offset", "cursor", "url")
_LISTS: Final = ("items", "fields", "url_template", "ok", "error_message")
_PAGING_RULES: Final = ("by", "parameter", "first", "step", "next")
_COMMENT_RULES: Final = (*_LISTS, "url", "max_items")
_LONGEST_PATH: Final = 300
_MOST_COMMENTS: Final = 500
_PLACES: Final = ("{native_id}", "{url}")

Path = Any  # a compiled JMESPath; the library has no types


@dataclass(frozen=True)
class Mapping:
    """How one kind of answer becomes mentions."""

    items: Path
    fields: dict[str, Path]
    url_template: str | None = None
    ok: Path | None = None
    error_message: Path | None = None


@dataclass(frozen=True)
class Paging:
    """How the next page is asked for; *next* finds the cursor or the address in an answer."""

    by: str
    parameter: str | None
    first: int
    step: int
    next: Path | None


@dataclass(frozen=True)
class Api:
    """A source's rules, checked and compiled."""

    mapping: Mapping
    method: str = "GET"
    body: Any = None
    paging: Paging | None = None
    comments_url: str | None = None
    comments: Mapping | None = None
    max_comments: int = _MOST_COMMENTS
    follow: bool = False


def check(rules: Rules) -> None:
    """Raise ``InvalidInput`` naming the rule that is missing, unknown or wrong."""
    compiled(rules)
    check_requests(rules)


def compiled(rules: Rules) -> Api:
    """Return *rules* ready for use. Raises ``InvalidInput``."""
    own = ("method", "body", "paging", "comments", "follow")
    checks.known_names(rules, (*_LISTS, *own, *REQUEST_RULES))
    method = checks.choice(rules, "method", ("GET", "POST")) or "GET"
    body = rules.get("body")
    if body is not None and (method != "POST" or not isinstance(body, dict | list)):
        raise InvalidInput("规则 body 应为 JSON 对象，且 method 为 POST。", field="body")
    comments = checks.part(rules, "comments")
    url = _template(comments, "url", "comments.") if comments else None
    if comments and url is None:
        raise InvalidInput(
            "规则 comments 缺少 url，如 https://…/{native_id}/comments。", field="comments.url"
        )
    return Api(
        mapping=_mapping(rules, ""),
        method=method,
        body=body,
        paging=_paging(rules, body),
        comments_url=url,
        comments=_mapping(comments, "comments.") if comments else None,
        max_comments=checks.number(
            comments, "max_items", _MOST_COMMENTS, 1, _MOST_COMMENTS, "comments."
        ),
        follow=checks.flag(rules, "follow"),
    )


def _mapping(rules: Rules, inside: str) -> Mapping:
    if inside:
        checks.known_names(rules, _COMMENT_RULES, inside)
    items = _path(rules, "items", inside)
    if items is None:
        raise InvalidInput(
            f"规则缺少 {inside}items：请填写条目列表的 JMESPath，如 data.list。",
            field=f"{inside}items",
        )
    fields = checks.part(rules, "fields")
    checks.known_names(fields, FIELDS, f"{inside}fields.")
    paths = {name: _path(fields, name, f"{inside}fields.") for name in fields}
    if not (paths.get("text") or paths.get("title")):
        raise InvalidInput(
            f"规则 {inside}fields 至少要有 text 或 title。", field=f"{inside}fields.text"
        )
    return Mapping(
        items=items,
        fields={name: path for name, path in paths.items() if path is not None},
        url_template=_template(rules, "url_template", inside),
        ok=_path(rules, "ok", inside),
        error_message=_path(rules, "error_message", inside),
    )


def _paging(rules: Rules, body: Any) -> Paging | None:
    given = checks.part(rules, "paging")
    if not given:
        return None
    checks.known_names(given, _PAGING_RULES, "paging.")
    by = checks.choice(given, "by", PAGING, "paging.")
    if by is None:
        raise InvalidInput(f"规则 paging.by 应为其中之一：{'、'.join(PAGING)}。", field="paging.by")
    parameter = checks.text(given, "parameter", "paging.")
    following = _path(given, "next", "paging.")
    if by != "url" and parameter is None and "{page}" not in str(body):
        raise InvalidInput(
            "规则 paging.parameter 应为翻页参数名；POST 时也可在 body 里写 {page}。",
            field="paging.parameter",
        )
    if by in {"cursor", "url"} and following is None:
        raise InvalidInput("规则 paging.next 应为下一页的 JMESPath。", field="paging.next")
    return Paging(
        by,
        parameter,
        checks.number(given, "first", 1 if by == "page" else 0, 0, 10**9, "paging."),
        checks.number(given, "step", 1 if by == "page" else 20, 1, 10_000, "paging."),
        following,
    )


def _path(rules: Rules, name: str, inside: str) -> Path | None:
    rule = checks.text(rules, name, inside)
    if rule is None:
        return None
    if len(rule) > _LONGEST_PATH:
        raise InvalidInput(
            f"规则 {inside}{name} 最多 {_LONGEST_PATH} 个字符。", field=inside + name
        )
    try:
        return jmespath.compile(rule)
    except (JMESPathError, ValueError, RecursionError) as error:
        first = str(error).strip().partition("\n")[0]
        raise InvalidInput(
            f"规则 {inside}{name} 不是 JMESPath：{first}", field=inside + name
        ) from error


def _template(rules: Rules, name: str, inside: str) -> str | None:
    template = checks.text(rules, name, inside)
    if template is None:
        return None
    if not template.startswith(("http://", "https://")) or not any(
        place in template for place in _PLACES
    ):
        raise InvalidInput(
            f"规则 {inside}{name} 应为含 {{native_id}} 的网址，如 https://…/{{native_id}}。",
            field=inside + name,
        )
    return template
