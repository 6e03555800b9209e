"""``shengyu search --assets`` and ``shengyu reindex``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from api.asset_sight import today_of
from api.command.opening import opened
from api.command.output import line, note, record
from api.rest.asset_list import found_form
from api.wiring import Service
from assets.finding import FoundAsset, find
from assets.indexing import heal, index_due, rebuild
from assets.words import KINDS, STATES
from sentiment.correcting.carrying import heal as heal_labels
from storage.search.assets import AssetRequest
from storage.search.assets.interface import MAX_LIMIT


def run(env_file: Path | None, query: str, limit: int | None, as_json: bool) -> int:
    """Print hits, best first; all of them without *limit*."""
    with opened(env_file) as service:
        # No worker may be running; then nobody else tells search of what changed.
        heal(service.records, service.asset_index)
        while index_due(service.records, service.asset_index, service.clock):
            pass
        for found in _found(service, query, limit):
            if as_json:
                record(found_form(found))
            else:
                line(_row(found))
    return 0


def reindex(env_file: Path | None, as_json: bool) -> int:
    """Make the library's search index anew from the records and print the counts.

    The index of mentions is their archive: it is rebuilt from its own documents where its form is
    of an older version, and brought along with people's corrections.
    """
    with opened(env_file) as service:
        months = service.index.rebuild()
        done = rebuild(service.records, service.asset_index)
        relabelled = heal_labels(service.records, service.index)
    if as_json:
        told = {"written": done.written, "removed": done.removed, "relabelled": relabelled}
        record(told | {"months": months})
    else:
        note(f"提及索引已重建：{months} 个月。")
        note(f"资产索引已重建：写入 {done.written} 个，移除 {done.removed} 个。")
        note(f"提及索引已带上改判：{relabelled} 条。")
    return 0


def _found(service: Service, query: str, limit: int | None) -> Iterator[FoundAsset]:
    left = limit
    request = AssetRequest(q=query, brand_names=service.brand_names(), zone=service.zone)
    while left is None or left > 0:
        request = replace(request, limit=MAX_LIMIT if left is None else min(left, MAX_LIMIT))
        page = find(service.records, service.asset_index, request, today=today_of(service))
        yield from page.items
        if page.next_cursor is None:
            return
        left = None if left is None else left - len(page.items)
        request = replace(request, cursor=page.next_cursor)


def _row(found: FoundAsset) -> str:
    row = found.row
    where = "、".join(place.where for place in found.places)
    named = f"{KINDS[row.kind]}  {STATES[row.state]}  {row.title}"
    return f"{named}  （{where}）" if where else named
