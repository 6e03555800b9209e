"""What the sample's people did with their cases, as data: who did what, and when."""

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from core.errors import InvalidInput
from crawlers.sample.fields import Record
from crawlers.sample.load import each_record, read_data

Deed = Literal["acknowledge", "take", "assign", "respond", "note", "use", "resolve", "dismiss"]
# Deed → the texts that belong to it.
_TOLD: Final[dict[Deed, tuple[str, ...]]] = {
    "assign": ("to",),
    "note": ("text",),
    "use": ("message", "variant", "place"),
    "resolve": ("cause", "outcome", "lesson"),
    "dismiss": ("reason",),
}


@dataclass(frozen=True)
class Step:
    """One deed of *who* (a user name), *after_min* minutes after the first post of *story*."""

    story: str
    after_min: int
    who: str
    does: Deed
    told: dict[str, str] = field(default_factory=dict)


def steps() -> tuple[Step, ...]:
    """Return every step, in file order. Raises ``InvalidInput`` on a faulty file."""
    return tuple(_step(row) for row in each_record(read_data("script.json"), "script"))


def _step(row: Record) -> Step:
    does = row.choice("does", get_args(Deed))
    step = Step(
        story=row.text("story"),
        after_min=row.count("after_min"),
        who=row.text("who"),
        does=does,
        told={name: row.text(name) for name in _TOLD.get(does, ())},
    )
    if step.after_min == 0:
        raise InvalidInput(f"{step.story}: after_min must be 1 or more", field="after_min")
    return step
