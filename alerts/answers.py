"""The answer to a case: which approved messages fit it, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from alerts.fitting import Asked, Candidate, Fit, best_fits
from assets.message_body import MessageBody, Variant, stored_body
from assets.rows import AssetRow, asset_rows
from assets.words import SCENARIOS
from core.errors import NotFound
from core.translation import Translate, to_translate, untranslated
from storage.mentions import full_text
from storage.records.cases import Case, CaseMention
from storage.records.library import Asset, AssetVersion
from storage.records.watch import Brand

_PROPOSED: Final = 3
# The hottest mentions say what a case is about; hundreds of copies add nothing.
_MENTIONS_READ: Final = 8
_MOST_CANDIDATES: Final = 500
# A longer match of a pattern is no word that explains anything.
_LONGEST_SIGNAL: Final = 6
_NONE_FITS: Final = to_translate("没有合适的已批准口径。")
_NONE_THERE: Final = to_translate("还没有已批准、今天能用的口径。")


@dataclass(frozen=True)
class Proposal:
    """An approved message that fits; *why* says so in words, *score* only orders."""

    row: AssetRow
    version_id: str
    number: int
    scenario: str | None
    why: tuple[str, ...]
    body: MessageBody
    score: float

    @property
    def statement(self) -> str:
        """The text that is copied when no variant is chosen."""
        return self.body.text_for("")

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The same message for channels."""
        return self.body.variants

    @property
    def do_not_say(self) -> tuple[str, ...]:
        """What must not be said."""
        return self.body.do_not_say


@dataclass(frozen=True)
class Answers:
    """What is proposed for a case. *scenario* is what the case seems to be about, or None.

    *reason* says why there are no *proposals*, and is empty when there are.
    """

    proposals: tuple[Proposal, ...]
    scenario: str | None
    reason: str


def propose(
    session: Session,
    case_id: str,
    *,
    today: date,
    limit: int = _PROPOSED,
    translate: Translate = untranslated,
) -> tuple[Proposal, ...]:
    """Return the *limit* messages that fit a case best; none when none fits well enough.

    Candidates are published, may be used on *today* (the day where the workspace is), and are of
    the case's brand or of none. Raises ``NotFound``.
    """
    return answers(session, case_id, today=today, limit=limit, translate=translate).proposals


def answers(
    session: Session,
    case_id: str,
    *,
    today: date,
    limit: int = _PROPOSED,
    translate: Translate = untranslated,
) -> Answers:
    """Return what ``propose`` does, with the case's scenario and why nothing is proposed."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound("没有这个事件，请回到事件列表。")
    asked = _asked(session, case)
    usable = _usable(session, case.brand_id, today)
    fits = best_fits(asked, [_candidate(row, body) for row, body in usable.values()])
    likely = asked.likely.scenario if asked.likely else None
    proposals = tuple(
        Proposal(
            row=row,
            version_id=row.version_id,
            number=row.version,
            scenario=row.scenario,
            why=_why(fit, row.scenario, translate),
            body=body,
            score=fit.score,
        )
        for fit in fits[:limit]
        for row, body in (usable[fit.id],)
    )
    reason = "" if proposals else translate(_NONE_FITS if usable else _NONE_THERE)
    return Answers(proposals, likely, reason)


def _asked(session: Session, case: Case) -> Asked:
    brand = session.get_one(Brand, case.brand_id)
    # The copies only, and as JSON: a post can hold half characters, which no column gives as text.
    kept = session.scalars(
        select(CaseMention.evidence)
        .where(CaseMention.case_id == case.id)
        .order_by(CaseMention.heat.desc(), CaseMention.published_at, CaseMention.mention_id)
        .limit(_MENTIONS_READ)
    )
    texts = [case.text, *(full_text(copy["title"], copy["text"]) for copy in kept)]
    return Asked.of(texts, [brand.name, *brand.aliases, *brand.people])


def _usable(
    session: Session, brand_id: str, today: date
) -> dict[str, tuple[AssetRow, MessageBody]]:
    ids = session.scalars(
        select(Asset.id)
        .where(
            Asset.kind == "message",
            Asset.state == "published",
            or_(Asset.brand_id == brand_id, Asset.brand_id.is_(None)),
        )
        .order_by(Asset.updated_at.desc(), Asset.id)
        .limit(_MOST_CANDIDATES)
    ).all()
    rows = {key: row for key, row in asset_rows(session, ids, today=today).items() if row.available}
    bodies = _bodies(session, [row.version_id for row in rows.values()])
    return {key: (row, bodies[row.version_id]) for key, row in rows.items()}


def _bodies(session: Session, version_ids: Sequence[str]) -> dict[str, MessageBody]:
    found = session.execute(
        select(AssetVersion.id, AssetVersion.body).where(AssetVersion.id.in_(version_ids))
    )
    return {str(version_id): stored_body(body) for version_id, body in found}


def _candidate(row: AssetRow, body: MessageBody) -> Candidate:
    said = "\n".join([body.statement, *body.steps])
    return Candidate(row.id, row.scenario, row.title, body.keywords, body.question, said)


def _why(fit: Fit, scenario: str | None, translate: Translate) -> tuple[str, ...]:
    told = []
    comma = translate(to_translate("、"))
    if scenario and fit.signals:
        signals = [word for word in fit.signals if len(word) <= _LONGEST_SIGNAL]
        alone = to_translate("场景：{scenario}")
        form = to_translate("场景：{scenario}（{words}）") if signals else alone
        name = translate(SCENARIOS.get(scenario, scenario))
        told.append(translate(form).format(scenario=name, words=comma.join(signals)))
    if fit.words:
        form = to_translate("共同词：{words}")
        told.append(translate(form).format(words=comma.join(fit.words)))
    return tuple(told)
