"""The Elasticsearch server: version, health, clock, free disk; nothing where search is embedded."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from api.checks.finding import Finding
from api.stores import elastic_address
from api.wiring import Service
from core.settings import Settings
from storage.search.elastic.connection import Connection

TESTED: Final = ("8.19.9", "9.2.0")
_OLDEST, _NEWEST_MAJOR = (8, 19), 9
_LARGEST_SKEW_S: Final = 5.0
_STATES: Final = {"green": "正常", "yellow": "有副本没有分配", "red": "有分片不可用"}


def server(service: Service) -> Iterator[Finding]:
    """Everything that the server says of itself."""
    if service.settings.elasticsearch_url is None:
        return
    connection = Connection(elastic_address(service.settings))
    try:
        nodes = _asked(connection, "/_nodes")["nodes"]
        yield _version(sorted({str(node["version"]) for node in nodes.values()}))
        yield _health(_asked(connection, "/_cluster/health"))
        stats = _asked(connection, "/_nodes/stats/fs,jvm")["nodes"].values()
        yield _clock(max((_moment(node) for node in stats), key=_skew))
        yield _disk(connection, stats)
        yield from _blocked(connection, service.settings)
    finally:
        connection.close()


def _version(versions: list[str]) -> Finding:
    fits = all(
        _number(version) >= _OLDEST and _number(version)[0] <= _NEWEST_MAJOR for version in versions
    )
    hint = f"请使用 8.19 以上的 8 或 9；测试用的是 {'、'.join(TESTED)}。"
    return Finding("Elasticsearch 版本", "、".join(versions), None if fits else hint)


def _health(health: dict[str, Any]) -> Finding:
    state, nodes = str(health["status"]), int(health["number_of_nodes"])
    detail = f"{_STATES.get(state, state)}，{nodes} 个节点"
    if state == "red":
        return Finding("Elasticsearch 状态", detail, "部分数据现在查不到。请看服务器的日志和磁盘。")
    if state == "yellow" and nodes > 1:
        return Finding(
            "Elasticsearch 状态", detail, "少了副本：再坏一个节点就会丢数据。请检查节点。"
        )
    return Finding("Elasticsearch 状态", detail)


def _clock(moment: datetime) -> Finding:
    skew = _skew(moment)
    hint = "校准这台机器和 Elasticsearch 各节点的时钟（NTP）。"
    detail = f"时钟相差 {skew:.1f} 秒"
    return Finding("Elasticsearch 时钟", detail, hint if skew > _LARGEST_SKEW_S else None)


def _disk(connection: Connection, nodes: Any) -> Finding:
    settings = _asked(
        connection, "/_cluster/settings", include_defaults="true", flat_settings="true"
    )
    merged = settings["defaults"] | settings["persistent"] | settings["transient"]
    low = str(merged.get("cluster.routing.allocation.disk.watermark.low", "85%"))
    totals = [node["fs"]["total"] for node in nodes]
    fullest = min(totals, key=lambda fs: fs["available_in_bytes"] / fs["total_in_bytes"])
    free, total = fullest["available_in_bytes"], fullest["total_in_bytes"]
    detail = f"最满的节点剩余 {free / 1e9:.1f} GB（{free / total:.0%}），下限 {low}"
    hint = "到了水位，服务器会停止分配分片，再满就只读。请清理磁盘或加大它。"
    return Finding("Elasticsearch 磁盘", detail, hint if _is_below(low, free, total) else None)


def _blocked(connection: Connection, settings: Settings) -> Iterator[Finding]:
    name = "index.blocks.read_only_allow_delete"
    found = _asked(
        connection, f"/{settings.elasticsearch_prefix}-*/_settings/{name}", flat_settings="true"
    )
    blocked = [key for key, told in found.items() if told["settings"].get(name) == "true"]
    if blocked:
        yield Finding(
            "Elasticsearch 只读",
            f"{len(blocked)} 个索引因磁盘满而只读，如 {sorted(blocked)[0]}",
            f"请先腾出磁盘；服务器随后会自己解除，否则把 {name} 设为 null。",
        )


def _is_below(low: str, free: int, total: int) -> bool:
    """Say whether *free* is under the watermark: a used share (85%, 0.85) or a free size (10gb)."""
    units = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
    if low.endswith("%"):
        return 1 - free / total > float(low[:-1]) / 100
    if low[-2:] in units:
        return free < float(low[:-2]) * units[low[-2:]]
    return 1 - free / total > float(low)


def _asked(connection: Connection, path: str, **params: str) -> Any:
    return connection.send("GET", path, params=params).body


def _moment(node: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(node["timestamp"] / 1000, UTC)


def _skew(moment: datetime) -> float:
    return abs((datetime.now(UTC) - moment).total_seconds())


def _number(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
