"""The policy's numbers are checked, and cases keep the ones they opened with."""

from typing import Any

import pytest
from alerts_desk import Desk, bad_mention

from alerts.policy import PolicyRules, check_recipients, ensure_policy, rules_of, update_policy
from core.errors import Conflict, InvalidInput


def test_rules_survive_json() -> None:
    rules = PolicyRules(min_reach=7, warn_at=(0.25, 0.9))
    assert PolicyRules.from_json(rules.to_json()) == rules


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"negative_threshold": 1.5}, "negative_threshold"),
        ({"negative_threshold": float("nan")}, "negative_threshold"),
        ({"min_reach": "many"}, "min_reach"),
        ({"min_reach": True}, "min_reach"),
        ({"similar_count": 2.5}, "similar_count"),
        ({"warn_at": [0.5, 1]}, "warn_at"),
        ({"warn_at": 0.5}, "warn_at"),
        ({"response_s": 600}, "response_s"),
        ({"resolution_s": 3_600}, "response_s"),
        ({"treshold": 1}, "treshold"),
        ({"v": 2}, "v"),
    ],
)
def test_a_wrong_number_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PolicyRules.from_json(values)
    assert caught.value.field == field


@pytest.mark.parametrize("address", ["pr", "a@b@c", "a b@c.cn", "x@y.cn\nBcc: z@y.cn", "<a@b.cn>"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        check_recipients([address])


def test_there_is_one_policy_however_often_it_is_asked_for(desk: Desk) -> None:
    with desk.records.write() as session:
        first = ensure_policy(session, desk.ids, desk.clock)
        assert ensure_policy(session, desk.ids, desk.clock).id == first.id


def test_an_edit_applies_to_new_cases_only(desk: Desk) -> None:
    old = desk.open_case()
    with desk.records.write() as session:
        policy = ensure_policy(session, desk.ids, desk.clock)
        rules = PolicyRules(response_s=3_600)
        update_policy(session, policy.id, 1, desk.clock, rules=rules, recipients=["new@example.cn"])
        with pytest.raises(Conflict):
            update_policy(session, policy.id, 1, desk.clock, rules=rules, recipients=[])
    desk.consider(bad_mention("other", "星澜净化器漏水把地板泡坏了，客服不理人。", story_id="leak"))
    kept, new = desk.case(old.id), next(case for case in desk.cases() if case.id != old.id)
    assert rules_of(kept).response_s == 7_200
    assert kept.recipients == ["pr@example.cn"]
    assert (new.response_due_at - new.detected_at).total_seconds() == 3_600
    assert new.recipients == ["new@example.cn"]
