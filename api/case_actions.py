"""What a person may do with a case, for the pages and for REST alike."""

from collections.abc import Mapping

from alerts import actions
from alerts.actions import Actor
from alerts.states import Action
from api.auth.identity import SignedIn
from api.wiring import Service
from core.errors import InvalidInput


def act(
    service: Service,
    person: SignedIn,
    case_id: str,
    action: Action,
    version: int,
    fields: Mapping[str, str],
) -> None:
    """Do *action* on a case that still has *version*.

    *fields*: note → ``text``; assign → ``to``; resolve → ``cause``, ``outcome``, ``lesson``;
    dismiss and reopen → ``reason``. Raises ``NotFound``, ``Conflict`` or ``InvalidInput``.
    """
    actor, clock = Actor(person.id, person.name), service.clock

    def field(name: str) -> str:
        return fields.get(name, "")

    with service.records.write() as session:
        match action:
            case "acknowledge":
                actions.acknowledge(session, case_id, version, actor, clock)
            case "take":
                actions.take(session, case_id, version, actor, clock)
            case "respond":
                actions.respond(session, case_id, version, actor, clock)
            case "note":
                actions.add_note(session, case_id, version, actor, clock, text=field("text"))
            case "assign":
                actions.assign(
                    session,
                    case_id,
                    version,
                    actor,
                    clock,
                    to_user_id=field("to"),
                    ids=service.ids,
                    message_host=service.message_host,
                )
            case "resolve":
                actions.resolve(
                    session,
                    case_id,
                    version,
                    actor,
                    clock,
                    cause=field("cause"),
                    outcome=field("outcome"),
                    lesson=field("lesson"),
                )
            case "dismiss":
                actions.dismiss(session, case_id, version, actor, clock, reason=field("reason"))
            case "reopen":
                actions.reopen(session, case_id, version, actor, clock, reason=field("reason"))
            case _:
                raise InvalidInput(f"没有动作 {action}。", field="action")
