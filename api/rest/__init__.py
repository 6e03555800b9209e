"""REST under /api/v1, health, and the documentation of both."""

from fastapi import APIRouter

from api import downloads
from api.rest import (
    accounts,
    asset_limits,
    asset_list,
    assets,
    brands,
    case_answers,
    cases,
    docs,
    health,
    marks,
    mentions,
    messages,
    reports,
    reviews,
    sentiment,
    sources,
    uploads,
    wording,
)

routers: list[APIRouter] = [
    health.router,
    docs.router,
    mentions.router,
    marks.router,
    sentiment.router,
    # Before the actions on a case, whose path would take theirs.
    case_answers.router,
    cases.router,
    brands.router,
    sources.router,
    accounts.router,
    reports.router,
    uploads.router,
    asset_list.router,
    assets.router,
    asset_limits.router,
    downloads.rest_router,
    reviews.router,
    messages.router,
    wording.router,
]
