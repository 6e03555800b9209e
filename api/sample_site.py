"""Serves the sample's news site, forum and feed under /sample, for its crawls."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.sample_library import sample_started_at
from api.wiring import Service
from crawlers.sample.site import SampleSite

# The invented sites have a small style sheet inside their pages and nothing else.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def mount(app: FastAPI, service: Service) -> None:
    """Add the sample sites to *app*."""
    settings = service.settings
    base_url = f"http://{settings.loopback}:{settings.port}"
    site = SampleSite(sample_started_at(service.records), base_url)

    @app.get("/sample/{path:path}", include_in_schema=False)
    def page(request: Request) -> Response:
        headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
        etag = site.etag(request.url.path)
        if etag is not None:
            headers["etag"] = etag
            if request.headers.get("if-none-match") == etag:
                return Response(status_code=304, headers=headers)
        status, media_type, body = site.respond(request.url.path)
        return Response(body, status, headers, media_type)
