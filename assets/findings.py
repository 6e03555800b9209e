"""The wording check of a version: what it finds is kept with its sentence and its waiver."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import wording
from assets.actor import Actor
from assets.availability import day_of
from assets.fields import paragraph, required
from assets.message_body import stored_body
from assets.trail import tell
from assets.wording.folding import SENTENCE_ENDS, fold_phrase
from assets.words import SIDES
from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from storage.records.library import Asset, AssetVersion, TextLayer, WordingFinding

SENTENCE_LIMIT: Final = 120  # characters shown on each side of the words, at most
# A file of a million superlatives would be a million rows, and says no more than these.
_MOST: Final = {"block": 2_000, "needs_evidence": 2_000, "caution": 200}
# The signs that end a sentence as people write them: a finding's range is one of the original.
_ENDS: Final = frozenset(SENTENCE_ENDS) | frozenset("。！？；\n\r")
# What makes two findings the same one: then the row stays, with its id and its waiver.
_Key: TypeAlias = tuple[str, int, int, str, str, str, str]


@dataclass(frozen=True)
class Checked:
    """What *rules* find on *day* in each of some texts.

    A long file takes seconds, in which a transaction would hold up everybody who writes.
    """

    rules: wording.RuleSet
    day: date
    found: Mapping[str, list[wording.Finding]]


def checked(texts: Iterable[str], day: date) -> Checked:
    """Check *texts* by the rules of *day*, for ``check_version`` to use in its transaction."""
    rules = wording.load_rules()
    return Checked(rules, day, {text: wording.check(text, rules, day) for text in texts})


def check_version(
    session: Session,
    version_id: str,
    clock: Clock,
    *,
    today: date | None = None,
    only: Collection[str] = (),
    ahead: Checked | None = None,
) -> list[WordingFinding]:
    """Check the texts of a version anew and return what is found, in the order of the texts.

    Replaces what was found before; with *only*, at these places. A finding keeps its waiver only
    with the same words in the same sentence and of the same severity: what was let pass is what
    still stands there. What was checked *ahead* by the same rules is not checked again.
    """
    session.flush()
    version = session.get(AssetVersion, version_id)
    if version is None:
        raise NotFound("没有这个版本。")
    rules, now = wording.load_rules(), clock.now()
    day = today or day_of(now)
    if ahead is None or ahead.rules is not rules or ahead.day != day:
        ahead = Checked(rules, day, {})
    old = [each for each in _findings(session, version_id) if not only or each.place in only]
    kept = {_key(finding): finding for finding in old}
    waivers = {_words(finding): finding for finding in old if finding.waived_by}
    found: list[WordingFinding] = []
    room = Counter(_MOST)
    for place, text in places(session, version):
        if only and place not in only:
            continue
        known = ahead.found.get(text)
        for hit in wording.check(text, rules, day) if known is None else known:
            room[hit.severity] -= 1
            if room[hit.severity] < 0:
                continue
            made = _finding(version_id, place, text, hit, now)
            same = kept.pop(_key(made), None)
            if same is None:
                _carry(waivers.get(_words(made)), made)
                session.add(made)
            found.append(made if same is None else _renewed(same, hit))
    for finding in kept.values():
        session.delete(finding)
    for finding in found:
        finding.rules_version = str(rules.version)
    session.flush()
    return found


def places(session: Session, version: AssetVersion) -> Iterator[tuple[str, str]]:
    """Yield every text that a version shows people, with the name of its place."""
    asset = session.get_one(Asset, version.asset_id)
    yield "title", asset.title
    yield "description", asset.description
    # An empty line between them: no word runs from one tag into the next.
    yield "tags", "\n\n".join(asset.tags)
    if version.body is not None:
        yield from stored_body(version.body).places().items()
        return
    layers = session.scalars(
        select(TextLayer).where(TextLayer.version_id == version.id).order_by(TextLayer.page)
    )
    for layer in layers:
        yield f"page-{layer.page}", layer.text


def standing(findings: Sequence[WordingFinding], severity: str) -> list[WordingFinding]:
    """Return the findings of *severity* that nobody has waived."""
    return [each for each in findings if each.severity == severity and each.waived_by is None]


def waive(
    session: Session, finding_id: int, actor: Actor, reason: str, clock: Clock
) -> WordingFinding:
    """Let a finding pass: *actor* answers for it with *reason*. A block can never be waived.

    Raises ``NotPermitted`` for anybody but legal and compliance, and for the version's author;
    ``NotFound``, ``InvalidInput``, or ``Conflict`` when somebody waived it before.
    """
    if actor.role not in SIDES or actor.id is None:
        raise NotPermitted("只有法务或合规的同事本人可以放行用语。请把这一条发给他们看。")
    finding = session.get(WordingFinding, finding_id, with_for_update=True)
    if finding is None:
        raise NotFound("这条用语提示已经更新，请刷新页面再看。")
    version = session.get_one(AssetVersion, finding.version_id)
    asset = session.get_one(Asset, version.asset_id)
    if finding.severity == "block":
        raise InvalidInput(
            f"“{finding.matched}”是禁用语，任何人都不能放行，请改写：{finding.suggestion}"
        )
    if actor.id == version.created_by:
        raise NotPermitted("不能放行自己写的内容，请由另一位法务或合规同事判断。")
    if finding.waived_by is not None:
        raise Conflict(f"{finding.waived_by} 已经放行这一条：{finding.waiver_reason}。")
    why = required(paragraph(reason, "reason"), "reason", "请写明放行的理由。")
    now = clock.now()
    finding.waived_by, finding.waived_by_id = actor.name, actor.id
    finding.waiver_reason, finding.waived_at = why, now
    detail = {"matched": finding.matched, "rule": finding.rule_id, "reason": why}
    tell(session, now, actor, "asset.finding_waived", asset, **detail)
    return finding


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence of *text* that holds ``[start:end]``, cut to a readable length."""
    first, last = start, end
    while first > 0 and start - first < SENTENCE_LIMIT and text[first - 1] not in _ENDS:
        first -= 1
    while last < len(text) and last - end < SENTENCE_LIMIT and text[last] not in _ENDS:
        last += 1
    if last < len(text) and text[last] in "。！？；!?;":
        last += 1
    return text[first:last].strip()


def _findings(session: Session, version_id: str) -> Sequence[WordingFinding]:
    return session.scalars(
        select(WordingFinding).where(WordingFinding.version_id == version_id)
    ).all()


def _finding(
    version_id: str, place: str, text: str, hit: wording.Finding, now: datetime
) -> WordingFinding:
    return WordingFinding(
        version_id=version_id,
        place=place,
        start=hit.start,
        end=hit.end,
        rule_id=hit.rule_id,
        category=hit.category,
        severity=hit.severity,
        matched=hit.matched,
        sentence=sentence_around(text, hit.start, hit.end),
        statute=hit.statute,
        suggestion=hit.suggestion,
        why=hit.why,
        rules_version="",
        found_at=now,
    )


def _renewed(finding: WordingFinding, hit: wording.Finding) -> WordingFinding:
    """Return the row of before with what the rules say of it now."""
    finding.category, finding.statute = hit.category, hit.statute
    finding.suggestion, finding.why = hit.suggestion, hit.why
    return finding


def _carry(source: WordingFinding | None, made: WordingFinding) -> None:
    if source is not None and made.severity != "block":
        made.waived_by, made.waived_by_id = source.waived_by, source.waived_by_id
        made.waiver_reason, made.waived_at = source.waiver_reason, source.waived_at


def _key(finding: WordingFinding) -> _Key:
    place = finding.place, finding.start, finding.end
    return *place, finding.rule_id, finding.severity, finding.matched, finding.sentence


def _words(finding: WordingFinding) -> tuple[str, ...]:
    words = fold_phrase(finding.matched), finding.sentence
    return finding.place, finding.rule_id, finding.severity, *words
