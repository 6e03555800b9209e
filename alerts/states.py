"""The life of a case as data: which action is allowed in which state, and where it leads."""

from collections.abc import Mapping
from typing import Final, Literal

State = Literal["open", "acknowledged", "responding", "resolved", "dismissed", "reopened"]
Severity = Literal["normal", "severe"]
Action = Literal["acknowledge", "take", "assign", "respond", "note", "resolve", "dismiss", "reopen"]

STATES: Final[tuple[State, ...]] = (
    "open",
    "acknowledged",
    "responding",
    "resolved",
    "dismissed",
    "reopened",
)
ACTIVE: Final[tuple[State, ...]] = ("open", "acknowledged", "responding", "reopened")
CLOSED: Final[tuple[State, ...]] = ("resolved", "dismissed")

TRANSITIONS: Final[Mapping[Action, Mapping[State, State]]] = {
    "acknowledge": {"open": "acknowledged", "reopened": "acknowledged"},
    "take": {
        "open": "acknowledged",
        "reopened": "acknowledged",
        "acknowledged": "acknowledged",
        "responding": "responding",
    },
    # Naming an owner is no answer: the response clock runs on until somebody acknowledges.
    "assign": {state: state for state in ACTIVE},
    "respond": {"open": "responding", "acknowledged": "responding", "reopened": "responding"},
    "note": {state: state for state in STATES},
    "resolve": dict.fromkeys(ACTIVE, "resolved"),
    "dismiss": dict.fromkeys(ACTIVE, "dismissed"),
    "reopen": dict.fromkeys(CLOSED, "reopened"),
}

# These say that a person has looked, so the first response is given at the latest now.
ACKNOWLEDGING: Final[frozenset[Action]] = frozenset(
    {"acknowledge", "take", "respond", "resolve", "dismiss"}
)


def allowed_actions(state: str) -> tuple[Action, ...]:
    """Return the actions that a case in *state* permits, in the order of the table."""
    return tuple(action for action, moves in TRANSITIONS.items() if state in moves)
