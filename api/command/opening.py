"""How a command comes to its workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.command.environment import command_settings
from api.wiring import Service, open_service
from core.settings import Settings
from core.workspace import Workspace, current_workspace, prepare_data_dir, use_workspace
from storage.transfer import mark


def workspace_in_use(settings: Settings) -> Workspace:
    """Return the workspace in use; in an empty data folder that is the main one.

    With a store on a server it is always the main one, which alone is kept there; a sample in the
    data folder waits untouched.
    """
    if settings.servers:
        return Workspace("main", settings.data_dir / "main")
    return current_workspace(settings.data_dir) or use_workspace(settings.data_dir, "main")


@contextmanager
def opened(env_file: Path | None, *, in_transfer: bool = False) -> Iterator[Service]:
    """Open the workspace in use.

    Raises ``StorageError`` for one that is being filled by a move or a restore, unless
    *in_transfer* is said to be well.
    """
    settings = command_settings(env_file)
    prepare_data_dir(settings.data_dir)
    service = open_service(settings, workspace_in_use(settings))
    try:
        if not in_transfer:
            mark.demand_whole(service.records)
        yield service
    finally:
        service.close()
