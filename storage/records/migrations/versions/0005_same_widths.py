"""On PostgreSQL whole numbers have 64 bits and texts are ordered by code point, as on SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WIDE_BEFORE = {
    ("story_bands", "key"),
    ("blobs", "size"),
    ("uploads", "size"),
    ("asset_versions", "size"),
}


def upgrade() -> None:
    """Apply."""
    _set_types("BIGINT", 'VARCHAR COLLATE "C"')


def downgrade() -> None:
    """Take back."""
    _set_types("INTEGER", 'VARCHAR COLLATE "default"')


def _set_types(number: str, text: str) -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    inspector = sa.inspect(bind)
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        changes = []
        for column in inspector.get_columns(table):
            name = column["name"]
            if isinstance(column["type"], sa.String):
                changes.append(f'ALTER COLUMN "{name}" TYPE {text}')
            elif isinstance(column["type"], sa.Integer) and (table, name) not in _WIDE_BEFORE:
                changes.append(f'ALTER COLUMN "{name}" TYPE {number}')
                if column["autoincrement"]:
                    op.execute(f'ALTER SEQUENCE "{table}_{name}_seq" AS {number}')
        op.execute(f'ALTER TABLE "{table}" ' + ", ".join(changes))
