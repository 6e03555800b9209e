"""/api/docs: the OpenAPI document as a plain page of our own, without any third-party request."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from api.doors import service
from api.pages.render import page
from api.wiring import Service

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the page shows it."""

    method: str
    path: str
    summary: str
    parameters: list[tuple[str, bool]]


@router.get("/api/docs")
def docs(request: Request, opened: Annotated[Service, Depends(service)]) -> HTMLResponse:
    """List every operation with its parameters."""
    document = request.app.openapi()
    operations = [
        _operation(path, method, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]
    return page(request, opened, None, "api_docs.html", operations=operations)


def _operation(path: str, method: str, described: dict[str, Any]) -> Operation:
    parameters = [
        (each["name"], bool(each.get("required")))
        for each in described.get("parameters", [])
        if each["in"] == "query"
    ]
    return Operation(method.upper(), path, described.get("description", ""), parameters)
