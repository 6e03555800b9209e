"""Health for supervisors and load balancers; needs no login and tells nothing else."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Response
from starlette.responses import PlainTextResponse

from api.availability import StoreName, away
from api.doors import service
from api.wiring import Service

router = APIRouter(tags=["health"])


@router.get("/health/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready")
def ready(opened: Annotated[Service, Depends(service)], response: Response) -> dict[str, str]:
    """Say which stores answer. 503 without the records, which everything needs.

    Without the index or the files the service is ``degraded``: cases go on, so it stays ready.
    """
    silent = away(opened)
    if "records" in silent:
        response.status_code = 503
    status = "unavailable" if "records" in silent else "degraded" if silent else "ok"
    stores = get_args(StoreName)
    return {"status": status} | {
        store: "unreachable" if store in silent else "ok" for store in stores
    }


@router.get("/robots.txt", include_in_schema=False)
def robots() -> PlainTextResponse:
    """Nothing here is for search engines; the sample's sites are for our own crawls."""
    return PlainTextResponse("User-agent: *\nAllow: /sample/\nDisallow: /\n")
