"""The sample's library as data: what was approved, by whom, and how many days before the start."""

import json
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from assets.message_body import MessageBody
from assets.words import AssetKind, Scenario

End = Literal["draft", "in_review", "published", "rejected"]
_ZONE: Final = ZoneInfo("Asia/Shanghai")


class _Planned(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlannedRight(_Planned):
    """A licence: *begins* days before the start, until *until* days after it (before: negative)."""

    subject: str
    licensor: str
    contract: str
    channels: tuple[str, ...]
    territories: tuple[str, ...]
    begins: int
    until: int | None
    note: str = ""


class PlannedEvidence(_Planned):
    """A proof by *file* (a key), valid for *until* days after the start."""

    claim: str
    issuer: str
    method: str
    scope: str
    period: str
    until: int
    file: str


class PlannedVersion(_Planned):
    """A file that came *day* days before the start; *made* says how it is made."""

    made: str
    name: str
    day: int = Field(ge=1)
    end: End
    note: str = ""
    comment: str = ""


class PlannedFile(_Planned):
    """An asset with files; *recalled* is why, if it was."""

    key: str
    kind: AssetKind
    title: str
    description: str
    tags: tuple[str, ...]
    by: str
    versions: tuple[PlannedVersion, ...] = Field(min_length=1)
    recalled: str
    rights: tuple[PlannedRight, ...]
    evidence: tuple[PlannedEvidence, ...]


class PlannedMessage(_Planned):
    """A message that was written *day* days before the start."""

    key: str
    scenario: Scenario
    by: str
    day: int = Field(ge=1)
    end: End
    title: str
    tags: tuple[str, ...]
    description: str
    evidence: tuple[PlannedEvidence, ...] = ()
    body: MessageBody


@cache
def planned_files() -> tuple[PlannedFile, ...]:
    """Return the assets with files; raises ``ValidationError`` on a faulty file."""
    return tuple(PlannedFile.model_validate(row) for row in _rows("files.json"))


@cache
def planned_messages() -> tuple[PlannedMessage, ...]:
    """Return the messages; raises ``ValidationError`` on a faulty file."""
    return tuple(PlannedMessage.model_validate(row) for row in _rows("messages.json"))


def office_hour(started_at: datetime, day: int, hour: int, minute: int) -> datetime:
    """Return that time of day where the company sits, *day* days before *started_at* (aware)."""
    date_ = _today(started_at) - timedelta(days=day)
    return datetime.combine(date_, time(hour, minute), _ZONE).astimezone(started_at.tzinfo)


def days_on(started_at: datetime, days: int) -> date:
    """Return the calendar day *days* after the day of *started_at* (before it: negative)."""
    return _today(started_at) + timedelta(days=days)


def _today(started_at: datetime) -> date:
    return started_at.astimezone(_ZONE).date()


def _rows(file: str) -> list[object]:
    text = resources.files("assets.sample").joinpath(file).read_text(encoding="utf-8")
    rows: list[object] = json.loads(text)
    return rows
