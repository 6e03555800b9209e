"""Errors of the REST door as RFC 9457 problem details."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from assets.gate import WordingBlocked
from core.errors import (
    Busy,
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    NotSignedIn,
    QueryError,
    ShengyuError,
    StorageError,
)
from core.log import logger

# From the particular to the general: the first that fits gives the status.
STATUS: Final[tuple[tuple[type[ShengyuError], int], ...]] = (
    (NotSignedIn, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (InvalidInput, 422),
    (Busy, 503),
    (StorageError, 503),
)

# Seconds after which a store that was away may well answer again.
_RETRY_AFTER_S: Final = "5"


def status_of(error: ShengyuError) -> int:
    """Return the HTTP status that says what kind of error this is."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


class _AsciiJson(JSONResponse):
    """JSON in ASCII: a message may quote what was sent, lone surrogates included."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode("ascii")


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """Return problem details; *more* are extension members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    challenge = {"www-authenticate": "Bearer"} if status == 401 else {}
    return _AsciiJson(
        {**body, "detail": detail, **more},
        status,
        headers={**challenge, **(headers or {})},
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    """Answer every error under /api with problem details; pages install their own on top."""

    @app.exception_handler(ShengyuError)
    async def _ours(request: Request, error: ShengyuError) -> Response:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [
            {"field": ".".join(map(str, fault["loc"])), "detail": fault["msg"]}
            for fault in error.errors()
        ]
        return problem(422, "请求的字段不对。", errors=faults)

    @app.exception_handler(ClientDisconnect)
    async def _gone(request: Request, error: ClientDisconnect) -> Response:
        # Whoever asked has hung up: nobody reads this, and it is no fault to log.
        return Response(status_code=400)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail), error.headers)


def answer(error: ShengyuError) -> JSONResponse:
    """Return the problem details of one of our errors, and log what is our fault."""
    status = status_of(error)
    more: dict[str, Any] = {}
    if isinstance(error, InvalidInput) and error.field:
        more["field"] = error.field
    if isinstance(error, QueryError):
        more["position"] = error.position
    if isinstance(error, WordingBlocked):
        more["findings"] = [asdict(finding) for finding in error.findings]
    if status >= 500:
        logger("api").error("request failed", error=str(error))
    later = {"retry-after": _RETRY_AFTER_S} if status == 503 else None
    return problem(status, str(error), later, **more)
