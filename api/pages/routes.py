"""/admin/routes: who is told of a case, how soon, and what makes one."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.policy import PolicyRules, ensure_policy, update_policy
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.brand_form import split_words
from api.pages.i18n import _
from api.pages.parts import Notice
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from core.errors import Conflict, InvalidInput
from storage.records.audit import audit
from storage.records.cases import Policy

router = APIRouter(prefix="/admin/routes", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ROUTES))]
Form = Annotated[FormData, Depends(checked_form)]

# Field of the form → field of the policy, and how many of its units make one of the policy's.
_NUMBERS: Final = {
    "response_min": ("response_s", 60),
    "severe_response_min": ("severe_response_s", 60),
    "resolution_h": ("resolution_s", 3600),
    "threshold_percent": ("negative_threshold", 0.01),
    "min_reach": ("min_reach", 1),
    "similar_count": ("similar_count", 1),
}
_WHOLE: Final = frozenset({"response_s", "severe_response_s", "resolution_s"})


@dataclass(frozen=True)
class RoutesForm:
    """What the fields hold and what is wrong with them."""

    version: int
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""


@router.get("")
def routes_page(request: Request, opened: Opened, person: Editor, done: str = "") -> HTMLResponse:
    """Show the policy that new cases get."""
    notice = Notice(_("已保存，从下一个事件开始生效。")) if done == "saved" else None
    return _page(request, opened, person, _form_of(_policy(opened)), notice=notice)


@router.post("")
def save(request: Request, opened: Opened, person: Editor, form: Form) -> Response:
    """Change the policy; a wrong or stale form comes back as it was written."""
    policy = _policy(opened)
    names = ("recipients", *_NUMBERS)
    values = {name: text_field(form, name) for name in names}
    read = text_field(form, "version")
    given = RoutesForm(int(read) if read.isdigit() and len(read) < 10 else 0, values)
    try:
        rules = _rules(PolicyRules.from_json(policy.rules), values)
        with opened.records.write() as session:
            update_policy(
                session,
                policy.id,
                given.version,
                opened.clock,
                rules=rules,
                recipients=split_words(values["recipients"]),
            )
            now = opened.clock.now()
            audit(session, now, person.name, "edit", "policy", policy.id, **values)
    except InvalidInput as error:
        name = _field_of(error.field)
        return _page(request, opened, person, replace(given, errors={name: str(error)}), 422)
    except Conflict as error:
        stale = replace(given, version=policy.version, notice=str(error))
        return _page(request, opened, person, stale, 409)
    return RedirectResponse("/admin/routes?done=saved", 303)


def _policy(opened: Service) -> Policy:
    with opened.records.write() as session:
        return ensure_policy(session, opened.ids, opened.clock)


def _form_of(policy: Policy) -> RoutesForm:
    rules = PolicyRules.from_json(policy.rules)
    values = {name: f"{getattr(rules, rule) / unit:g}" for name, (rule, unit) in _NUMBERS.items()}
    return RoutesForm(policy.version, {"recipients": "\n".join(policy.recipients), **values})


def _rules(rules: PolicyRules, values: dict[str, str]) -> PolicyRules:
    numbers: dict[str, float] = {}
    for name, (rule, unit) in _NUMBERS.items():
        try:
            number = float(values[name]) * unit
        except ValueError as error:
            raise InvalidInput(_("请填写数字。"), field=name) from error
        whole = rule in _WHOLE or unit == 1
        numbers[rule] = round(number) if whole and abs(number) < 1e12 else round(number, 6)
    return replace(rules, **numbers)  # type: ignore[arg-type]  # checked by PolicyRules itself


def _field_of(rule: str | None) -> str:
    named = {policy_field: name for name, (policy_field, _unit) in _NUMBERS.items()}
    return named.get(rule or "", rule or "recipients")


def _page(
    request: Request,
    opened: Service,
    person: SignedIn,
    form: RoutesForm,
    status: int = 200,
    notice: Notice | None = None,
) -> HTMLResponse:
    return page(
        request,
        opened,
        person,
        "routes.html",
        room="routes",
        status=status,
        routes=form,
        notice=notice,
        has_smtp=opened.settings.smtp_url is not None,
    )
