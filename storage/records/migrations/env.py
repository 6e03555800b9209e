"""Alembic's entry: runs migrations on the engine that the caller passes in."""

from typing import Any, Literal

from alembic import context

from storage.records import tables
from storage.records.base import Base, UtcDateTime


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column type by its name in new migrations."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from storage.records.base import UtcDateTime")
        return "UtcDateTime()"
    return False


assert tables  # imported so that every table is known to the metadata

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
