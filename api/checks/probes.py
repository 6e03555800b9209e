"""Whether this service may create, read and delete in the index and the object store."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select

from api.checks.finding import Finding
from api.wiring import Service
from storage.mentions import Engagement, Mention
from storage.objects.keys import INCOMING
from storage.records.library import Asset, IndexOutbox
from storage.search.assets import AssetDocument

# The store's times are whole seconds, and writing takes a while.
_LARGEST_SKEW_S: Final = 10.0


def mentions(service: Service) -> Iterator[Finding]:
    """A mention is created, read and removed."""
    probe = _mention(service)
    service.index.create_many([probe])
    try:
        there = service.index.get(probe.id) is not None
    finally:
        service.index.delete([probe.id])
    gone = service.index.get(probe.id) is None
    hint = None if there and gone else "写入的提及读不回来或删不掉。请检查索引的权限和状态。"
    yield Finding("提及索引", "可写、可读、可删", hint)


def form(service: Service) -> Iterator[Finding]:
    """What of the mentions' index is not in the form that this version wants."""
    differences = service.index.differences()
    for difference in differences:
        detail, _, hint = difference.partition(". ")
        yield Finding("提及索引的形式", detail, hint or "shengyu reindex")
    if not differences:
        yield Finding("提及索引的形式", "与这个版本一致")


def assets(service: Service) -> Iterator[Finding]:
    """A document is written and removed, and the index knows every asset as it is now."""
    probe = service.ids.new("doctor")
    service.asset_index.put_many([_document(probe, service)])
    there = probe in service.asset_index.revisions()
    service.asset_index.delete([probe])
    if not there:
        yield Finding("资产索引", "写入的资产读不回来", "请检查索引的权限和状态。")
        return
    held = service.asset_index.revisions()
    with service.records.read() as session:
        known = {row.id: row.revision for row in session.execute(select(Asset.id, Asset.revision))}
        due = session.scalar(select(func.count()).select_from(IndexOutbox)) or 0
    different = sum(held.get(key) != known.get(key) for key in held.keys() | known.keys())
    hint = None if different <= due else "请运行 shengyu reindex。"
    yield Finding("资产索引", f"{len(held)} 个资产，{due} 个待更新，{different} 个不同", hint)


def objects(service: Service) -> Iterator[Finding]:
    """A file is stored, read, listed and deleted, and the store's clock is right."""
    key = INCOMING + service.ids.new("doctor").replace("_", "-")
    before = service.clock.now()
    service.files.put(key, [b"probe"], limit=5)
    try:
        with service.files.open(key) as reader:
            content, stored_at = reader.read(), reader.head.modified_at
        listed = [found.key for found in service.files.list(key).objects]
    finally:
        service.files.delete(key)
    right = content == b"probe" and listed == [key]
    hint = None if right else "写入的文件读不回来。请检查桶的权限。"
    yield Finding("文件库", "可写、可读、可列、可删", hint)
    skew = abs((stored_at - before).total_seconds())
    late = skew > _LARGEST_SKEW_S
    yield Finding(
        "文件库时钟",
        f"时钟相差 {skew:.0f} 秒",
        "校准这台机器和文件服务器的时钟（NTP）；相差太多时签名会被拒绝。" if late else None,
    )


def _mention(service: Service) -> Mention:
    now = service.clock.now()
    return Mention(
        id=service.ids.new("doctor"),
        url=None,
        platform="doctor",
        kind="post",
        title="",
        text="doctor",
        author=None,
        published_at=now,
        detected_at=now,
        engagement=Engagement(),
        brands=(),
        label="neutral",
        p_negative=0.0,
        p_neutral=1.0,
        p_positive=0.0,
        contributions=(),
        activity=None,
        story_id="doctor",
        source_id=None,
        scorer="doctor",
        batch_id="doctor",
        trace_id="doctor",
    )


def _document(key: str, service: Service) -> AssetDocument:
    now = service.clock.now()
    return AssetDocument(
        id=key, kind="document", title="doctor", state="draft", created_at=now, updated_at=now
    )
