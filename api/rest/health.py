"""Health for supervisors and load balancers; needs no login and tells nothing else."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import text
from starlette.responses import PlainTextResponse

from api.doors import service
from api.wiring import Service
from core.errors import StorageError

router = APIRouter(tags=["health"])


@router.get("/health/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready")
def ready(opened: Annotated[Service, Depends(service)], response: Response) -> dict[str, str]:
    """The stores answer too; 503 and which of them does not otherwise."""
    state = {"records": "ok", "index": "ok"}
    try:
        with opened.records.read() as session:
            session.execute(text("SELECT 1"))
    except StorageError:
        state["records"] = "unreachable"
    try:
        opened.index.get("")
    except StorageError:
        state["index"] = "unreachable"
    if set(state.values()) != {"ok"}:
        response.status_code = 503
    return {"status": "ok" if response.status_code != 503 else "unavailable"} | state


@router.get("/robots.txt", include_in_schema=False)
def robots() -> PlainTextResponse:
    """Nothing here is for search engines; the sample's sites are for our own crawls."""
    return PlainTextResponse("User-agent: *\nAllow: /sample/\nDisallow: /\n")
