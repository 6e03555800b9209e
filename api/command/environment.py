"""The settings of a command, with the logs set up by them."""

from pathlib import Path

from core.log import configure
from core.settings import Settings, load_settings


def command_settings(env_file: Path | None) -> Settings:
    """Read the settings and set up the logs. Raises ``SettingsError``."""
    settings = load_settings(env_file)
    configure(settings.log_level)
    return settings
