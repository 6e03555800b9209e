"""What is older than the workspace keeps goes, and takes nothing along that somebody needs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from shared_values import START
from sqlalchemy import func, select

from alerts.opening import consider
from alerts.policy import ensure_policy
from alerts.queries import evidence
from api.checks import records as checks
from api.retention import Retention, drop_old, kept_from
from api.wiring import Service
from api.worker import make_ingest
from core.errors import StorageError
from crawlers.ingest import TOO_OLD
from crawlers.raw import Batch, BatchHead, RawMention
from sentiment.clusters import assign_stories
from storage.mentions import Mention
from storage.records.cases import Case
from storage.records.stories import Story, StoryBand, StoryMember
from storage.records.watch import BatchReceipt, Brand
from storage.search import Selection
from tests.storage.search.search_mentions import brand, mention

LONG_AGO = START - timedelta(days=800)
TEXTS = {
    "old": "星澜净化器用了三天就坏，客服一直不回电话，退货也没有人管，以后不会再买了。",
    "copied": "门店搬到了人民路的新商场三楼，开业当天来了不少人，排队的队伍一直到电梯口。",
    "new": "新款扫地机的吸力比上一代强了不少，地毯上的猫毛一次就能吸干净，噪音也小。",
}


def told(service: Service, key: str, text: str, at: datetime, p_negative: float = 0.1) -> Mention:
    """Put a mention into a story and the index, as ingest does."""
    story = assign_stories(service.records, [(key, text)], at, service.ids)[key]
    towards = replace(brand("b1", "negative"), p_negative=p_negative)
    made = mention(key, text, published_at=at, detected_at=at, story_id=story, brands=(towards,))
    service.index.create_many([made])
    return made


@pytest.fixture
def with_brand(service: Service) -> Service:
    with service.records.write() as session:
        session.add(Brand(id="b1", name="星澜", role="own", created_at=START))
        ensure_policy(session, service.ids, service.clock)
    return service


@pytest.fixture
def filled(with_brand: Service) -> Service:
    """An old mention, an old text with a new copy, and a new one."""
    told(with_brand, "old", TEXTS["old"], LONG_AGO)
    told(with_brand, "copied", TEXTS["copied"], LONG_AGO)
    told(with_brand, "copy", TEXTS["copied"], START)
    told(with_brand, "new", TEXTS["new"], START)
    return with_brand


def held(service: Service) -> set[str]:
    return {each.id for each in service.index.scan(Selection())}


def rows(service: Service, table: type) -> int:
    with service.records.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def bands_of(service: Service) -> set[str]:
    with service.records.read() as session:
        numbers = select(StoryBand.story_number)
        return set(session.scalars(select(Story.id).where(Story.number.in_(numbers))))


def stories_of(service: Service) -> set[str]:
    with service.records.read() as session:
        return set(session.scalars(select(Story.id)))


@pytest.mark.parametrize(
    ("now", "months", "first"),
    [
        (datetime(2026, 7, 31, 23, tzinfo=UTC), 1, datetime(2026, 6, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), 12, datetime(2025, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), 1200, datetime(1926, 1, 1, tzinfo=UTC)),
    ],
)
def test_whole_months_are_kept_beside_the_running_one(
    now: datetime, months: int, first: datetime
) -> None:
    assert kept_from(now, months) == first


def test_an_old_mention_goes_with_its_story_and_signature(filled: Service) -> None:
    assert drop_old(filled, kept_from(START, 12)) == 2
    assert held(filled) == {"copy", "new"}
    assert rows(filled, StoryMember) == 2
    assert rows(filled, Story) == 2
    assert bands_of(filled) == stories_of(filled)


def test_a_story_stays_while_a_copy_tells_it(filled: Service) -> None:
    drop_old(filled, kept_from(START, 12))
    later = told(filled, "later", TEXTS["copied"], START)
    kept = filled.index.get("copy")
    assert kept is not None
    assert later.story_id == kept.story_id


def test_a_case_keeps_its_evidence_and_its_story(with_brand: Service) -> None:
    bad = told(with_brand, "bad", TEXTS["old"], LONG_AGO, p_negative=0.95)
    with with_brand.records.write() as session:
        consider(
            session, bad, trusted=True, siblings=[], seen_at=None,
            clock=with_brand.clock, ids=with_brand.ids,
        )  # fmt: skip
    drop_old(with_brand, kept_from(START, 12))
    with with_brand.records.read() as session:
        case = session.scalars(select(Case)).one()
        (copy,) = evidence(session, case.id)
    assert held(with_brand) == set()
    assert TEXTS["old"].startswith(copy.text[:10])
    assert told(with_brand, "again", TEXTS["old"], START).story_id == case.story_id


def test_what_was_broken_off_is_finished_the_next_time(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: datetime) -> int:
        raise StorageError("away")

    with monkeypatch.context() as patch:
        patch.setattr(filled.index, "drop_before", broken)
        with pytest.raises(StorageError, match="away"):
            drop_old(filled, kept_from(START, 12))
    assert drop_old(filled, kept_from(START, 12)) == 2
    assert rows(filled, Story) == 2


def test_old_receipts_go(with_brand: Service) -> None:
    with with_brand.records.write() as session:
        for n in range(600):
            at = START if n < 3 else LONG_AGO
            session.add(
                BatchReceipt(
                    batch_id=f"b{n}", trace_id="t", read=0, new=0, duplicate=0, dropped=0,
                    invalid=0, at=at,
                )
            )  # fmt: skip
    drop_old(with_brand, kept_from(START, 12))
    assert rows(with_brand, BatchReceipt) == 3


@pytest.fixture
def looked(filled: Service) -> Callable[[int | None], None]:
    """Let the worker's loop look once, with a number of months."""

    def look(months: int | None) -> None:
        filled.settings = filled.settings.model_copy(update={"retention_months": months})
        assert Retention(filled).step() is False

    return look


def test_without_the_setting_everything_stays(
    filled: Service, looked: Callable[[int | None], None]
) -> None:
    looked(None)
    assert len(held(filled)) == 4


def test_the_worker_drops_what_is_older_than_the_setting(
    filled: Service, looked: Callable[[int | None], None]
) -> None:
    looked(12)
    assert held(filled) == {"copy", "new"}


def test_doctor_shows_what_is_still_to_go(filled: Service) -> None:
    filled.settings = filled.settings.model_copy(update={"retention_months": 12})
    (before,) = checks.retention(filled)
    drop_old(filled, kept_from(START, 12))
    (after,) = checks.retention(filled)
    assert "2025-07-01 以前的还有 2 条" in before.detail
    assert "还有 0 条" in after.detail


def test_what_was_let_go_does_not_come_back_with_its_source(with_brand: Service) -> None:
    with_brand.settings = with_brand.settings.model_copy(update={"retention_months": 12})
    mentions = tuple(
        RawMention("forum", f"{TEXTS['old']}{key}", START, native_id=key, published_at=at)
        for key, at in (("gone", LONG_AGO), ("here", START))
    )
    with_brand.spool.put(Batch(BatchHead("batch_1", "trace_1", START), mentions))
    assert make_ingest(with_brand).next_batch()
    with with_brand.records.read() as session:
        receipt = session.get_one(BatchReceipt, "batch_1")
    assert (receipt.new, receipt.dropped) == (1, 1)
    assert [each["reason"] for each in receipt.reasons] == [TOO_OLD]
    assert with_brand.index.count(Selection()) == 1
