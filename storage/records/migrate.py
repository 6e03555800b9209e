"""Runs the migrations that ship with the package, without an ini file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, inspect, text

from core.errors import StorageError
from storage.records.transactions import for_purpose

_FOLDER = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up. Raises ``StorageError`` when the database is newer than this code."""
    if _stored_revision(engine) == ScriptDirectory.from_config(_config(engine)).get_current_head():
        return
    try:
        command.upgrade(_config(engine), revision)
    except CommandError as error:
        raise StorageError(
            "The records were written by a newer version of Shengyu. "
            "Install that version or a newer one."
        ) from error


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down to *revision*; ``base`` removes every table."""
    command.downgrade(_config(engine), revision)


def _stored_revision(engine: Engine) -> str | None:
    with for_purpose(engine, "read").connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        value = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(value) if value is not None else None


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    # Its transaction holds the write lock: of processes that start together, one migrates.
    config.attributes["engine"] = for_purpose(engine, "migrate")
    return config
