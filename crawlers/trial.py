"""A source is tried before it is saved: the real crawl, judged as ever, kept nowhere."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from crawlers.job import CrawlJob, Status
from crawlers.judging import Judge
from crawlers.launch import run_crawl
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import Spool
from storage.mentions import Kind, Label, Mention
from storage.search import MentionIndex

_LABELS: Final[dict[Label, str]] = {"negative": "负面", "neutral": "中性", "positive": "正面"}
NO_BRAND: Final = "没有提到任何关注的品牌，不会入库。"
KNOWN: Final = "已经入库，再次见到时只更新互动数。"
REPEATED: Final = "本次抓取中的重复条目，只留第一条。"
_START_S: Final = 15.0


@dataclass(frozen=True)
class TriedItem:
    """One item as the source gave it, whether it would be kept, and why (a Chinese sentence)."""

    title: str
    text: str
    url: str | None
    author: str | None
    published_at: datetime | None
    platform: str
    kind: Kind
    kept: bool
    why: str
    label: Label | None


@dataclass(frozen=True)
class Trial:
    """What came of a trial. *pages* counts what was fetched; *complete* is false after a cap."""

    status: Status
    items: tuple[TriedItem, ...]
    pages: int
    error: str | None
    hint: str | None
    complete: bool = True


def try_source(
    job: CrawlJob,
    judge: Judge,
    index: MentionIndex,
    *,
    max_pages: int = 10,
    max_seconds: float = 20.0,
) -> Trial:
    """Crawl *job* as if for the first time, within caps, and say what would become of each item.

    Blocks for *max_seconds* and some more at most. Nothing is stored; a bad site gives a trial with
    its error, no raise.
    """
    with tempfile.TemporaryDirectory(prefix="shengyu-trial-") as folder:
        spool = Path(folder) / "spool"
        tried = replace(
            job,
            spool=str(spool),
            max_pages=min(max_pages, job.max_pages),
            max_seconds=max_seconds,
            etag=None,
            last_modified=None,
            known=(),
        )
        report = run_crawl(tried, max_seconds + _START_S)
        batches = list(_batches(spool))
    items = tuple(_judged(batches, judge, index))
    return Trial(report.status, items, report.pages, report.error, report.hint, report.complete)


def _batches(folder: Path) -> Iterator[Batch]:
    spool = Spool(folder)
    for path in spool.pending():
        claimed = spool.claim(path)
        if claimed is not None:
            with claimed:
                yield claimed.read()


def _judged(batches: list[Batch], judge: Judge, index: MentionIndex) -> Iterator[TriedItem]:
    seen: set[str] = set()
    for batch in batches:
        ids = [judge.identify(raw, batch.head) for raw in batch.mentions]
        known = index.get_many(ids)
        first = dict(reversed(list(zip(ids, batch.mentions, strict=True))))
        kept = _kept(first, batch.head, judge)
        for key, raw in zip(ids, batch.mentions, strict=True):
            yield _tried(raw, kept.get(key), repeated=key in seen, known=key in known)
            seen.add(key)


def _kept(entries: dict[str, RawMention], head: BatchHead, judge: Judge) -> dict[str, Mention]:
    return {mention.id: mention for mention in judge.judge(entries, head)}


def _tried(raw: RawMention, mention: Mention | None, *, repeated: bool, known: bool) -> TriedItem:
    if repeated:
        why = REPEATED
    elif mention is None:
        why = NO_BRAND
    elif known:
        why = KNOWN
    else:
        why = _reason(mention)
    return TriedItem(
        title=raw.title,
        text=raw.text,
        url=raw.url,
        author=raw.author,
        published_at=raw.published_at,
        platform=raw.platform,
        kind=raw.kind,
        kept=mention is not None and not repeated and not known,
        why=why,
        label=mention.label if mention else None,
    )


def _reason(mention: Mention) -> str:
    """Such as: 提到 星澜科技（负面，负面概率 93 %）、云栖（中性，负面概率 12 %）。"""
    towards = [
        f"{brand.name}（{_LABELS[brand.label]}，负面概率 {brand.p_negative:.0%}）"
        for brand in mention.brands
    ]
    return f"提到 {'、'.join(towards)}。"
