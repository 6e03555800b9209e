"""Everything the page of one asset shows."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from api.asset_sight import seen_row
from api.auth.identity import SignedIn
from api.pages.asset_preview import Asked, Preview, preview
from api.pages.asset_usage import Usage, usage
from api.pages.asset_view import AssetCard, asset_card, in_bytes
from api.pages.finding_view import FindingBox, finding_boxes, findings_say
from api.pages.i18n import _, pgettext, translate
from api.pages.limits_view import LimitsView, limits_view
from api.pages.parts import Chip
from api.pages.review_sides import SideView, review_chip, sides
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from assets.row_shapes import AssetDetail, AssetRow, ReviewRow, VersionRow
from assets.rows import asset_detail
from assets.sentences import history_sentence
from assets.words import STATES
from storage.records.library import TextLayer

_ENDED: Final = frozenset({"recalled", "archived"})


@dataclass(frozen=True)
class VersionLine:
    """One version of the list."""

    version: VersionRow
    chip: Chip
    at: Moment
    size: str
    href: str
    current: bool


@dataclass(frozen=True)
class HistoryLine:
    """Something that was done."""

    at: Moment
    sentence: str


@dataclass(frozen=True)
class AssetPageView:
    """One asset: to see, to use, to prove, to publish."""

    row: AssetRow
    detail: AssetDetail
    card: AssetCard
    shown: VersionRow
    chips: tuple[Chip, ...]
    facts: tuple[tuple[str, str], ...]
    preview: Preview
    usage: Usage
    findings: tuple[FindingBox, ...]
    findings_say: str
    review: ReviewRow | None
    review_chip: Chip | None
    sides: tuple[SideView, ...]
    versions: tuple[VersionLine, ...]
    history: tuple[HistoryLine, ...]
    actions: tuple[str, ...]
    limits: LimitsView
    may_edit: bool

    @property
    def base(self) -> str:
        """The address that the page's forms begin with."""
        return f"/assets/{self.row.id}"


def asset_page_view(
    service: Service, person: SignedIn, asset_id: str, asked: Asked
) -> AssetPageView:
    """Read an asset for *person*. Raises ``NotFound`` also for what is not for them."""
    times = Times(service.clock.now(), service.zone)
    today = times.now.astimezone(times.zone).date()
    with service.records.read() as session:
        seen_row(session, person.role, asset_id, today)
        detail = asset_detail(session, asset_id, today=today)
        limits = limits_view(service, session, person, detail)
        shown = _shown(detail, asked.version, person)
        layers = {
            row.page: row.text
            for row in session.execute(
                select(TextLayer.page, TextLayer.text).where(TextLayer.version_id == shown.id)
            )
        }
    row, drafts = detail.row, person.may(Permission.READ_DRAFTS)
    card = asset_card(row, times)
    review = detail.reviews[0] if detail.reviews and drafts else None
    return AssetPageView(
        row=row,
        detail=detail,
        card=card,
        shown=shown,
        chips=_chips(detail, card) if drafts else (card.chip,),
        facts=_facts(row, shown, times),
        preview=preview(row, shown, layers, asked),
        usage=usage(detail, today, asked.channel, asked.on),
        findings=finding_boxes(detail.findings) if drafts else (),
        findings_say=findings_say(detail.findings),
        review=review,
        review_chip=review_chip(review) if review else None,
        sides=sides(review, times) if review else (),
        versions=_versions(detail, shown, times) if drafts else (),
        history=tuple(
            HistoryLine(
                times.moment(one.at),
                history_sentence(one.action, one.detail, one.actor, translate),
            )
            for one in detail.history
        )
        if drafts
        else (),
        actions=_actions(detail, person),
        limits=limits,
        may_edit=limits.may_edit,
    )


def _shown(detail: AssetDetail, number: int, person: SignedIn) -> VersionRow:
    """Outsiders get the published version, whatever number they ask for."""
    wanted = number if person.may(Permission.READ_DRAFTS) and number else detail.row.version
    versions = {version.number: version for version in detail.versions}
    return versions.get(wanted) or versions[detail.row.version]


def _chips(detail: AssetDetail, card: AssetCard) -> tuple[Chip, ...]:
    """A newer version that is on its way is told beside the published one."""
    row = detail.row
    if row.newest == row.version or row.state in {"recalled", "archived"}:
        return (card.chip,)
    state = translate(STATES.get(row.newest_state, row.newest_state))
    tone = "act" if row.newest_state == "in_review" else ""
    newer = Chip(_("第 %(n)s 版%(state)s", n=row.newest, state=state), tone)  # type: ignore[arg-type]
    return (card.chip, newer)


def _facts(row: AssetRow, shown: VersionRow, times: Times) -> tuple[tuple[str, str], ...]:
    facts = shown.facts
    size = f"{facts['width']}×{facts['height']}" if facts.get("width") else ""
    told = (
        (_("品牌"), row.brand[1] if row.brand else _("所有品牌")),
        (_("负责人"), row.owner),
        (_("版本"), _("第 %(n)s 版", n=shown.number)),
        (_("文件"), shown.filename or ""),
        (_("大小"), in_bytes(shown.size) if shown.size else ""),
        (_("页数"), f"{facts['pages']:,}" if facts.get("pages") else ""),
        (_("尺寸"), size),
        (_("时长"), _("%(n)s 秒", n=round(facts["duration_s"])) if facts.get("duration_s") else ""),
        (_("色彩"), str(facts.get("color_space") or "")),
        (pgettext("time", "上传"), times.date_and_time(shown.created_at)),
        (_("发布"), times.date_and_time(row.published_at) if row.published_at else ""),
        ("SHA-256", shown.sha256 or ""),
    )
    return tuple((name, value) for name, value in told if value)


def _versions(detail: AssetDetail, shown: VersionRow, times: Times) -> tuple[VersionLine, ...]:
    tones = {"in_review": "act", "published": "good", "rejected": "soon"}
    names = dict(STATES) | {"superseded": _("已替换")}
    return tuple(
        VersionLine(
            version=one,
            chip=Chip(translate(names.get(one.state, one.state)), tones.get(one.state, "")),  # type: ignore[arg-type]
            at=times.moment(one.created_at),
            size=in_bytes(one.size) if one.size else "",
            href=f"/assets/{detail.row.id}?v={one.number}",
            current=one.number == shown.number,
        )
        for one in detail.versions
    )


def _actions(detail: AssetDetail, person: SignedIn) -> tuple[str, ...]:
    """What may be done now, the most likely first: the first is the page's main button."""
    row, editor = detail.row, person.may(Permission.EDIT_ASSETS)
    found: list[str] = []
    if editor and row.newest_state in {"draft", "rejected"} and row.state not in _ENDED:
        found.append("submit")
    readable = row.state != "recalled" and person.may(Permission.READ_DRAFTS)
    if row.sha256 and (row.available or readable):
        found.append("download")
    if editor:
        found += ["edit", "version"] if row.state not in _ENDED else ["restore"]
        if row.state == "published":
            found.append("recall")
        if row.state not in {"archived", "in_review"}:
            found.append("archive")
    if found[:1] == ["download"] and not row.available:
        # What may not be used is not what the page's main button offers.
        found[:2] = reversed(found[:2])
    return tuple(found)
