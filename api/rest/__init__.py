"""REST under /api/v1, health, and the documentation of both."""

from fastapi import APIRouter

from api.rest import accounts, asset_list, brands, cases, docs, health, mentions, sources, uploads

routers: list[APIRouter] = [
    health.router,
    docs.router,
    mentions.router,
    cases.router,
    brands.router,
    sources.router,
    accounts.router,
    uploads.router,
    asset_list.router,
]
