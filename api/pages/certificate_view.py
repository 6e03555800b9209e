"""What was approved, as its certificate shows it: whether it stands, by whom, on what proof."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from api.asset_sight import seen_evidence, seen_row, sees, today_of
from api.auth.identity import SignedIn
from api.pages.i18n import _, translate
from api.pages.parts import Chip
from api.pages.review_sides import SideView, sides
from api.pages.times import Times
from api.wiring import Service
from assets.certificate import Certificate, approvals_of, certificate
from assets.rows import asset_rows
from assets.words import KINDS


@dataclass(frozen=True)
class CertificateView:
    """One approved version. *seen* is false when the person may not know which asset it is."""

    told: Certificate
    chip: Chip
    kind: str
    published: str
    sides: tuple[SideView, ...]
    href: str
    asset_href: str
    usable: bool
    seen: bool


@dataclass(frozen=True)
class CheckView:
    """What is known of a file's SHA-256; *error* says what is wrong with the question."""

    sha256: str = ""
    error: str = ""
    found: tuple[CertificateView, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether one of the versions with this content may be used today."""
        return any(one.usable for one in self.found)


def certificate_view(
    service: Service, person: SignedIn, asset_id: str, number: int | None
) -> CertificateView:
    """Return the certificate of a version. Raises ``NotFound``, also for what is not for them."""
    today = today_of(service)
    with service.records.read() as session:
        seen_row(session, person.role, asset_id, today)
        told = certificate(session, asset_id, number)
        return _view(service, session, person, [told], today)[0]


def check_view(service: Service, person: SignedIn, sha256: str) -> CheckView:
    """Return which approved versions hold exactly the content with this hash (hex)."""
    today = today_of(service)
    with service.records.read() as session:
        found = approvals_of(session, sha256)
        return CheckView(sha256, "", _view(service, session, person, found, today))


def _view(
    service: Service, session: Session, person: SignedIn, found: list[Certificate], today: date
) -> tuple[CertificateView, ...]:
    times = Times(service.clock.now(), service.zone)
    rows = asset_rows(session, [each.asset_id for each in found], today=today)
    return tuple(
        CertificateView(
            told=replace(each, evidence=seen_evidence(session, person.role, each.evidence, today)),
            chip=_chip(each, usable),
            kind=translate(KINDS[each.kind]),
            published=times.absolute(each.published_at) if each.published_at else "",
            sides=sides(each.review, times),
            href=f"/assets/{each.asset_id}/certificate?version={each.number}",
            asset_href=f"/{'messages' if each.kind == 'message' else 'assets'}/{each.asset_id}",
            usable=usable,
            seen=sees(person.role, rows[each.asset_id]),
        )
        for each in found
        for usable in (each.standing == "published" and rows[each.asset_id].available,)
    )


def _chip(told: Certificate, usable: bool) -> Chip:
    return {
        "published": Chip(_("可用"), "good") if usable else Chip(_("不可用"), "bad"),
        "superseded": Chip(_("已替换"), "soon"),
        "recalled": Chip(_("已召回"), "bad"),
        "archived": Chip(_("已归档")),
    }[told.standing]
