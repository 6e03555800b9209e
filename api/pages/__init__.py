"""The pages: server-rendered, working without script, each view at its own address."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from api import downloads
from api.auth.identity import SignedIn
from api.doors import page_user
from api.pages import (
    account_tokens,
    accounts,
    asset,
    asset_forms,
    assets_room,
    brands,
    case,
    cases,
    certificates,
    competitors,
    errors,
    language,
    login,
    mention_marks,
    mentions,
    message,
    message_form,
    messages,
    outbox,
    report_lists,
    reports,
    review,
    reviews,
    routes,
    setup,
    source,
    sources,
    today,
    upload_form,
)
from api.pages.assets import FOLDER, KeptFiles
from api.pages.assets import asset as static_path
from api.pages.i18n import Speaking

__all__ = ["install", "routers"]


def own_password(person: Annotated[SignedIn, Depends(page_user)]) -> None:
    """Let nobody further than the page that replaces the printed password."""
    if person.must_change_password:
        raise errors.MustChangePassword


def _guarded(*rooms: APIRouter) -> APIRouter:
    whole = APIRouter(dependencies=[Depends(own_password)])
    for room in rooms:
        whole.include_router(room)
    return whole


routers: list[APIRouter] = [
    login.router,
    language.router,
    _guarded(
        today.router,
        mentions.router,
        mention_marks.router,
        cases.router,
        case.router,
        messages.router,
        message_form.router,
        message.router,
        competitors.router,
        # Before the page of one source, whose path would take /new.
        sources.router,
        source.router,
        brands.router,
        routes.router,
        outbox.router,
        account_tokens.router,
        accounts.router,
        reports.router,
        report_lists.router,
        setup.router,
        upload_form.router,
        assets_room.router,
        asset_forms.router,
        certificates.router,
        asset.router,
        reviews.router,
        review.router,
        downloads.page_router,
    ),
]


def install(app: FastAPI) -> None:
    """Add the static files, the language of each request and the error pages."""
    app.mount(static_path("").rstrip("/"), KeptFiles(directory=FOLDER), name="static")
    app.add_middleware(Speaking)
    errors.install(app)
