"""What the forms of an asset's or a message's page do: the same for every kind.

Each raises what the library raises: ``Conflict`` for a stale page, ``InvalidInput``, ``NotFound``.
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import FormData

from api.asset_sight import actor_of, today_of
from api.auth.identity import SignedIn
from api.doors import text_field
from api.pages.asset_rights import RIGHTS_ACTIONS, Doing
from api.pages.form_fields import expected_version
from api.review_actions import request_review, withdraw
from api.wiring import Service
from assets import library
from core.errors import InvalidInput

__all__ = ["LIBRARY_ACTIONS", "Doing", "field_of"]

# Two forms of the page have a last day; their fields have names of their own.
_FIELD_NAMES: Final = {("evidence", "valid_until"): "proved_until"}


def field_of(action: str, error: InvalidInput) -> str:
    """Return the name of the form's field that *error* is about, empty when it names none."""
    named = error.field or ""
    return _FIELD_NAMES.get((action, named), named)


def submit(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Send for review."""
    request_review(opened, person, asset_id, expected_version(form), text_field(form, "note"))


def recall(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Take out of use at once, with a reason."""
    with opened.records.write() as session:
        library.recall(
            session,
            asset_id,
            expected_version(form),
            actor=actor_of(person),
            reason=text_field(form, "reason", limit=500),
            clock=opened.clock,
        )


def archive(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Put away."""
    with opened.records.write() as session:
        library.archive(
            session,
            asset_id,
            expected_version(form),
            actor=actor_of(person),
            clock=opened.clock,
        )


def restore(opened: Service, person: SignedIn, asset_id: str, form: FormData) -> None:
    """Bring back what was recalled or archived."""
    with opened.records.write() as session:
        library.restore(
            session,
            asset_id,
            expected_version(form),
            actor=actor_of(person),
            clock=opened.clock,
            today=today_of(opened),
        )


def withdraw_review(opened: Service, person: SignedIn, _asset_id: str, form: FormData) -> None:
    """Take back from review."""
    withdraw(opened, person, text_field(form, "review"), expected_version(form))


LIBRARY_ACTIONS: Final[Mapping[str, Doing]] = {
    "submit": submit,
    "withdraw": withdraw_review,
    "recall": recall,
    "archive": archive,
    "restore": restore,
    **RIGHTS_ACTIONS,
}
