"""How a command comes to its workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.command.environment import command_settings
from api.wiring import Service, open_service
from core.workspace import current_workspace, prepare_data_dir, use_workspace


@contextmanager
def opened(env_file: Path | None) -> Iterator[Service]:
    """Open the workspace in use; in an empty data folder that is the main one."""
    settings = command_settings(env_file)
    prepare_data_dir(settings.data_dir)
    workspace = current_workspace(settings.data_dir) or use_workspace(settings.data_dir, "main")
    service = open_service(settings, workspace)
    try:
        yield service
    finally:
        service.close()
