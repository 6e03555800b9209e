"""/admin/routes: who is told, how soon, and what makes a case."""

import httpx
import pytest
from pages_desk import AsRole, PagesDesk
from sqlalchemy import select

from alerts.policy import PolicyRules
from storage.records.cases import Policy

FIELDS = {
    "recipients": "pr@example.cn\nduty@example.cn",
    "response_min": "90",
    "severe_response_min": "20",
    "resolution_h": "12",
    "threshold_percent": "80",
    "min_reach": "50",
    "similar_count": "4",
}


def policy(desk: PagesDesk) -> Policy:
    with desk.service.records.read() as session:
        return session.scalars(select(Policy)).one()


def send(client: httpx.Client, version: int, **changes: str) -> httpx.Response:
    data = {"csrf": PagesDesk.csrf(), "version": str(version), **FIELDS, **changes}
    return client.post("/admin/routes", data=data)


def test_what_is_saved_applies_to_the_next_case_and_is_shown(
    admin: httpx.Client, desk: PagesDesk
) -> None:
    assert send(admin, policy(desk).version).status_code == 303
    stored = policy(desk)
    rules = PolicyRules.from_json(stored.rules)
    assert stored.recipients == ["pr@example.cn", "duty@example.cn"]
    assert (rules.response_s, rules.severe_response_s, rules.resolution_s) == (5400, 1200, 43200)
    assert (rules.negative_threshold, rules.min_reach, rules.similar_count) == (0.8, 50, 4)
    shown = admin.get("/admin/routes").text
    assert "pr@example.cn" in shown
    assert 'value="90"' in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipients", "nobody"),
        ("response_min", "soon"),
        ("response_min", "nan"),
        ("resolution_h", "1e400"),
        ("threshold_percent", "20"),
        ("severe_response_min", "500"),
        ("similar_count", "1"),
    ],
)
def test_a_wrong_field_comes_back_as_written_and_changes_nothing(
    field: str, value: str, admin: httpx.Client, desk: PagesDesk
) -> None:
    before = policy(desk).version
    answer = send(admin, before, **{field: value})
    assert answer.status_code == 422
    assert value in answer.text
    assert 'class="error"' in answer.text
    assert policy(desk).version == before


def test_a_stale_form_is_told_so(admin: httpx.Client, desk: PagesDesk) -> None:
    version = policy(desk).version
    assert send(admin, version).status_code == 303
    stale = send(admin, version, recipients="late@example.cn")
    assert stale.status_code == 409
    assert "late@example.cn" in stale.text
    assert policy(desk).recipients == ["pr@example.cn", "duty@example.cn"]


@pytest.mark.parametrize(("role", "status"), [("director", 200), ("brand_manager", 403)])
def test_only_those_who_may_change_it_see_it(role: str, status: int, as_role: AsRole) -> None:
    assert as_role(role).get("/admin/routes").status_code == status
