"""The approved messages that fit a case, on its page, and the form that records their use."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData

from alerts.answers import Answers, Proposal, answers
from alerts.queries import CaseRow
from alerts.states import CLOSED, allowed_actions
from alerts.uses import Use, uses_of_case
from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.doors import text_field
from api.message_uses import GivenUse
from api.pages.i18n import _, translate
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from assets.words import CHANNELS, SCENARIOS

_LONGEST_NONCE: Final = 64


@dataclass(frozen=True)
class VariantView:
    """A text to copy; the first of a message has no *code*."""

    code: str
    name: str
    text: str


@dataclass(frozen=True)
class ProposalView:
    """One message that fits; *nonce* makes its form count once."""

    id: str
    version_id: str
    title: str
    number: int
    href: str
    scenario: str
    why: str
    variants: tuple[VariantView, ...]
    do_not_say: tuple[str, ...]
    nonce: str


@dataclass(frozen=True)
class UseLine:
    """That somebody used one; *link* is set where *place* is an address."""

    who: str
    at: Moment
    title: str
    href: str
    number: int
    variant: str
    place: str
    link: str | None


@dataclass(frozen=True)
class JustUsed:
    """What the person recorded a moment ago: its text, and whether the page copied it."""

    title: str
    number: int
    variant: str
    text: str
    copied: bool
    may_respond: bool


@dataclass(frozen=True)
class AnswersView:
    """The card of a case. *reason* says why nothing is proposed."""

    proposals: tuple[ProposalView, ...]
    reason: str
    may_use: bool
    write_href: str | None
    search_href: str
    uses: tuple[UseLine, ...]
    just_used: JustUsed | None


def answers_view(
    opened: Service, person: SignedIn, row: CaseRow, used: str = "", copied: bool = False
) -> AnswersView:
    """Return the card for *person*; *used* is the id of a use that was recorded just now.

    A closed case gets no proposals, only what was used.
    """
    times = Times(opened.clock.now(), opened.zone)
    with opened.records.read() as session:
        found = Answers((), None, "")
        if row.state not in CLOSED:
            found = answers(session, row.id, today=today_of(opened), translate=translate)
        uses = uses_of_case(session, row.id)
    just = next((use for use in uses if use.id == used), None)
    return AnswersView(
        proposals=tuple(_proposal(each, opened.ids.secret()) for each in found.proposals),
        reason=found.reason,
        may_use=person.may(Permission.ACT_ON_CASES),
        write_href=_write_href(found, row) if person.may(Permission.EDIT_ASSETS) else None,
        search_href=_search_href(found),
        uses=tuple(_use(each, times) for each in uses),
        just_used=_just_used(just, row, copied) if just else None,
    )


def given_use(form: FormData) -> GivenUse:
    """Read what the form of a proposal sends."""
    return GivenUse(
        asset_id=text_field(form, "asset_id"),
        version_id=text_field(form, "version_id"),
        variant=text_field(form, "variant"),
        place=text_field(form, "place"),
        nonce=text_field(form, "nonce", limit=_LONGEST_NONCE),
    )


def variants_of(
    proposal_text: str, variants: tuple[tuple[str, str], ...]
) -> tuple[VariantView, ...]:
    """Return the texts to choose from: the message itself, then one a channel."""
    named = [
        VariantView(code, translate(CHANNELS.get(code, code)), text) for code, text in variants
    ]
    return (VariantView("", _("正文"), proposal_text), *named)


def _proposal(found: Proposal, nonce: str) -> ProposalView:
    return ProposalView(
        id=found.row.id,
        version_id=found.version_id,
        title=found.row.title,
        number=found.number,
        href=f"/messages/{found.row.id}",
        scenario=translate(SCENARIOS.get(found.scenario or "", "")) if found.scenario else "",
        why=_("；").join(found.why),
        variants=variants_of(
            found.statement, tuple((each.channel, each.text) for each in found.variants)
        ),
        do_not_say=found.do_not_say,
        nonce=nonce,
    )


def _use(use: Use, times: Times) -> UseLine:
    return UseLine(
        who=use.user,
        at=times.moment(use.at),
        title=use.title,
        href=f"/messages/{use.asset_id}?v={use.number}",
        number=use.number,
        variant=translate(CHANNELS.get(use.variant, use.variant)) if use.variant else "",
        place=use.place,
        link=use.place if is_web(use.place) else None,
    )


def _just_used(use: Use, row: CaseRow, copied: bool) -> JustUsed:
    return JustUsed(
        title=use.title,
        number=use.number,
        variant=translate(CHANNELS.get(use.variant, use.variant)) if use.variant else "",
        text=use.text,
        copied=copied,
        may_respond="respond" in allowed_actions(row.state),
    )


def _write_href(found: Answers, row: CaseRow) -> str:
    values = {"scenario": found.scenario or "", "brand": row.brand.id, "case": row.id}
    return f"/messages/new?{urlencode({name: text for name, text in values.items() if text})}"


def _search_href(found: Answers) -> str:
    return f"/messages?scenario={found.scenario}" if found.scenario else "/messages"


def is_web(place: str) -> bool:
    """Say whether *place* is an address that may be a link: never javascript: and the like."""
    try:
        return urlsplit(place).scheme in {"http", "https"} and " " not in place
    except ValueError:
        return False
