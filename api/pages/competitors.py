"""GET /competitors: what are the others doing? Their mentions by activity, and share of voice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, StreamingResponse

from api.auth.identity import SignedIn
from api.csv_file import Cell, csv_answer
from api.doors import require_page, service
from api.pages.competitor_query import PATH, CompetitorQuery
from api.pages.i18n import _, translate
from api.pages.mention_rows import MentionRow, mention_rows
from api.pages.mention_told import told
from api.pages.naming import label_name, platform_names
from api.pages.parts import Tab
from api.pages.query_fault import Fault, query_fault
from api.pages.render import page
from api.pages.report_asked import period_tabs
from api.pages.voices import Voices, voices
from api.permissions import Permission
from api.wiring import Service
from core.errors import QueryError
from sentiment.activity import ACTIVITIES
from storage.mentions import Mention

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_MENTIONS))]
_MOST_EXPORTED: Final = 10_000


@dataclass(frozen=True)
class Found:
    """What the query found; *kinds* maps a mention to its activity."""

    rows: tuple[MentionRow, ...] = ()
    kinds: dict[str, str] | None = None
    total: int = 0
    activities: tuple[Tab, ...] = ()
    rivals: tuple[Tab, ...] = ()
    newest_href: str | None = None
    next_href: str | None = None
    fault: Fault | None = None


@router.get(PATH)
def competitors_page(request: Request, opened: Opened, person: Reader) -> HTMLResponse:
    """Show the feed; a wrong query is shown with the place that is wrong."""
    query = CompetitorQuery.read(opened, request.query_params)
    try:
        found = _find(opened, person, query)
    except QueryError as error:
        found = Found(fault=query_fault(query.q, error))
    others = {name: getattr(query, name) for name in ("q", "activity", "brand")}
    return page(
        request,
        opened,
        person,
        "competitors.html",
        room="competitors",
        status=422 if found.fault or query.asked.fault else 200,
        query=query,
        found=found,
        kinds=found.kinds or {},
        voices=_voices(opened, query),
        periods=period_tabs(PATH, query.asked, **others),
        has_rivals=any(brand.role == "competitor" for brand in opened.brands()),
        may_edit=person.may(Permission.EDIT_BRANDS),
        told=told(opened, request.query_params),
        may_mark=person.may(Permission.MARK_MENTIONS),
        back=query.href,
    )


@router.get(f"{PATH}.csv")
def export(request: Request, opened: Opened, _person: Reader) -> StreamingResponse:
    """Return everything the query finds as a table, the newest first."""
    query = CompetitorQuery.read(opened, request.query_params)
    query.asked.demand_dates()
    found = opened.index.scan(query.selection(opened))
    period = query.asked.period
    name = f"shengyu-competitors-{period.first}-{period.last}.csv"
    return csv_answer(name, chain([_header()], _rows(opened, islice(found, _MOST_EXPORTED))))


def _voices(opened: Service, query: CompetitorQuery) -> Voices:
    return voices(opened, query.asked.period)


def _find(opened: Service, person: SignedIn, query: CompetitorQuery) -> Found:
    page_found = opened.index.search(query.request(opened))
    cursor = page_found.next_cursor
    return Found(
        rows=mention_rows(opened, person, query.as_mentions, page_found.hits),
        kinds={hit.mention.id: _activity(hit.mention) for hit in page_found.hits},
        total=page_found.total,
        activities=_activity_tabs(opened, query),
        rivals=_rival_tabs(opened, query),
        newest_href=query.but().href if query.cursor else None,
        next_href=replace(query, cursor=cursor).href if cursor else None,
    )


def _activity_tabs(opened: Service, query: CompetitorQuery) -> tuple[Tab, ...]:
    """One count for each of the nine: the index has no facet of activities."""
    tabs = [_tab(opened, query, _("全部"), activity="")]
    tabs += [_tab(opened, query, translate(name), activity=name) for name in ACTIVITIES]
    return tuple(tabs)


def _rival_tabs(opened: Service, query: CompetitorQuery) -> tuple[Tab, ...]:
    rivals = [brand for brand in opened.brands() if brand.role == "competitor"]
    tabs = [_tab(opened, query, _("全部竞品"), brand="")]
    tabs += [_tab(opened, query, brand.name, brand=brand.id) for brand in rivals]
    return tuple(tabs)


def _tab(opened: Service, query: CompetitorQuery, name: str, **change: str) -> Tab:
    wanted = query.but(**change)
    count = opened.index.count(wanted.selection(opened))
    return Tab(name, wanted.href, wanted == query.but(), count)


def _activity(mention: Mention) -> str:
    return translate(mention.activity) if mention.activity else ""


def _header() -> Sequence[Cell]:
    return (
        _("发布时间"),
        _("平台"),
        _("竞品"),
        _("类型"),
        _("对竞品的态度"),
        _("标题"),
        _("正文"),
        _("作者"),
        _("链接"),
        _("赞"),
        _("评论"),
        _("转发"),
        _("阅读"),
    )


def _rows(opened: Service, mentions: Iterator[Mention]) -> Iterator[Sequence[Cell]]:
    names, zone = platform_names(opened.records), opened.zone
    for each in mentions:
        rivals = [brand for brand in each.brands if brand.role == "competitor"]
        counts = each.engagement
        yield (
            f"{each.published_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            names.get(each.platform, each.platform),
            " ".join(brand.name for brand in rivals),
            _activity(each),
            " ".join(label_name(brand.label) for brand in rivals),
            each.title,
            each.text,
            each.author or "",
            each.url or "",
            counts.likes,
            counts.comments,
            counts.shares,
            counts.views,
        )
