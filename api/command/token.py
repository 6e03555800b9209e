"""``shengyu token create``."""

from pathlib import Path

from api.auth.tokens import create_token
from api.command.opening import opened
from api.command.output import line


def create(env_file: Path | None, name: str, role: str) -> int:
    """Print a new token, and nothing else, on stdout."""
    with opened(env_file) as service:
        line(create_token(service.records, name, role, service.clock, service.ids))
    return 0
