"""Builds the web application around an opened workspace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import pages, problems, rest
from api.security import Guarded
from api.wiring import Service


def make_app(service: Service) -> FastAPI:
    """Return the application: REST, pages, health, and the sample sites in a sample workspace."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(
        title="Shengyu 声誉",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    problems.install(app)
    for router in (*rest.routers, *pages.routers):
        app.include_router(router)
    pages.install(app)
    if service.workspace.is_sample:
        from api.sample_site import mount

        mount(app, service)
    app.add_middleware(Guarded, settings=service.settings)
    return app
