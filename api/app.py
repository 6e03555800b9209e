"""Builds the web application around an opened workspace."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from api import objects, pages, problems, rest
from api.security import Guarded
from api.trying import Trials
from api.wiring import Service


class _GuardedApp(FastAPI):
    """Guarded stands outside of everything, so that answers to unforeseen errors pass it too."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guarded(super().build_middleware_stack(), self.state.service.settings)


def make_app(service: Service) -> FastAPI:
    """Return the application: REST, pages, health, and the sample sites in a sample workspace.

    The caller closes *service* when the server has ended.
    """
    app = _GuardedApp(
        title="Shengyu 声誉",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.state.trials = Trials()
    problems.install(app)
    for router in (*rest.routers, objects.router, *pages.routers):
        app.include_router(router)
    pages.install(app)
    if service.workspace.is_sample:
        from api.sample_site import mount

        mount(app, service)
    return app
