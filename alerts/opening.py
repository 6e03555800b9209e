"""From a mention to a case: open one, join one, or leave it.

Everything here happens in the caller's write transaction, with the brand's row locked first, so
that two workers with the same story open one case. The unique (mention, brand) row is what makes
a replay harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from alerts.candidate import Candidate, assess
from alerts.clock import next_due_at, reset_next_due
from alerts.dismissed import brings_news, came_later, dismissed_case
from alerts.events import count_again, record
from alerts.evidence import copy_of
from alerts.excerpt import short_title
from alerts.likeness import like_case
from alerts.outbox import MESSAGE_HOST, enqueue, people_to_tell
from alerts.policy import PolicyRules, ensure_policy, policy_copy, rules_of
from alerts.states import ACTIVE
from core.clock import Clock
from core.ids import Ids
from sentiment.stories import normal_form, signature
from storage.mentions import Mention, MentionBrand
from storage.records.cases import Case, CaseMention, Policy
from storage.records.stories import StoryMember
from storage.records.watch import Brand

# A near-duplicate joins from here on; a copy within the case's own story always does.
_JOINS_AT = 0.5


@dataclass(frozen=True)
class CaseChange:
    """What became of a case. *mention_ids* are those that joined it now."""

    kind: Literal["opened", "joined", "severity_raised", "heat", "kept_out"]
    case_id: str
    brand_id: str
    mention_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sight:
    """One look at a mention: *seen_at* starts the clock, *now* is when we got to it.

    *said* tells that a person calls it bad news now.
    """

    session: Session
    mention: Mention
    siblings: Sequence[Mention]
    trusted: bool
    said: bool
    seen_at: datetime
    now: datetime
    ids: Ids
    message_host: str


def consider(
    session: Session,
    mention: Mention,
    *,
    trusted: bool,
    clock: Clock,
    ids: Ids,
    siblings: Sequence[Mention] = (),
    seen_at: datetime | None = None,
    said: bool = False,
    message_host: str = MESSAGE_HOST,
) -> list[CaseChange]:
    """Open, join or warm up the cases of every own brand in *mention*; return what changed.

    *session* must be in a write transaction. *trusted* says whether the source is.
    *siblings* are known mentions of the same story, added as evidence when a case opens.
    *seen_at* (UTC) is the fetch that made the mention what it is now, where that is not its first:
    a post that grew starts the clock at the growth. It defaults to ``mention.detected_at``.
    *said* tells that a person calls it bad news just now, which outweighs an older dismissal.
    Idempotent. With several mentions in one transaction, brands are locked in their order.
    """
    sight = _Sight(
        session,
        mention,
        siblings,
        trusted,
        said,
        seen_at or mention.detected_at,
        clock.now(),
        ids,
        message_host,
    )
    own = sorted((brand for brand in mention.brands if brand.role == "own"), key=lambda b: b.id)
    changes: list[CaseChange] = []
    for brand in own:
        if _lock_brand(session, brand.id):
            changes += _consider_brand(sight, brand, ensure_policy(session, ids, clock))
    return changes


def _lock_brand(session: Session, brand_id: str) -> bool:
    """Hold the brand's row until the commit; False when the brand is no longer watched."""
    result = session.execute(
        update(Brand)
        .where(Brand.id == brand_id, Brand.archived_at.is_(None))
        .values(case_counter=Brand.case_counter + 1)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _consider_brand(sight: _Sight, brand: MentionBrand, policy: Policy) -> list[CaseChange]:
    rules = PolicyRules.from_json(policy.rules)
    row = sight.session.get(CaseMention, (sight.mention.id, brand.id))
    if row is not None:
        if not _outgrew(sight, brand, row, rules):
            return _grow(sight, brand, row)
        _let_go(sight.session, row)
    case = _case_to_join(sight, brand)
    if case is not None:
        return _join(sight, brand, case)
    similar = _similar_in_window(sight, rules)
    candidate = assess(sight.mention, brand, rules, trusted=sight.trusted, similar=similar)
    if candidate is None:
        return []
    dismissed = None if sight.said else dismissed_case(sight.session, brand.id, sight.mention)
    if dismissed is not None and not brings_news(sight.session, dismissed, sight.mention, rules):
        return [_keep_out(sight, brand, dismissed)]
    return [_open(sight, brand, candidate, policy, rules)]


def _case_to_join(sight: _Sight, brand: MentionBrand) -> Case | None:
    """Return the open case of the mention's own story, else the first whose text is like its."""
    session, mention = sight.session, sight.mention
    of_story = session.scalars(
        select(Case)
        .where(
            Case.brand_id == brand.id,
            Case.state.in_(ACTIVE),
            Case.story_id == mention.story_id,
        )
        .order_by(Case.opened_at, Case.id)
        .limit(1)
        .with_for_update()
    ).first()
    if of_story is not None or brand.p_negative < _JOINS_AT:
        return of_story
    case_id = like_case(session, brand.id, mention.full_text)
    return session.get_one(Case, case_id, with_for_update=True) if case_id else None


def _similar_in_window(sight: _Sight, rules: PolicyRules) -> int:
    """How many mentions of the story lie in the window, this one included."""
    since = sight.seen_at - timedelta(hours=rules.similar_window_h)
    stored = sight.session.scalar(
        select(func.count())
        .select_from(StoryMember)
        .where(StoryMember.story_id == sight.mention.story_id, StoryMember.at >= since)
    )
    given = {other.id for other in sight.siblings if other.detected_at >= since}
    return max(stored or 0, len(given | {sight.mention.id}))


def _open(
    sight: _Sight,
    brand: MentionBrand,
    candidate: Candidate,
    policy: Policy,
    rules: PolicyRules,
) -> CaseChange:
    mention, session = sight.mention, sight.session
    response_s = rules.severe_response_s if candidate.severity == "severe" else rules.response_s
    case = Case(
        id=sight.ids.new("case"),
        brand_id=brand.id,
        story_id=mention.story_id,
        title=short_title(mention.title, mention.full_text, mention.contributions),
        state="open",
        severity=candidate.severity,
        reason=candidate.to_json(),
        signature=signature(mention.full_text),
        normal_length=len(normal_form(mention.full_text)),
        text=mention.full_text,
        policy=policy_copy(policy),
        recipients=list(policy.recipients),
        opened_at=sight.now,
        detected_at=sight.seen_at,
        first_published_at=mention.published_at,
        response_due_at=sight.seen_at + timedelta(seconds=response_s),
        resolution_due_at=sight.seen_at + timedelta(seconds=rules.resolution_s),
        outcome={},
        mention_count=0,
        heat=0,
        p_negative=brand.p_negative,
        trace_id=mention.trace_id,
    )
    case.next_due_at = next_due_at(case, rules, ())
    session.add(case)
    session.flush()
    joined = [_add_evidence(sight, case, mention, brand), *_add_siblings(sight, case, brand)]
    record(session, case.id, sight.now, "opened", "opened", count=len(joined), mention_ids=joined)
    _tell(sight, case, "opened", "opened")
    return CaseChange("opened", case.id, brand.id, tuple(joined))


def _add_siblings(sight: _Sight, case: Case, brand: MentionBrand) -> list[str]:
    joined = []
    for sibling in {other.id: other for other in sight.siblings}.values():
        towards = next((b for b in sibling.brands if b.id == brand.id), None)
        if towards is None or sight.session.get(CaseMention, (sibling.id, brand.id)) is not None:
            continue
        joined.append(_add_evidence(sight, case, sibling, towards))
    return joined


def _add_evidence(sight: _Sight, case: Case, mention: Mention, brand: MentionBrand) -> str:
    heat = mention.engagement.reach
    sight.session.add(
        CaseMention(
            mention_id=mention.id,
            brand_id=brand.id,
            case_id=case.id,
            joined_at=sight.now,
            published_at=mention.published_at,
            heat=heat,
            p_negative=brand.p_negative,
            evidence=copy_of(mention, brand),
        )
    )
    case.mention_count += 1
    case.heat += heat
    case.p_negative = max(case.p_negative, brand.p_negative)
    case.first_published_at = min(case.first_published_at, mention.published_at)
    sight.session.flush()
    return mention.id


def _join(sight: _Sight, brand: MentionBrand, case: Case) -> list[CaseChange]:
    mention = sight.mention
    _add_evidence(sight, case, mention, brand)
    record(
        sight.session,
        case.id,
        sight.now,
        "joined",
        f"joined:{mention.id}",
        mention_id=mention.id,
        platform=mention.platform,
        count=1,
    )
    joined = CaseChange("joined", case.id, brand.id, (mention.id,))
    return [joined, *_raise_severity(sight, brand, case)]


def _keep_out(sight: _Sight, brand: MentionBrand, case: Case) -> CaseChange:
    """Put a copy to the case that was dismissed, whose timeline counts them in one step."""
    mention, session = sight.mention, sight.session
    _add_evidence(sight, case, mention, brand)
    row = session.get_one(CaseMention, (mention.id, brand.id))
    row.evidence = {**row.evidence, "kept_out": True}
    dedupe = f"kept_out:{case.resolved_at}"
    if not record(session, case.id, sight.now, "copies_kept_out", dedupe, count=1):
        count_again(session, case.id, dedupe)
    return CaseChange("kept_out", case.id, brand.id, (mention.id,))


def _outgrew(sight: _Sight, brand: MentionBrand, row: CaseMention, rules: PolicyRules) -> bool:
    """Say whether a copy that was put to a dismissed case now spreads enough for one of its own."""
    case = sight.session.get_one(Case, row.case_id)
    return (
        came_later(case, row)
        and brings_news(sight.session, case, sight.mention, rules)
        and assess(sight.mention, brand, rules, trusted=sight.trusted, similar=0) is not None
    )


def _let_go(session: Session, row: CaseMention) -> None:
    case = session.get_one(Case, row.case_id, with_for_update=True)
    case.mention_count -= 1
    case.heat -= row.heat
    session.delete(row)
    session.flush()


def _grow(sight: _Sight, brand: MentionBrand, row: CaseMention) -> list[CaseChange]:
    """Take over engagement that grew since the mention joined; counts that fell are ignored."""
    heat = sight.mention.engagement.reach
    if heat <= row.heat:
        return []
    case = sight.session.get_one(Case, row.case_id, with_for_update=True)
    case.heat += heat - row.heat
    row.heat = heat
    sight.session.flush()
    grown = CaseChange("heat", case.id, brand.id)
    return [grown, *_raise_severity(sight, brand, case)]


def _raise_severity(sight: _Sight, brand: MentionBrand, case: Case) -> list[CaseChange]:
    """Make *case* severe if this mention is; told once, and never in a closed case."""
    if case.severity == "severe" or case.state not in ACTIVE:
        return []
    rules = rules_of(case)
    candidate = assess(sight.mention, brand, rules, trusted=sight.trusted, similar=0)
    if candidate is None or candidate.severity != "severe":
        return []
    case.severity = "severe"
    if case.acknowledged_at is None:
        # Counted from the sight that made it severe: before that nobody could have known.
        sooner = sight.seen_at + timedelta(seconds=rules.severe_response_s)
        case.response_due_at = min(case.response_due_at, sooner)
    new = record(
        sight.session,
        case.id,
        sight.now,
        "severity_raised",
        "severity:severe",
        mention_id=sight.mention.id,
        rules=[reason.to_json() for reason in candidate.reasons],
    )
    reset_next_due(sight.session, case)
    if new:
        _tell(sight, case, "severity_raised", "severity:severe")
    return [CaseChange("severity_raised", case.id, brand.id)]


def _tell(sight: _Sight, case: Case, kind: str, event: str) -> None:
    enqueue(
        sight.session,
        case,
        kind=kind,
        event=event,
        recipients=people_to_tell(sight.session, case),
        now=sight.now,
        ids=sight.ids,
        message_host=sight.message_host,
        mention_id=sight.mention.id,
    )
