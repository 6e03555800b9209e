"""Everything the page of one message shows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alerts.uses import Use, uses_of_message
from api.asset_sight import seen_row, sight_of, today_of
from api.auth.identity import SignedIn
from api.pages.asset_view import asset_chip
from api.pages.case_answers import is_web
from api.pages.finding_view import FindingBox, finding_boxes, findings_say
from api.pages.i18n import _, translate
from api.pages.limits_view import LimitsView, limits_view
from api.pages.marked_text import Piece, marked
from api.pages.parts import Chip, Tone
from api.pages.review_sides import SideView, review_chip, sides, still_needed
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from assets.message_body import FORMS, MessageBody, stored_body
from assets.row_detail import finding_rows
from assets.row_shapes import AssetDetail, AssetRow, FindingRow, ReviewRow, VersionRow
from assets.rows import asset_detail
from assets.sentences import block_sentence, history_sentence
from assets.words import CHANNELS, SCENARIOS, STATES
from core.errors import NotFound

_VERSION_TONES: Final[Mapping[str, Tone]] = {
    "in_review": "act",
    "published": "good",
    "rejected": "soon",
}
_ENDED: Final = frozenset({"recalled", "archived"})


@dataclass(frozen=True)
class SaidText:
    """A text of the message, marked, with what is copied."""

    name: str
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class VersionLine:
    """One version of the list."""

    number: int
    note: str
    author: str
    at: Moment
    chip: Chip
    href: str
    current: bool


@dataclass(frozen=True)
class UsedIn:
    """A case in which the message was used; *href* only for those who may see cases."""

    case: str
    href: str
    who: str
    at: Moment
    number: int
    variant: str
    place: str
    link: str | None


@dataclass(frozen=True)
class MessagePageView:
    """One message: to read, to copy, to publish."""

    row: AssetRow
    body: MessageBody
    shown: VersionRow
    chips: tuple[Chip, ...]
    blocked: tuple[str, ...]
    newer: int | None
    unused: str
    may_copy: bool
    question: tuple[Piece, ...]
    texts: tuple[SaidText, ...]
    steps: tuple[tuple[Piece, ...], ...]
    facts: tuple[tuple[str, str], ...]
    findings: tuple[FindingBox, ...]
    findings_say: str
    review: ReviewRow | None
    review_chip: Chip | None
    review_says: str
    sides: tuple[SideView, ...]
    uses: tuple[UsedIn, ...] | None
    versions: tuple[VersionLine, ...]
    history: tuple[tuple[Moment, str], ...]
    actions: tuple[str, ...]
    limits: LimitsView
    may_edit: bool

    @property
    def base(self) -> str:
        """The address that the page's forms begin with."""
        return f"/messages/{self.row.id}"


def message_page_view(
    opened: Service, person: SignedIn, message_id: str, number: int | None
) -> MessagePageView:
    """Read a message for *person*. Raises ``NotFound`` also for what is not for them."""
    times, today = Times(opened.clock.now(), opened.zone), today_of(opened)
    with opened.records.read() as session:
        row = seen_row(session, person.role, message_id, today)
        if row.kind != "message":
            raise NotFound(_("没有这条话术，请回到话术列表。"))
        detail = asset_detail(session, message_id, today=today)
        shown = _shown(detail, number if sight_of(person.role) == "drafts" else None)
        findings = finding_rows(session, shown.id)
        limits = limits_view(opened, session, person, detail)
        sees_cases = person.may(Permission.READ_CASES)
        uses = uses_of_message(session, message_id) if sees_cases else None
    drafts = sight_of(person.role) == "drafts"
    body, found = stored_body(shown.body), findings if drafts else ()
    review = detail.reviews[0] if detail.reviews and drafts else None
    marks = _by_place(found)
    return MessagePageView(
        row=row,
        body=body,
        shown=shown,
        chips=_chips(row, today_chip=asset_chip(row, today)),
        blocked=tuple(
            block_sentence(block, translate)
            for block in row.blocked_by
            if block.code != "not_published"
        ),
        newer=row.newest if drafts and shown.number == row.version < row.newest else None,
        unused=_unused(shown, row),
        may_copy=row.available and shown.number == row.version,
        question=marked(body.question, marks["question"]) if body.question else (),
        texts=_texts(body, marks),
        steps=tuple(marked(step, marks[f"step-{at}"]) for at, step in enumerate(body.steps, 1)),
        facts=_facts(row, body, shown, times),
        findings=finding_boxes(found),
        findings_say=findings_say(found),
        review=review,
        review_chip=review_chip(review) if review else None,
        review_says=still_needed(review) if review else "",
        sides=sides(review, times) if review else (),
        uses=None if uses is None else tuple(_used(use, times) for use in uses),
        versions=_versions(detail, shown, times) if drafts else (),
        history=tuple(
            (
                times.moment(one.at),
                history_sentence(one.action, one.detail, one.actor, translate),
            )
            for one in detail.history
        )
        if drafts
        else (),
        actions=_actions(row, person),
        limits=limits,
        may_edit=person.may(Permission.EDIT_ASSETS),
    )


def _shown(detail: AssetDetail, number: int | None) -> VersionRow:
    versions = {version.number: version for version in detail.versions}
    if number is not None and number not in versions:
        raise NotFound(_("没有这个版本，请从版本列表里选。"))
    return versions[detail.row.version if number is None else number]


def _unused(shown: VersionRow, row: AssetRow) -> str:
    """Say why the version that is shown is not the one to use."""
    if shown.state == "superseded":
        return _("这里是已被替换的第 %(n)s 版，请不要再使用。", n=shown.number)
    if shown.state != "published" and row.state not in _ENDED:
        return _("这里是第 %(n)s 版，审核通过之前不能使用。", n=shown.number)
    return ""


def _chips(row: AssetRow, today_chip: Chip) -> tuple[Chip, ...]:
    named = SCENARIOS.get(row.scenario or "")
    scenario = (Chip(translate(named)),) if named else ()
    if row.newest == row.version or row.state in _ENDED:
        return (today_chip, *scenario)
    state = translate(STATES.get(row.newest_state, row.newest_state))
    tone = _VERSION_TONES.get(row.newest_state, "")
    newer = Chip(_("第 %(n)s 版%(state)s", n=row.newest, state=state), tone)
    return (today_chip, newer, *scenario)


def _by_place(findings: Sequence[FindingRow]) -> Mapping[str, list[FindingRow]]:
    found: defaultdict[str, list[FindingRow]] = defaultdict(list)
    for finding in findings:
        found[finding.place].append(finding)
    return found


def _texts(body: MessageBody, marks: Mapping[str, list[FindingRow]]) -> tuple[SaidText, ...]:
    found = []
    if body.statement:
        pieces = marked(body.statement, marks["statement"])
        found.append(SaidText(_("正文"), body.statement, pieces))
    for at, variant in enumerate(body.variants, 1):
        name = translate(CHANNELS.get(variant.channel, variant.channel))
        pieces = marked(variant.text, marks[f"variant-{at}"])
        found.append(SaidText(name, variant.text, pieces))
    return tuple(found)


def _facts(
    row: AssetRow, body: MessageBody, shown: VersionRow, times: Times
) -> tuple[tuple[str, str], ...]:
    told = (
        (_("形式"), translate(FORMS[body.form])),
        (_("对象"), body.audience),
        (_("品牌"), row.brand[1] if row.brand else _("所有品牌")),
        (_("负责人"), row.owner),
        (_("版本"), _("第 %(n)s 版", n=shown.number)),
        (_("写于"), times.date_and_time(shown.created_at)),
        (_("发布"), times.date_and_time(row.published_at) if row.published_at else ""),
        (_("关键词"), _("、").join(body.keywords)),
        (_("标签"), _("、").join(row.tags)),
    )
    return tuple((name, value) for name, value in told if value)


def _versions(detail: AssetDetail, shown: VersionRow, times: Times) -> tuple[VersionLine, ...]:
    names = dict(STATES) | {"superseded": _("已替换")}
    return tuple(
        VersionLine(
            number=one.number,
            note=one.note,
            author=one.author,
            at=times.moment(one.created_at),
            chip=Chip(
                translate(names.get(one.state, one.state)), _VERSION_TONES.get(one.state, "")
            ),
            href=f"/messages/{detail.row.id}?v={one.number}",
            current=one.number == shown.number,
        )
        for one in detail.versions
    )


def _used(use: Use, times: Times) -> UsedIn:
    return UsedIn(
        case=use.case_title,
        href=f"/cases/{use.case_id}",
        who=use.user,
        at=times.moment(use.at),
        number=use.number,
        variant=translate(CHANNELS.get(use.variant, use.variant)) if use.variant else "",
        place=use.place,
        link=use.place if is_web(use.place) else None,
    )


def _actions(row: AssetRow, person: SignedIn) -> tuple[str, ...]:
    """What may be done now, the most likely first: the first is the page's main button."""
    if not person.may(Permission.EDIT_ASSETS):
        return ()
    if row.state in _ENDED:
        return ("restore",)
    found = ["submit"] if row.newest_state in {"draft", "rejected"} else []
    found.append("edit")
    if row.state == "published":
        found.append("recall")
    if row.state != "in_review" and row.newest_state != "in_review":
        found.append("archive")
    return tuple(found)
