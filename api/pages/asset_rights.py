"""The forms of an asset's rights and evidence: added and removed, never changed."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import FormData

from api.asset_sight import actor_of, today_of
from api.auth.identity import SignedIn
from api.doors import text_field
from api.pages.form_fields import day_field, expected_version, words_field
from api.wiring import Service
from assets import rights

Doing = Callable[[Service, SignedIn, str, FormData], None]


def add_right(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Add a licence. Raises what ``assets.rights`` raises."""
    with opened.records.write() as session:
        rights.add_right(
            session,
            asset_id,
            expected_version(form),
            actor=actor_of(person),
            clock=opened.clock,
            ids=opened.ids,
            subject=text_field(form, "subject"),
            licensor=text_field(form, "licensor"),
            contract=text_field(form, "contract"),
            territories=words_field(form, "territories"),
            channels=[str(value) for value in form.getlist("channels")],
            valid_from=day_field(form, "valid_from"),
            valid_until=day_field(form, "valid_until"),
        )


def remove_right(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Remove a licence."""
    with opened.records.write() as session:
        rights.remove_right(
            session,
            asset_id,
            expected_version(form),
            text_field(form, "id"),
            actor=actor_of(person),
            clock=opened.clock,
        )


def add_evidence(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Add what proves a claim."""
    with opened.records.write() as session:
        rights.add_evidence(
            session,
            asset_id,
            expected_version(form),
            actor=actor_of(person),
            clock=opened.clock,
            ids=opened.ids,
            claim=text_field(form, "claim"),
            issuer=text_field(form, "issuer"),
            method=text_field(form, "method"),
            scope=text_field(form, "scope"),
            period=text_field(form, "period"),
            valid_until=day_field(form, "proved_until"),
            file_asset_id=text_field(form, "file_asset_id") or None,
        )


def remove_evidence(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Remove a proof."""
    with opened.records.write() as session:
        rights.remove_evidence(
            session,
            asset_id,
            expected_version(form),
            text_field(form, "id"),
            actor=actor_of(person),
            clock=opened.clock,
            today=today_of(opened),
        )


RIGHTS_ACTIONS: Final[Mapping[str, Doing]] = {
    "right": add_right,
    "right-removed": remove_right,
    "evidence": add_evidence,
    "evidence-removed": remove_evidence,
}
