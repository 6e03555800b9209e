"""The policy: when a case opens, how long people have, and who is told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any, Self

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.records.cases import Case, Policy

_SCHEMA = 1
_DAY_S = 86_400
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+")
_LONGEST_ADDRESS = 254  # RFC 5321
# Field → smallest and largest value; spans of time are in seconds, windows in hours.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "negative_threshold": (0.5, 1),
    "min_reach": (0, 10**9),
    "severe_reach": (0, 10**9),
    "similar_count": (2, 1000),
    "similar_window_h": (1, 30 * 24),
    "response_s": (60, 30 * _DAY_S),
    "severe_response_s": (60, 30 * _DAY_S),
    "resolution_s": (60, 90 * _DAY_S),
    "link_life_s": (600, 30 * _DAY_S),
}


@dataclass(frozen=True)
class PolicyRules:
    """The numbers of a policy. Spans ending in ``_s`` are seconds, in ``_h`` hours.

    *negative_threshold* is a probability; *warn_at* are shares of a span, each in (0, 1), at
    which people are reminded. *severe_reach* makes a case severe by its reach alone.
    """

    negative_threshold: float = 0.5
    min_reach: int = 100
    severe_reach: int = 5_000
    similar_count: int = 3
    similar_window_h: int = 24
    response_s: int = 7_200
    severe_response_s: int = 1_800
    resolution_s: int = 86_400
    warn_at: tuple[float, ...] = (0.5, 0.8)
    link_life_s: int = 2 * _DAY_S

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            _check_number(name, getattr(self, name), low, high)
        for share in self.warn_at:
            if not _is_number(share) or not 0 < share < 1:
                raise InvalidInput("warn_at：每个提醒点都要在 0 和 1 之间，例如 0.5。", "warn_at")
        if not self.severe_response_s <= self.response_s <= self.resolution_s:
            raise InvalidInput(
                "时限要依次变长：严重事件的首次响应 ≤ 首次响应 ≤ 处理。", "response_s"
            )

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored, with its schema version."""
        return {"v": _SCHEMA, **asdict(self), "warn_at": list(self.warn_at)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read the stored form; missing fields take their defaults.

        Raises ``InvalidInput`` that names the field.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(value) - known - {"v"})
        if unknown or value.get("v", _SCHEMA) != _SCHEMA:
            name = unknown[0] if unknown else "v"
            raise InvalidInput(f"{name}：策略里没有这一项，请删去或改正拼写。", name)
        values = {name: value[name] for name in known & set(value)}
        if "warn_at" in values:
            if not isinstance(values["warn_at"], list | tuple):
                raise InvalidInput("warn_at：要写成列表，例如 [0.5, 0.8]。", "warn_at")
            values["warn_at"] = tuple(values["warn_at"])
        return cls(**values)


def check_recipients(recipients: Sequence[str]) -> list[str]:
    """Return the addresses trimmed, without repeats; raise ``InvalidInput`` for a wrong one."""
    trimmed = [address.strip() for address in recipients]
    for address in trimmed:
        if not _is_address(address):
            raise InvalidInput(f"“{address[:60]}” 不是邮件地址，例如 pr@example.cn。", "recipients")
    return list(dict.fromkeys(trimmed))


def _is_address(text: str) -> bool:
    """Say whether a mail can be headed with *text*: what cannot be is told now, not at a crisis."""
    if not _ADDRESS.fullmatch(text) or not text.isprintable() or len(text) > _LONGEST_ADDRESS:
        return False
    try:
        return bool(Address(addr_spec=text).domain)
    except (ValueError, MessageError, IndexError):
        return False


def ensure_policy(
    session: Session, ids: Ids, clock: Clock, *, recipients: Sequence[str] = ()
) -> Policy:
    """Return the workspace's policy, made with default rules and *recipients* if there is none."""
    policy = session.scalars(select(Policy).order_by(Policy.id).limit(1)).first()
    if policy is None:
        policy = Policy(
            id=ids.new("policy"),
            name="默认策略",
            rules=PolicyRules().to_json(),
            recipients=check_recipients(recipients),
            updated_at=clock.now(),
        )
        session.add(policy)
        session.flush()
    return policy


def update_policy(
    session: Session,
    policy_id: str,
    expected_version: int,
    clock: Clock,
    *,
    rules: PolicyRules,
    recipients: Sequence[str],
) -> Policy:
    """Change the policy for cases to come; open cases keep their copy.

    Raises ``Conflict`` when somebody changed it since *expected_version*, ``NotFound``.
    """
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise NotFound("没有这个通知策略。")
    result = session.execute(
        update(Policy)
        .where(Policy.id == policy_id, Policy.version == expected_version)
        .values(
            rules=rules.to_json(),
            recipients=check_recipients(recipients),
            updated_at=clock.now(),
            version=Policy.version + 1,
        )
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict("通知策略刚被别人改过，请刷新后再改。")
    session.refresh(policy)
    return policy


def policy_copy(policy: Policy) -> dict[str, Any]:
    """Return what a case keeps of *policy*."""
    return {"v": _SCHEMA, "id": policy.id, "version": policy.version, "rules": policy.rules}


def rules_of(case: Case) -> PolicyRules:
    """Return the rules that applied when *case* opened."""
    return PolicyRules.from_json(case.policy["rules"])


def _check_number(name: str, value: object, low: float, high: float) -> None:
    whole = name != "negative_threshold"
    if not _is_number(value) or (whole and not isinstance(value, int)):
        raise InvalidInput(f"{name}：要填{'整数' if whole else '数字'}。", name)
    assert isinstance(value, int | float)
    if not low <= value <= high:
        raise InvalidInput(f"{name}：要在 {low:g} 和 {high:g} 之间。", name)


def _is_number(value: object) -> bool:
    # NaN fails every comparison, so the bounds catch it; true and false are no numbers here.
    return isinstance(value, int | float) and not isinstance(value, bool)
