"""Which role may do what: the table itself, and every operation of REST against it."""

import re

import pytest
from fastapi.routing import APIRoute
from httpx import Client
from shared_values import AsRole

from api import rest
from api.permissions import TABLE, Permission, Role, demand, may
from core.errors import NotPermitted

ALL = frozenset(Role)
STAFF = ALL - {Role.AGENCY}
DESK = frozenset({Role.ADMIN, Role.DIRECTOR, Role.BRAND_MANAGER})
REVIEWERS = frozenset({Role.LEGAL, Role.COMPLIANCE})
ADMIN = frozenset({Role.ADMIN})
WATCHERS = ADMIN | {Role.BRAND_MANAGER}

# Operation → who may; None needs no login. Written out here on purpose: it must not be computed
# from the table that it checks.
OPERATIONS: dict[str, frozenset[Role] | None] = {
    "GET /health/live": None,
    "GET /health/ready": None,
    "GET /api/v1/mentions": STAFF,
    "GET /api/v1/mentions/{mention_id}": STAFF,
    "GET /api/v1/mentions/{mention_id}/explanation": STAFF,
    "POST /api/v1/mentions/{mention_id}/label": DESK | {Role.RESEARCHER},
    "DELETE /api/v1/mentions/{mention_id}/label": DESK | {Role.RESEARCHER},
    "GET /api/v1/mentions/{mention_id}/marks": STAFF,
    "POST /api/v1/sentiment": STAFF,
    "GET /api/v1/checks": DESK | {Role.RESEARCHER},
    "GET /api/v1/accuracy": DESK | {Role.RESEARCHER},
    "GET /api/v1/calibrations": DESK | {Role.RESEARCHER},
    "GET /api/v1/cases": DESK | REVIEWERS,
    "GET /api/v1/cases/{case_id}": DESK | REVIEWERS,
    "GET /api/v1/cases/{case_id}/evidence": DESK | REVIEWERS,
    "POST /api/v1/cases/{case_id}/{action}": DESK,
    "GET /api/v1/cases/{case_id}/answers": DESK | REVIEWERS,
    "POST /api/v1/cases/{case_id}/uses": DESK,
    "POST /api/v1/messages": DESK,
    "GET /api/v1/messages/{message_id}": ALL,
    "POST /api/v1/messages/{message_id}/versions": DESK,
    "GET /api/v1/assets": ALL,
    "POST /api/v1/assets": DESK,
    "GET /api/v1/assets/{asset_id}": ALL,
    "PATCH /api/v1/assets/{asset_id}": DESK,
    "POST /api/v1/assets/{asset_id}/versions": DESK,
    "POST /api/v1/assets/{asset_id}/versions/{number}/read-again": DESK,
    "POST /api/v1/assets/{asset_id}/request-review": DESK,
    "POST /api/v1/assets/{asset_id}/recall": DESK,
    "POST /api/v1/assets/{asset_id}/restore": DESK,
    "POST /api/v1/assets/{asset_id}/archive": DESK,
    "POST /api/v1/assets/{asset_id}/rights": DESK,
    "DELETE /api/v1/assets/{asset_id}/rights/{right_id}": DESK,
    "POST /api/v1/assets/{asset_id}/evidence": DESK,
    "DELETE /api/v1/assets/{asset_id}/evidence/{evidence_id}": DESK,
    "GET /api/v1/assets/{asset_id}/certificate": ALL,
    "POST /api/v1/certificates/check": ALL,
    "GET /api/v1/assets/{asset_id}/download": ALL,
    "GET /api/v1/assets/{asset_id}/versions/{number}/download": ALL,
    "GET /api/v1/assets/{asset_id}/renditions/{name}": ALL,
    "GET /api/v1/reviews": DESK | REVIEWERS,
    "GET /api/v1/reviews/{review_id}": DESK | REVIEWERS,
    "POST /api/v1/reviews/{review_id}/decide": REVIEWERS,
    "POST /api/v1/reviews/{review_id}/withdraw": DESK,
    "POST /api/v1/findings/{finding_id}/waive": REVIEWERS,
    "POST /api/v1/wording/check": DESK | REVIEWERS,
    "GET /api/v1/brands": STAFF,
    "POST /api/v1/brands": WATCHERS,
    "GET /api/v1/brands/{brand_id}": STAFF,
    "PUT /api/v1/brands/{brand_id}": WATCHERS,
    "DELETE /api/v1/brands/{brand_id}": WATCHERS,
    "GET /api/v1/sources": DESK | {Role.RESEARCHER},
    "POST /api/v1/sources": ADMIN,
    "GET /api/v1/sources/backlog": DESK | {Role.RESEARCHER},
    "GET /api/v1/sources/presets": DESK | {Role.RESEARCHER},
    "POST /api/v1/sources/try": ADMIN,
    "GET /api/v1/sources/{source_id}": DESK | {Role.RESEARCHER},
    "PUT /api/v1/sources/{source_id}": ADMIN,
    "GET /api/v1/sources/{source_id}/runs": DESK | {Role.RESEARCHER},
    "POST /api/v1/sources/{source_id}/enabled": ADMIN,
    "POST /api/v1/sources/{source_id}/run": ADMIN,
    "POST /api/v1/uploads": DESK,
    "GET /api/v1/uploads/{upload_id}": DESK,
    "POST /api/v1/uploads/{upload_id}/complete": DESK,
    "GET /api/v1/accounts": ADMIN,
    "POST /api/v1/accounts": ADMIN,
    "GET /api/v1/accounts/{user_id}": ADMIN,
    "PATCH /api/v1/accounts/{user_id}": ADMIN,
    "POST /api/v1/accounts/{user_id}/password": ADMIN,
    "POST /api/v1/accounts/{user_id}/disabled": ADMIN,
    "GET /api/v1/reports/kpi": DESK,
    "GET /api/v1/tokens": ADMIN,
    "POST /api/v1/tokens": ADMIN,
    "DELETE /api/v1/tokens/{token_id}": ADMIN,
}


def ask(client: Client, operation: str) -> int:
    """Ask for a record that is not there, without a body; return the status."""
    method, path = operation.split(" ")
    path = path.replace("{action}", "take")
    return client.request(method, re.sub(r"\{\w+\}", "none", path)).status_code


def test_every_permission_is_in_the_table_and_every_row_names_roles() -> None:
    assert set(TABLE) == set(Permission)
    assert all(roles and roles <= set(Role) for roles in TABLE.values())


def test_the_admin_may_do_everything_but_judge_for_legal_or_compliance() -> None:
    refused = {permission for permission in Permission if not may(Role.ADMIN, permission)}
    assert refused == {Permission.DECIDE_REVIEWS}


def test_an_agency_may_only_read_assets() -> None:
    allowed = {permission for permission in Permission if may(Role.AGENCY, permission)}
    assert allowed == {Permission.READ_ASSETS}


def test_who_may_change_something_may_read_it() -> None:
    for read, change in (
        (Permission.READ_CASES, Permission.ACT_ON_CASES),
        (Permission.READ_MENTIONS, Permission.MARK_MENTIONS),
        (Permission.READ_BRANDS, Permission.EDIT_BRANDS),
        (Permission.READ_SOURCES, Permission.EDIT_SOURCES),
    ):
        assert TABLE[change] <= TABLE[read]


def test_a_refusal_says_what_is_missing_and_whom_to_ask() -> None:
    demand(Role.ADMIN, Permission.EDIT_SOURCES)
    with pytest.raises(NotPermitted, match=r"researcher.*sources\.edit.*管理员"):
        demand(Role.RESEARCHER, Permission.EDIT_SOURCES)


def test_every_operation_of_rest_is_in_the_table_of_this_test(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    found = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert found == set(OPERATIONS)


def test_only_the_page_of_the_document_is_left_out_of_it() -> None:
    hidden = {
        route.path
        for router in rest.routers
        for route in router.routes
        if isinstance(route, APIRoute) and not route.include_in_schema
    }
    hidden = {path for path in hidden if path.startswith("/api/")}
    assert hidden == {"/api/docs"}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_exactly_what_the_table_says(with_token: AsRole, role: Role) -> None:
    client = with_token(role)
    for operation, allowed in OPERATIONS.items():
        status = ask(client, operation)
        if allowed is None or role in allowed:
            # Allowed: then the record is not there, or the body is missing.
            assert status in {200, 404, 422}, operation
        else:
            assert status == 403, operation


def test_nobody_gets_further_than_health(client: Client) -> None:
    for operation, allowed in OPERATIONS.items():
        assert ask(client, operation) == (200 if allowed is None else 401), operation


def test_a_head_request_asks_for_the_same_permission(client: Client) -> None:
    assert client.head("/api/v1/brands").status_code in {401, 405}
