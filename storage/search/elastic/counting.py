"""Counts of a selection: facets, and days or hours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from storage.mentions import Label
from storage.search import order
from storage.search.buckets import Step
from storage.search.elastic.connection import Connection, Json
from storage.search.elastic.documents import keyword, mention_of, value_of
from storage.search.elastic.finding import query, search
from storage.search.elastic.layout import Layout
from storage.search.interface import Facets
from storage.search.plan import Plan
from storage.search.ranking import most_frequent
from storage.search.sql import LABELS, tag_of
from storage.search.syntax import Field

# A cluster refuses more than 65,536 buckets at once; each time has three of labels in it.
_TIMES: Final = 10_000
_VALUES: Final = 10_000


def facets_asked(plan: Plan) -> Json:
    """Return the aggregations that ``facets`` reads."""
    values = {name: {"terms": {"field": name, "size": _VALUES}} for name in ("platform", "brand")}
    return {"label": _by_label(plan), **values}


def facets(connection: Connection, layout: Layout, plan: Plan, answer: Json) -> Facets:
    """Return how the selection divides, from the *answer* to a search with ``facets_asked``."""
    found = answer.get("aggregations")
    if found is None:  # there is no month yet
        return Facets({}, {}, {})
    values: dict[str, dict[str, int]] = {}
    for name in ("platform", "brand"):
        counted = _counted(connection, layout, plan, name, found[name])
        values[name] = most_frequent(counted)
    labels = Counter(_labels(found["label"]))
    return Facets(most_frequent(labels), values["platform"], values["brand"])


def over_time(
    connection: Connection, layout: Layout, plan: Plan, by: Step, zone: tzinfo
) -> Iterator[tuple[datetime, Label, int]]:
    """Yield (moment, label, count); a moment lies in the local day or hour that it counts."""
    times = {"time": {"date_histogram": {"field": "published", **_interval(by, zone)}}}
    composite: Json = {"size": _TIMES, "sources": [times]}
    asked: Json = {
        "size": 0,
        "track_total_hits": False,
        "query": query(plan),
        "aggs": {"times": {"composite": composite, "aggs": {"label": _by_label(plan)}}},
    }
    while True:
        found = search(connection, layout.mentions, asked).get("aggregations", {})
        times_found = found.get("times", {})
        for bucket in times_found.get("buckets", ()):
            moment = order.moment_at(bucket["key"]["time"] * 1000)
            for label, count in _labels(bucket["label"]).items():
                yield moment, label, count
        if "after_key" not in times_found:
            return
        composite["after"] = times_found["after_key"]


def _by_label(plan: Plan) -> Json:
    wanted = {
        label: {"term": {"tags": tag_of(Field("label", label), plan.toward)}} for label in LABELS
    }
    return {"filters": {"filters": wanted}}


def _labels(found: Json) -> dict[Label, int]:
    counts = {label: found["buckets"][label]["doc_count"] for label in LABELS}
    return {label: count for label, count in counts.items() if count}


def _counted(
    connection: Connection, layout: Layout, plan: Plan, name: str, found: Json
) -> dict[str, int]:
    """Return value → count of one field; more values than one answer holds are asked for anew."""
    buckets = {each["key"]: each["doc_count"] for each in found["buckets"]}
    if found["sum_other_doc_count"]:
        buckets = dict(_every(connection, layout, plan, name))
    return {_value(connection, layout, name, key): count for key, count in buckets.items() if count}


def _every(
    connection: Connection, layout: Layout, plan: Plan, name: str
) -> Iterator[tuple[str, int]]:
    composite: Json = {"size": _VALUES, "sources": [{"value": {"terms": {"field": name}}}]}
    asked: Json = {"size": 0, "query": query(plan), "aggs": {"values": {"composite": composite}}}
    while True:
        found = search(connection, layout.mentions, asked)["aggregations"]["values"]
        yield from ((each["key"]["value"], each["doc_count"]) for each in found["buckets"])
        if "after_key" not in found:
            return
        composite["after"] = found["after_key"]


def _value(connection: Connection, layout: Layout, name: str, key: str) -> str:
    """The value behind *key*; that of a hash is read from one of its mentions."""
    value = value_of(key)
    if value is not None:
        return value
    asked: Json = {"size": 1, "query": {"bool": {"filter": [{"term": {name: key}}]}}}
    for hit in search(connection, layout.mentions, asked)["hits"]["hits"]:
        mention = mention_of(hit["_source"])
        for each in (mention.platform, *(brand.id for brand in mention.brands)):
            if keyword(each) == key:
                return each
    return key


def _interval(by: Step, zone: tzinfo) -> Mapping[str, Any]:
    name = _name(zone)
    if name is not None:
        return {"calendar_interval": by, "time_zone": name}
    # All of today's time zones differ from UTC by whole quarters of an hour.
    return {"fixed_interval": "15m"}


def _name(zone: tzinfo) -> str | None:
    """The name of *zone* that the server knows too, if it has one."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    if isinstance(zone, timezone):
        minutes, rest = divmod(zone.utcoffset(None), timedelta(minutes=1))
        sign = "-" if minutes < 0 else "+"
        return None if rest else f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return None
