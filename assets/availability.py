"""Whether a material may be used: published, its rights valid, its evidence unexpired.

Computed at every read and never stored. A day is a calendar day where the workspace is.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from assets.block import Block, BlockCode
from assets.sentences import fill_block
from assets.words import CHANNELS
from core.errors import InvalidInput
from core.folding import fold

HOME_ZONE: Final = ZoneInfo("Asia/Shanghai")
NOWHERE: Final = "nowhere"  # what is left when two rights share no channel: none asks for it


class Right(Protocol):
    """What of a usage right decides; the dates are inclusive, empty means everywhere."""

    @property
    def subject(self) -> str: ...
    @property
    def territories(self) -> Sequence[str]: ...
    @property
    def channels(self) -> Sequence[str]: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...


class Proof(Protocol):
    """What of a piece of evidence decides."""

    @property
    def claim(self) -> str: ...
    @property
    def valid_until(self) -> date | None: ...


def day_of(now: datetime) -> date:
    """Return the calendar day of *now* (aware) for callers that know no zone of the workspace."""
    return now.astimezone(HOME_ZONE).date()


def blocks(
    state: str,
    rights: Iterable[Right],
    evidence: Iterable[Proof],
    *,
    today: date,
    channel: str | None = None,
    territory: str | None = None,
    recall_reason: str | None = None,
) -> tuple[Block, ...]:
    """Return every reason against use on *today*; none means available.

    *state* is the asset's. Without *channel* or *territory* no right is held against theirs.
    All rights must hold at once; evidence that ran out is made good by newer of the same claim.
    Raises ``InvalidInput`` for an unknown channel.
    """
    if channel is not None and channel not in CHANNELS:
        known = "、".join(f"{code}（{name}）" for code, name in CHANNELS.items())
        raise InvalidInput(f"没有渠道“{channel[:40]}”，可选：{known}。", "channel")
    found = list(_of_state(state, recall_reason))
    for right in rights:
        found += _of_right(right, today, channel, territory)
    for claim, last in _proved_until(evidence).items():
        if last is not None and last < today:
            found.append(_block("evidence_expired", last, subject=claim))
    return tuple(found)


def usable_window(
    rights: Sequence[Right], evidence: Sequence[Proof]
) -> tuple[date | None, date | None, tuple[str, ...]]:
    """Return the first day, the last day and the channels that rights and evidence allow.

    None is no limit and no channels are all; rights without a common channel give ``NOWHERE``.
    """
    begins = [right.valid_from for right in rights if right.valid_from]
    ends = [right.valid_until for right in rights if right.valid_until]
    ends += [last for last in _proved_until(evidence).values() if last]
    limits = [set(right.channels) for right in rights if right.channels]
    common = set.intersection(*limits) if limits else set()
    channels = tuple(sorted(common)) or ((NOWHERE,) if limits else ())
    return max(begins, default=None), min(ends, default=None), channels


def _of_state(state: str, reason: str | None) -> Iterable[Block]:
    if state == "recalled":
        yield _block("recalled", reason=reason or "—")
    elif state == "archived":
        yield _block("archived")
    elif state != "published":
        yield _block("not_published")


def _of_right(
    right: Right, today: date, channel: str | None, territory: str | None
) -> Iterable[Block]:
    name = right.subject
    if right.valid_until and right.valid_until < today:
        yield _block("right_expired", right.valid_until, subject=name)
    if right.valid_from and today < right.valid_from:
        yield _block("right_not_begun", right.valid_from, subject=name)
    if channel and right.channels and channel not in right.channels:
        licensed = ",".join(right.channels)
        yield _block("channel_not_licensed", subject=name, channel=channel, licensed=licensed)
    if territory and right.territories:
        allowed = {fold(each.strip()) for each in right.territories}
        if fold(territory.strip()) not in allowed:
            licensed = "、".join(right.territories)
            yield _block(
                "territory_not_licensed", subject=name, territory=territory, licensed=licensed
            )


def _proved_until(evidence: Iterable[Proof]) -> dict[str, date | None]:
    """Return each claim's last proved day; None is for ever."""
    lasts: dict[str, tuple[str, date | None]] = {}
    for proof in evidence:
        key = fold(proof.claim.strip())
        claim, last = lasts.get(key, (proof.claim, proof.valid_until))
        ends = last is not None and proof.valid_until is not None
        later = max(last, proof.valid_until) if ends else None  # type: ignore[type-var]
        lasts[key] = (claim, later)
    return dict(lasts.values())


def _block(code: BlockCode, until: date | None = None, **values: str) -> Block:
    if until is not None:
        values["until"] = until.isoformat()
    return Block(code, fill_block(code, values), until, values)
