"""``shengyu search``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from alerts.queries import case_ids_of
from api.command.opening import opened
from api.command.output import line, record
from api.rest.forms import mention_form
from api.wiring import Service
from storage.mentions import Mention
from storage.search import SearchRequest
from storage.search.interface import MAX_LIMIT


def run(env_file: Path | None, query: str, limit: int | None, as_json: bool) -> int:
    """Print hits, newest first; all of them without *limit*."""
    with opened(env_file) as service:
        for page in _pages(service, query, limit):
            with service.records.read() as session:
                cases = case_ids_of(session, [mention.id for mention in page])
            for mention in page:
                if as_json:
                    record(mention_form(mention, cases.get(mention.id, [])))
                else:
                    line(_row(mention, service))
    return 0


def _pages(service: Service, query: str, limit: int | None) -> Iterator[list[Mention]]:
    left = limit
    request = SearchRequest(q=query, brands=service.brand_names(), zone=service.zone)
    while left is None or left > 0:
        request = replace(request, limit=MAX_LIMIT if left is None else min(left, MAX_LIMIT))
        page = service.index.search(request)
        yield [hit.mention for hit in page.hits]
        if page.next_cursor is None:
            return
        left = None if left is None else left - len(page.hits)
        request = replace(request, cursor=page.next_cursor)


def _row(mention: Mention, service: Service) -> str:
    when = mention.published_at.astimezone(service.zone).strftime("%m-%d %H:%M")
    text = mention.full_text.replace("\n", " ")
    return f"{when}  {mention.label:8}  {mention.platform}  {text[:80]}"
