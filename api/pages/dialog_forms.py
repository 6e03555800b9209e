"""The forms of a page as they come back: which is open, what was written, what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from api.pages.parts import Notice
from core.errors import Conflict, InvalidInput


@dataclass(frozen=True)
class DialogForms:
    """The forms of one page: the action whose form is *opened*, and values and errors by field."""

    opened: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """What a page shows, and with which HTTP status, when an action was refused."""

    forms: DialogForms
    notice: Notice | None
    status: int


def refusal(
    doing: Callable[[], None],
    action: str,
    values: Mapping[str, str],
    field_of: Callable[[str, InvalidInput], str],
) -> Refusal | None:
    """Do it; return nothing when it was done, else the page to show with *values* kept.

    *field_of* names the field of *action*'s form that an error is about. An error about a field
    opens the form again; any other is told on top of the page. What is not about the input leaves.
    """
    try:
        doing()
    except Conflict as error:
        return Refusal(DialogForms(values=values), Notice(str(error), "soon"), 409)
    except InvalidInput as error:
        about = field_of(action, error)
        if about in values:
            return Refusal(DialogForms(action, values, {about: str(error)}), None, 422)
        return Refusal(DialogForms(values=values), Notice(str(error), "bad"), 422)
    return None
