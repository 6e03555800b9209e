"""From the spool to mentions, with real stores and an engine of a few words."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from word_scorer import WordScorer

import crawlers.ingest
from alerts.actions import Actor
from alerts.correcting import Corrector
from core.clock import FixedClock
from core.ids import Ids
from crawlers.ingest import NO_BRAND, Ingest
from crawlers.judging import Judge
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool import Spool
from sentiment.activity import classify
from sentiment.correcting.applying import Calibrations, OwnCalibration
from sentiment.engines.ngram_model import Calibration
from sentiment.matching import WatchedBrand, Watchlist
from sentiment.scorer import Scorer
from storage.mentions import Engagement, Mention
from storage.records import Records
from storage.records.cases import Case, CaseMention
from storage.records.marks import MentionMark
from storage.records.stories import Story
from storage.records.watch import BatchReceipt, Brand, Source
from storage.search import EmbeddedMentionIndex, SearchRequest

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
WATCHED = (
    WatchedBrand("brand_own", "星澜", "own"),
    WatchedBrand("brand_rival", "远山", "competitor"),
)
LEAK = "星澜净化器质量太差，用了三天就漏水，客服还骗人说是正常现象，大家不要买。"
PRAISE = "星澜净化器真好，喜欢！"
STAGES = (
    "ingest.before-stories",
    "ingest.before-index",
    "ingest.after-index",
    "ingest.before-case-commit",
    "ingest.after-case-commit",
    "ingest.before-receipt",
    "ingest.after-receipt",
)


class CutOff(BaseException):
    """The process ended here."""


class Desk:
    """Stores of one workspace, a spool, and ingest between them."""

    def __init__(self, folder: Path, stores: Path, records: Records) -> None:
        shutil.copytree(stores, folder)
        self.records = records
        self.index = EmbeddedMentionIndex(folder / "search.sqlite")
        self.spool = Spool(folder / "spool")
        self.clock = FixedClock(NOW)
        self.watched: tuple[WatchedBrand, ...] = WATCHED
        scorer: Scorer = WordScorer()
        self.ingest = Ingest(
            self.records,
            self.index,
            self.spool,
            lambda: Judge(Watchlist(self.watched), scorer),
            self.clock,
            Ids(),
        )
        with self.records.write() as session:
            for brand in WATCHED:
                session.add(Brand(id=brand.id, name=brand.name, role=brand.role, created_at=NOW))

    def run(self, *mentions: RawMention, **head: Any) -> BatchReceipt:
        """Spool one batch, ingest it and return its receipt."""
        batch = batch_of(*mentions, **head)
        self.spool.put(batch)
        assert self.ingest.next_batch()
        return self.receipt(batch.head.id)

    def receipt(self, batch_id: str) -> BatchReceipt:
        with self.records.read() as session:
            return session.get_one(BatchReceipt, batch_id)

    def mentions(self) -> list[Mention]:
        return [hit.mention for hit in self.index.search(SearchRequest(limit=200)).hits]

    def all_of(self, table: type[Any]) -> list[Any]:
        with self.records.read() as session:
            return list(session.scalars(select(table)))

    def close(self) -> None:
        self.index.close()


@pytest.fixture
def desk(tmp_path: Path, empty_stores: Path, records: Records) -> Iterator[Desk]:
    made = Desk(tmp_path / "desk", empty_stores, records)
    yield made
    made.close()


def raw(native_id: str, text: str, likes: int | None = None, **fields: Any) -> RawMention:
    given: dict[str, Any] = {"detected_at": NOW, "engagement": Engagement(likes=likes), **fields}
    return RawMention("weibo", text, native_id=native_id, **given)


def batch_of(*mentions: RawMention, **head: Any) -> Batch:
    given: dict[str, Any] = {"id": "batch_1", "trace_id": "trace_1", "fetched_at": NOW, **head}
    return Batch(BatchHead(**given), mentions)


def counts(receipt: BatchReceipt) -> dict[str, int]:
    names = ("read", "new", "duplicate", "dropped", "invalid")
    return {name: getattr(receipt, name) for name in names}


def test_an_empty_spool_gives_nothing_to_do(desk: Desk) -> None:
    assert not desk.ingest.next_batch()


def test_a_mention_is_matched_scored_and_stored(desk: Desk) -> None:
    desk.run(raw("1", PRAISE, likes=7, author="用户 a3", title="晒单"), trace_id="trace_9")
    [mention] = desk.mentions()
    assert (mention.text, mention.title, mention.author) == (PRAISE, "晒单", "用户 a3")
    assert (mention.label, mention.scorer, mention.activity) == ("positive", "words-1", None)
    assert [(brand.id, brand.label) for brand in mention.brands] == [("brand_own", "positive")]
    start, end = mention.brands[0].spans[0].start, mention.brands[0].spans[0].end
    assert mention.full_text[start:end] == "星澜"
    assert mention.engagement.likes == 7
    assert mention.story_id.startswith("story_")
    assert mention.trace_id == "trace_9"
    assert sum(part.weight for part in mention.contributions) > 0
    told = [mention.full_text[word.start : word.end] for word in mention.words]
    assert told == ["好", "喜欢"]


def test_a_receipt_counts_what_became_of_every_entry(desk: Desk) -> None:
    desk.run(raw("known", PRAISE), id="batch_0")
    receipt = desk.run(
        raw("known", PRAISE),
        raw("new", LEAK),
        raw("new", LEAK),
        raw("elsewhere", "今天天气真好"),
        invalid=((3, "text is missing"), (7, "not JSON")),
    )
    assert counts(receipt) == {"read": 6, "new": 1, "duplicate": 2, "dropped": 1, "invalid": 2}
    assert receipt.trace_id == "trace_1"
    assert receipt.reasons == [
        {"entry": "第 3 行", "reason": "text is missing"},
        {"entry": "第 7 行", "reason": "not JSON"},
        {"entry": "elsewhere", "reason": NO_BRAND},
    ]


def test_reasons_come_in_the_order_of_the_entries(desk: Desk) -> None:
    names = [f"post {number}" for number in range(30)]
    receipt = desk.run(*(raw(name, "与谁都无关") for name in names))
    assert [reason["entry"] for reason in receipt.reasons] == names


def test_the_batch_is_gone_once_it_has_a_receipt(desk: Desk) -> None:
    desk.run(raw("1", PRAISE))
    assert desk.spool.pending() == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_batch_cut_off_at_any_stage_ends_as_if_it_never_was(
    desk: Desk, tmp_path: Path, empty_stores: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    known, batch = (
        raw("known", PRAISE),
        batch_of(
            raw("known", PRAISE, likes=5),
            raw("a", LEAK, likes=300),
            raw("b", LEAK + "求扩散", likes=9),
            raw("c", "无关"),
            trusted=True,
            invalid=((2, "not JSON"),),
        ),
    )
    shutil.copytree(empty_stores, tmp_path / "other")
    straight_records = Records.open_sqlite(tmp_path / "other" / "records.sqlite")
    straight = Desk(tmp_path / "straight", empty_stores, straight_records)
    for each in (straight, desk):
        each.run(known, id="batch_0")
        each.spool.put(batch)
    straight.ingest.next_batch()

    def cut_off(name: str) -> None:
        if name == stage:
            raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(crawlers.ingest, "fault_point", cut_off)
        with pytest.raises(CutOff):
            desk.ingest.next_batch()
    assert desk.ingest.next_batch()

    assert counts(desk.receipt("batch_1")) == counts(straight.receipt("batch_1"))
    assert desk.spool.pending() == []
    for table in (Story, Case, CaseMention):
        assert len(desk.all_of(table)) == len(straight.all_of(table))
    assert {m.id for m in desk.mentions()} == {m.id for m in straight.mentions()}
    straight.close()
    straight_records.close()


def test_a_batch_that_comes_twice_is_not_counted_again(desk: Desk) -> None:
    first = desk.run(raw("1", LEAK), trusted=True)
    desk.spool.put(batch_of(raw("1", LEAK), trusted=True))
    assert desk.ingest.next_batch()
    assert counts(desk.receipt("batch_1")) == counts(first)
    assert len(desk.all_of(Case)) == 1


def test_a_known_mention_gets_the_larger_counts_and_nothing_else(desk: Desk) -> None:
    desk.run(raw("1", PRAISE, likes=10), id="batch_0")
    desk.clock.advance(timedelta(hours=1))
    later = {"id": "batch_1", "fetched_at": desk.clock.now()}
    receipt = desk.run(raw("1", LEAK, likes=50, detected_at=desk.clock.now()), **later)
    [mention] = desk.mentions()
    assert (receipt.new, receipt.duplicate) == (0, 1)
    assert (mention.text, mention.engagement.likes, mention.detected_at) == (PRAISE, 50, NOW)
    desk.run(raw("1", PRAISE, likes=3), id="batch_2")
    assert desk.mentions()[0].engagement.likes == 50


def test_what_hurts_an_own_brand_opens_a_case(desk: Desk) -> None:
    desk.run(raw("1", LEAK), trusted=True)
    [case] = desk.all_of(Case)
    assert (case.brand_id, case.trace_id, case.detected_at) == ("brand_own", "trace_1", NOW)


@pytest.mark.parametrize("text", [PRAISE, "远山净化器质量太差，漏水还骗人。"])
def test_praise_and_what_hurts_a_rival_opens_none(desk: Desk, text: str) -> None:
    desk.run(raw("1", text), trusted=True)
    assert desk.all_of(Case) == []


def test_history_opens_no_case(desk: Desk) -> None:
    receipt = desk.run(raw("1", LEAK, likes=9000), trusted=True, open_cases=False)
    assert receipt.new == 1
    assert desk.all_of(Case) == []


def test_copies_of_a_story_join_its_case(desk: Desk) -> None:
    desk.run(raw("1", LEAK), trusted=True)
    desk.run(raw("2", f"转发微博 {LEAK}"), raw("3", LEAK + "求扩散"), id="batch_2")
    [case] = desk.all_of(Case)
    assert case.mention_count == 3
    assert len({mention.story_id for mention in desk.mentions()}) == 1


def test_earlier_copies_are_evidence_of_a_case_that_opens_later(desk: Desk) -> None:
    desk.run(raw("1", LEAK), id="batch_0")
    assert desk.all_of(Case) == []
    desk.run(raw("2", LEAK + "求扩散", likes=300))
    [case] = desk.all_of(Case)
    assert case.mention_count == 2


def test_a_known_post_that_grows_opens_a_case_from_the_moment_it_was_seen_grown(
    desk: Desk,
) -> None:
    desk.run(raw("1", LEAK, likes=1), id="batch_0")
    assert desk.all_of(Case) == []
    desk.clock.advance(timedelta(hours=5))
    seen = desk.clock.now()
    desk.run(raw("1", LEAK, likes=5000, detected_at=seen), fetched_at=seen)
    [case] = desk.all_of(Case)
    assert case.detected_at == seen


def test_a_date_of_the_future_is_set_back_to_the_fetch(desk: Desk) -> None:
    desk.run(
        raw("1", PRAISE, published_at=NOW + timedelta(days=3)),
        raw("2", PRAISE, published_at=NOW - timedelta(days=3)),
        raw("3", PRAISE),
    )
    dates = sorted(mention.published_at for mention in desk.mentions())
    assert dates == [NOW - timedelta(days=3), NOW, NOW]


def test_the_oldest_batch_goes_first(desk: Desk) -> None:
    for name in ("first", "second"):
        desk.spool.put(batch_of(raw("1", f"{PRAISE}{name}"), id=name))
    assert desk.ingest.next_batch()
    assert desk.mentions()[0].text.endswith("first")


def test_a_batch_that_another_worker_holds_is_left_to_it(desk: Desk) -> None:
    for name in ("held", "free"):
        desk.spool.put(batch_of(raw(name, PRAISE), id=name))
    held = desk.spool.claim(desk.spool.pending()[0])
    assert held is not None
    assert desk.ingest.next_batch()
    assert not desk.ingest.next_batch()
    assert [receipt.batch_id for receipt in desk.all_of(BatchReceipt)] == ["free"]
    held.close()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}\n", b"[]\n", b'{"schema": 99}\n'])
def test_a_batch_that_cannot_be_read_is_set_aside_with_its_reason(
    desk: Desk, content: bytes
) -> None:
    desk.spool.path.mkdir()
    (desk.spool.path / "0-bad.jsonl").write_bytes(content)
    desk.spool.put(batch_of(raw("1", PRAISE)))
    assert desk.ingest.next_batch()
    assert desk.ingest.next_batch()
    assert not desk.ingest.next_batch()
    poison = desk.spool.path / "poison"
    assert (poison / "0-bad.jsonl").read_bytes() == content
    assert (poison / "0-bad.jsonl.reason.txt").read_text(encoding="utf-8").strip()
    assert len(desk.mentions()) == 1


def test_validators_are_kept_only_with_the_receipt(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.records.write() as session:
        session.add(source_row())
    desk.spool.put(batch_of(raw("1", PRAISE), source_id="src_1", etag='"v2"', last_modified="Wed"))

    def cut_off(name: str) -> None:
        if name == "ingest.before-receipt":
            raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(crawlers.ingest, "fault_point", cut_off)
        with pytest.raises(CutOff):
            desk.ingest.next_batch()
    assert desk.all_of(Source)[0].etag is None
    desk.ingest.next_batch()
    [source] = desk.all_of(Source)
    assert (source.etag, source.last_modified) == ('"v2"', "Wed")
    assert (source.items_total, source.new_total, source.last_new_at) == (1, 1, NOW)


def test_a_batch_without_validators_leaves_the_stored_ones(desk: Desk) -> None:
    with desk.records.write() as session:
        session.add(source_row(etag='"v1"'))
    desk.run(raw("1", "无关"), source_id="src_1")
    [source] = desk.all_of(Source)
    assert (source.etag, source.items_total, source.new_total) == ('"v1"', 1, 0)
    assert source.last_new_at is None


def test_a_batch_of_a_removed_source_is_ingested_all_the_same(desk: Desk) -> None:
    assert desk.run(raw("1", PRAISE), source_id="src_gone").new == 1


def test_one_entry_is_one_mention_whatever_else_is_in_its_batch(desk: Desk) -> None:
    entry = raw("1", PRAISE)
    desk.run(entry, raw("2", LEAK), id="batch_0")
    assert desk.run(raw("3", PRAISE), entry).duplicate == 1


def test_a_brand_that_is_watched_later_is_found_from_then_on(desk: Desk) -> None:
    desk.watched = ()
    assert desk.run(raw("1", PRAISE), id="batch_0").dropped == 1
    desk.watched = WATCHED
    assert desk.run(raw("1", PRAISE)).new == 1


def test_a_full_batch_of_hard_texts_goes_through(desk: Desk) -> None:
    hard = ["😀" * 1000, "\x00", "\u202e星澜", "星澜" * 5000, "İ星澜", "星\u200b澜", "\ufeff星澜"]
    entries = [raw(str(number), f"星澜 {text}") for number, text in enumerate(hard)]
    receipt = desk.run(*entries, replace(entries[0], native_id=None, url="http://["))
    assert (receipt.read, receipt.new) == (len(hard) + 1, len(hard) + 1)


def source_row(**fields: Any) -> Source:
    given: dict[str, Any] = {
        "id": "src_1",
        "name": "论坛",
        "kind": "feed",
        "url": "https://example.cn/feed",
        "platform": "weibo",
        "identity": "native_id",
        "interval_s": 900,
        "delay_s": 1.0,
        "created_at": NOW,
        "next_due_at": NOW,
    }
    return Source(**(given | fields))


def test_a_persons_label_outlives_another_sight_and_a_lost_index(desk: Desk) -> None:
    desk.run(raw("1", LEAK, likes=1))
    (mention,) = desk.mentions()
    corrector = Corrector(desk.records, desk.index, desk.clock, Ids())
    corrector.mark(mention.id, "neutral", Actor(None, "林岚"))

    desk.run(raw("1", LEAK, likes=900), id="batch_2")
    (again,) = desk.mentions()
    assert (again.label, again.brands[0].label) == ("neutral", "neutral")
    assert again.engagement.likes == 900
    assert desk.all_of(Case) == []

    desk.index.delete([mention.id])
    desk.run(raw("1", LEAK, likes=901), id="batch_3")
    (anew,) = desk.mentions()
    assert (anew.label, anew.brands[0].label, anew.marked) == ("neutral", "neutral", again.marked)
    assert desk.all_of(Case) == []


def test_what_names_a_competitor_is_told_its_activity_as_if_it_came_alone() -> None:
    judge = Judge(Watchlist(WATCHED), WordScorer())
    texts = ["远山宣布全线降价三成", PRAISE, "星澜和远山都获得新一轮融资", "远山宣布全线降价三成"]
    entries = {str(number): raw(str(number), text) for number, text in enumerate(texts)}
    found = judge.judge(entries, BatchHead("batch", "trace", NOW))
    assert [mention.activity for mention in found] == [
        classify(texts[0]),
        None,
        classify(texts[2]),
        classify(texts[0]),
    ]


def test_what_people_taught_shapes_the_score_of_its_brand_then_of_its_source_type() -> None:
    harsh = OwnCalibration(7, Calibration(1.0, (9.0, 0.0, 0.0)))
    mild = OwnCalibration(8, Calibration(1.0, (0.0, 9.0, 0.0)))
    taught = Calibrations({"brand_own": harsh}, {"news": mild})
    judge = Judge(Watchlist(WATCHED), WordScorer(), taught)
    entries = {"a": raw("a", PRAISE), "b": raw("b", "远山真好"), "c": raw("c", "星澜和远山都好")}
    head = BatchHead("batch", "trace", NOW, source_type="news")
    own, rival, both = judge.judge(entries, head)
    assert (own.label, own.calibration, own.brands[0].calibration) == ("negative", 7, 7)
    assert (rival.label, rival.calibration, rival.brands[0].calibration) == ("neutral", 8, 8)
    assert (both.label, both.calibration) == ("neutral", 8)
    assert {brand.id: brand.label for brand in both.brands} == {
        "brand_own": "negative",
        "brand_rival": "neutral",
    }
    (plain,) = judge.judge({"b": raw("b", "远山真好")}, replace(head, source_type="weibo"))
    assert (plain.label, plain.calibration) == ("positive", None)


def test_a_copy_takes_a_persons_label_over_as_it_comes_in(desk: Desk) -> None:
    corrector = Corrector(desk.records, desk.index, desk.clock, Ids())
    desk.run(raw("1", LEAK, likes=1))
    (first,) = desk.mentions()
    corrector.mark(first.id, "neutral", Actor(None, "林岚"))
    desk.run(raw("2", f"转发微博：{LEAK}", likes=90_000), id="batch_2")
    assert {(each.label, each.brands[0].label) for each in desk.mentions()} == {
        ("neutral", "neutral")
    }
    assert desk.all_of(Case) == []
    assert not desk.ingest.next_batch()


def test_copies_that_are_stored_follow_in_the_steps_of_ingest(desk: Desk) -> None:
    corrector = Corrector(desk.records, desk.index, desk.clock, Ids())
    desk.run(raw("1", LEAK, likes=1), raw("2", f"{LEAK}！", likes=2))
    first, _ = desk.mentions()
    corrector.mark(first.id, "positive", Actor(None, "林岚"))
    assert desk.ingest.next_batch()
    assert {each.label for each in desk.mentions()} == {"positive"}
    assert not desk.ingest.next_batch()
    desk.run(raw("1", LEAK, likes=9_000), raw("2", f"{LEAK}！", likes=9_000), id="batch_2")
    assert {each.label for each in desk.mentions()} == {"positive"}
    assert desk.all_of(Case) == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_copy_cut_off_anywhere_takes_over_once(
    stage: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrector = Corrector(desk.records, desk.index, desk.clock, Ids())
    desk.run(raw("1", PRAISE, likes=1))
    (first,) = desk.mentions()
    corrector.mark(first.id, "negative", Actor(None, "林岚"))

    def cut(name: str) -> None:
        if name == stage:
            raise CutOff

    desk.spool.put(batch_of(raw("2", f"转发：{PRAISE}", likes=700), id="batch_2"))
    with monkeypatch.context() as patched:
        patched.setattr(crawlers.ingest, "fault_point", cut)
        with pytest.raises(CutOff):
            desk.ingest.next_batch()
    desk.ingest.next_batch()
    assert {each.label for each in desk.mentions()} == {"negative"}
    assert len(desk.all_of(Case)) == 1
    copied = [mark for mark in desk.all_of(MentionMark) if mark.taken_from is not None]
    assert len(copied) == 2


def test_a_mark_that_cannot_be_copied_holds_up_no_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(crawlers.ingest.Copying, "step", broken)
        desk.spool.put(batch_of(raw("1", LEAK)))
        with pytest.raises(RuntimeError):
            desk.ingest.next_batch()
        assert len(desk.mentions()) == 1
        desk.run(raw("2", PRAISE), id="batch_2")
    assert len(desk.mentions()) == 2
