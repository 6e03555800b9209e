"""A desk to test cases at: a real database, a clock that stands, and one bad mention."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.opening import CaseChange, consider
from core.clock import FixedClock
from core.ids import Ids
from sentiment.stories import normal_form, signature
from storage.mentions import Contribution, Engagement, Mention, MentionBrand, Span, full_text
from storage.records import Records
from storage.records.cases import Case, CaseEvent, CaseMention, OutboxMessage, Policy

START = datetime(2026, 3, 5, 1, 10, tzinfo=UTC)
COMPLAINT = (
    "刚买的星澜 S3 净化器，开机就一股刺鼻的味道，换了新滤网也没用。"
    "客服说“正常现象”，这也叫净化？外观倒是挺好看的。"
)
OTHER_STORY = (
    "星澜扫地机半夜自己启动，把阳台的花盆全撞碎了，售后推来推去一周没有人上门，真是糟透了。"
)


@dataclass
class Desk:
    """A workspace with one own brand, its clock and its ids."""

    records: Records
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))
    ids: Ids = field(default_factory=Ids)

    def consider(self, mention: Mention, **options: Any) -> list[CaseChange]:
        with self.records.write() as session:
            given = {"trusted": False, "clock": self.clock, "ids": self.ids, **options}
            return consider(session, mention, **given)

    def open_case(self, **values: Any) -> Case:
        changes = self.consider(bad_mention(**values))
        return self.case(next(c.case_id for c in changes if c.kind == "opened"))

    def case(self, case_id: str) -> Case:
        with self.records.read() as session:
            return session.get_one(Case, case_id)

    def cases(self) -> list[Case]:
        with self.records.read() as session:
            return list(session.query(Case).order_by(Case.opened_at, Case.id))

    def events(self, case_id: str) -> list[CaseEvent]:
        with self.records.read() as session:
            events = session.query(CaseEvent).filter_by(case_id=case_id)
            return list(events.order_by(CaseEvent.id))

    def event_keys(self, case_id: str) -> list[str]:
        return [event.dedupe for event in self.events(case_id)]

    def outbox(self) -> list[OutboxMessage]:
        with self.records.read() as session:
            return list(session.query(OutboxMessage).order_by(OutboxMessage.created_at))

    def add_copies(self, case_id: str, count: int, platforms: Sequence[str] = ("weibo",)) -> None:
        """Let a case have *count* more mentions, a minute apart, each as its first one said."""
        with self.records.write() as session:
            first = session.query(CaseMention).filter_by(case_id=case_id).one()
            for n in range(count):
                platform = platforms[n % len(platforms)]
                session.add(
                    CaseMention(
                        mention_id=f"copy{n:05}",
                        brand_id=first.brand_id,
                        case_id=case_id,
                        joined_at=first.joined_at + timedelta(minutes=n),
                        published_at=first.published_at + timedelta(minutes=n),
                        heat=n,
                        p_negative=first.p_negative,
                        evidence={**first.evidence, "platform": platform},
                    )
                )
            session.get_one(Case, case_id).mention_count += count

    def add_cases(self, texts: Sequence[str]) -> list[str]:
        """Open a case for each of *texts*, a minute apart, however like each other they are."""
        made = self.open_case(text="样本")
        columns = [column.key for column in Case.__table__.columns]
        with self.records.write() as session:
            for n, text in enumerate(texts):
                values = {name: getattr(made, name) for name in columns} | {
                    "id": f"case{n:05}",
                    "story_id": f"story_of_case{n}",
                    "signature": signature(text),
                    "normal_length": len(normal_form(text)),
                    "text": text,
                    "opened_at": START + timedelta(minutes=n),
                    "detected_at": START + timedelta(minutes=n),
                }
                session.add(Case(**values))
        return [f"case{n:05}" for n in range(len(texts))]

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    def set_policy(self, **values: Any) -> None:
        with self.records.write() as session:
            policy = session.query(Policy).one()
            policy.rules = {**policy.rules, **values}


def towards(
    p_negative: float = 0.93, *, brand_id: str = "brand_own", role: str = "own"
) -> MentionBrand:
    rest = (1 - p_negative) / 2
    return MentionBrand(
        id=brand_id,
        name=brand_id,
        role=role,  # type: ignore[arg-type]
        spans=(Span(3, 5),),
        label="negative" if p_negative > 0.5 else "neutral",
        p_negative=p_negative,
        p_neutral=rest,
        p_positive=rest,
    )


def bad_mention(
    mention_id: str = "m1",
    text: str = COMPLAINT,
    *,
    title: str = "",
    p_negative: float = 0.93,
    likes: int = 1204,
    story_id: str = "story_smell",
    brands: tuple[MentionBrand, ...] | None = None,
    detected_at: datetime = START,
    published_at: datetime | None = None,
    platform: str = "xiaohongshu",
    url: str | None = "https://example.cn/p/1",
    contributions: tuple[Contribution, ...] | None = None,
    words: tuple[Contribution, ...] = (),
) -> Mention:
    return Mention(
        id=mention_id,
        url=url,
        platform=platform,
        kind="post",
        title=title,
        text=text,
        author="用户 a3**",
        published_at=published_at or detected_at - timedelta(minutes=22),
        detected_at=detected_at,
        engagement=Engagement(likes=likes, comments=0),
        brands=brands if brands is not None else (towards(p_negative),),
        label="negative",
        p_negative=p_negative,
        p_neutral=0.05,
        p_positive=0.02,
        contributions=contributions
        if contributions is not None
        else clauses(full_text(title, text)),
        words=words,
        activity=None,
        story_id=story_id,
        source_id=None,
        scorer="test",
        batch_id="batch_1",
        trace_id="trace_1",
    )


def clauses(text: str) -> tuple[Contribution, ...]:
    found = []
    for words, weight in (("开机就一股刺鼻的味道", -2.1), ("这也叫净化？", -1.1)):
        at = text.find(words)
        if at >= 0:
            found.append(Contribution(at, at + len(words), weight))
    return tuple(found)
