"""How a command comes to its settings and its workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.wiring import Service, open_service
from core.log import configure
from core.settings import Settings, load_settings
from core.workspace import current_workspace, prepare_data_dir, use_workspace


def command_settings(env_file: Path | None) -> Settings:
    """Read the settings and set up the logs. Raises ``SettingsError``."""
    settings = load_settings(env_file)
    configure(settings.log_level)
    return settings


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
