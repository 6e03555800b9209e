"""What a person does with the approved messages of a case, for the pages and for REST alike."""

from dataclasses import dataclass

from alerts.actions import Actor
from alerts.uses import record_use
from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.wiring import Service
from storage.records.library import MessageUse


@dataclass(frozen=True)
class GivenUse:
    """Which message was used: *variant* a channel or empty, *nonce* one a form or empty."""

    asset_id: str
    version_id: str
    variant: str = ""
    place: str = ""
    nonce: str = ""


def use_message(service: Service, person: SignedIn, case_id: str, given: GivenUse) -> MessageUse:
    """Record a use once. Raises ``NotFound``, ``Conflict`` or ``InvalidInput``."""
    with service.records.write() as session:
        return record_use(
            session,
            case_id,
            given.asset_id,
            given.version_id,
            given.variant,
            Actor(person.id, person.name),
            service.clock,
            service.ids,
            given.place,
            nonce=given.nonce,
            today=today_of(service),
        )
