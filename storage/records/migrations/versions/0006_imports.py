"""Imports of files are kept, so that one that was cut off goes on."""

import sqlalchemy as sa
from alembic import op

from storage.records.base import Text, UtcDateTime, WideInteger

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "imports",
        sa.Column("id", Text, nullable=False),
        sa.Column("key", Text, nullable=False),
        sa.Column("trace_id", Text, nullable=False),
        sa.Column("source_name", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("batches", WideInteger, nullable=False),
        sa.Column("read", WideInteger, nullable=False),
        sa.Column("new", WideInteger, nullable=False),
        sa.Column("duplicate", WideInteger, nullable=False),
        sa.Column("dropped", WideInteger, nullable=False),
        sa.Column("invalid", WideInteger, nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("error", Text, nullable=True),
        sa.Column("started_by", Text, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_key", "imports", ["key", "state"])
    op.create_index("ix_imports_created_at", "imports", ["created_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("imports")
