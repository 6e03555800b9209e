"""/setup: the first brand, the first source, who is told. And the way out of the sample."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.policy import PolicyRules, ensure_policy, update_policy
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.brand_form import split_words
from api.pages.render import page
from api.permissions import Permission
from api.sample import request_clear
from api.wiring import Service
from core.errors import AddressRefused, InvalidInput
from crawlers.addresses import split_address
from crawlers.sources import SourceInput, add_source
from sentiment.brands import BrandInput, add_brand

router = APIRouter(prefix="/setup", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Admin = Annotated[SignedIn, Depends(require_page(Permission.MANAGE_WORKSPACE))]
Form = Annotated[FormData, Depends(checked_form)]
_FIELDS: Final = ("name", "aliases", "products", "rivals", "url", "recipients")


@dataclass(frozen=True)
class SetUp:
    """What the fields hold and what is wrong with them."""

    values: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_FIELDS, ""))
    errors: dict[str, str] = field(default_factory=dict)


@router.get("")
def setup_page(request: Request, opened: Opened, person: Admin) -> Response:
    """Ask what there is to watch; a sample is cleared first."""
    if opened.workspace.is_sample:
        return RedirectResponse("/setup/clear", 303)
    return _page(request, opened, person, SetUp())


@router.post("")
def set_up(request: Request, opened: Opened, person: Admin, form: Form) -> Response:
    """Add the brand, its rivals and the first source, all or none."""
    if opened.workspace.is_sample:
        return RedirectResponse("/setup/clear", 303)
    values = {name: text_field(form, name) for name in _FIELDS}
    try:
        _store(opened, person, values)
    except InvalidInput as error:
        name = error.field if error.field in _FIELDS else "name"
        return _page(request, opened, person, SetUp(values, {name: str(error)}), 422)
    return RedirectResponse("/", 303)


@router.get("/clear")
def clear_page(request: Request, opened: Opened, person: Admin) -> Response:
    """Ask before the sample goes."""
    if not opened.workspace.is_sample:
        return RedirectResponse("/setup", 303)
    return page(request, opened, person, "clear.html", clearing=False)


@router.post("/clear")
def clear(request: Request, opened: Opened, person: Admin, _form: Form) -> Response:
    """Ask the supervisor to clear the sample, and wait for the empty workspace."""
    if not opened.workspace.is_sample:
        return RedirectResponse("/setup", 303)
    request_clear(opened.settings.data_dir)
    return page(request, opened, person, "clear.html", clearing=True)


def _store(opened: Service, person: SignedIn, values: dict[str, str]) -> None:
    own = BrandInput(
        values["name"],
        "own",
        aliases=split_words(values["aliases"]),
        products=split_words(values["products"]),
    )
    with opened.records.write() as session:
        add_brand(session, own, person.name, opened.clock, opened.ids)
        for rival in split_words(values["rivals"]):
            try:
                given = BrandInput(rival, "competitor")
                add_brand(session, given, person.name, opened.clock, opened.ids)
            except InvalidInput as error:
                raise InvalidInput(str(error), field="rivals") from error
        if values["url"]:
            _add_source(opened, person, session, values["url"])
        _tell(opened, session, split_words(values["recipients"]))


def _tell(opened: Service, session: Session, recipients: list[str]) -> None:
    policy = ensure_policy(session, opened.ids, opened.clock)
    if recipients:
        rules = PolicyRules.from_json(policy.rules)
        update_policy(
            session,
            policy.id,
            policy.version,
            opened.clock,
            rules=rules,
            recipients=recipients,
        )


def _add_source(opened: Service, person: SignedIn, session: Session, url: str) -> None:
    try:
        host, _port = split_address(url)
    except AddressRefused as error:
        raise InvalidInput(str(error), field="url") from error
    given = SourceInput(name=host[:100], kind="feed", url=url, platform=host[:100], identity="url")
    try:
        add_source(session, given, opened.allow_list(), person.name, opened.clock, opened.ids)
    except InvalidInput as error:
        raise InvalidInput(str(error), field="url") from error


def _page(
    request: Request, opened: Service, person: SignedIn, setup: SetUp, status: int = 200
) -> HTMLResponse:
    return page(request, opened, person, "setup.html", status=status, setup=setup)
