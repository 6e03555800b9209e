"""``shengyu serve``: the web process."""

from contextlib import nullcontext
from pathlib import Path

from api.command import ended_parent
from api.command.opening import opened
from api.command.welcome import welcome
from api.sample import refresh_sample
from core.locks import FileLock
from core.settings import Settings


def web_lock(settings: Settings) -> FileLock:
    """The lock of the one web process on an embedded workspace; on servers there may be many."""
    return FileLock(
        settings.data_dir / "web.lock",
        f"A web process already runs on the data folder {settings.data_dir}. Stop it first.",
    )


def run(env_file: Path | None) -> int:
    """Serve until SIGTERM or SIGINT."""
    import uvicorn

    from api.app import make_app

    ended_parent.watch()
    with opened(env_file) as service:
        settings = service.settings
        with nullcontext() if settings.servers else web_lock(settings):
            if service.workspace.is_sample:
                refresh_sample(service)
            if not ended_parent.supervised():
                welcome(service)  # under a supervisor of another kind, in a container for one
            uvicorn.run(
                make_app(service),
                host=settings.host,
                port=settings.port,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=2,
                lifespan="off",
            )
    return 0
