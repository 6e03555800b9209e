"""Bands name their story by a number: a third of the bytes, for there are 32 of them a story."""

import sqlalchemy as sa
from alembic import op

from storage.records.base import Text, WideInteger

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("stories", sa.Column("number", WideInteger, server_default="0", nullable=False))
    op.execute(
        "UPDATE stories SET number = counted.n FROM"
        " (SELECT id, row_number() OVER (ORDER BY first_at, id) AS n FROM stories) AS counted"
        " WHERE counted.id = stories.id"
    )
    op.create_index(op.f("ix_stories_number"), "stories", ["number"])
    _remake(
        sa.Column("story_number", WideInteger, autoincrement=False, nullable=False),
        "SELECT old.key, stories.number FROM story_bands_before AS old"
        " JOIN stories ON stories.id = old.story_id",
        with_rowid=False,
    )


def downgrade() -> None:
    """Take back."""
    _remake(
        sa.Column("story_id", Text, nullable=False),
        "SELECT old.key, stories.id FROM story_bands_before AS old"
        " JOIN stories ON stories.number = old.story_number",
        sa.ForeignKeyConstraint(
            ["story_id"],
            ["stories.id"],
            name=op.f("fk_story_bands_story_id_stories"),
            ondelete="CASCADE",
        ),
    )
    op.drop_index(op.f("ix_stories_number"), "stories")
    op.drop_column("stories", "number")


def _remake(
    story: sa.Column[object], rows: str, *constraints: sa.Constraint, with_rowid: bool = True
) -> None:
    """Make the table anew, filled with *rows* of the one before."""
    op.drop_index("ix_story_bands_story", "story_bands")
    op.rename_table("story_bands", "story_bands_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_story_bands RENAME TO pk_story_bands_before")
    op.create_table(
        "story_bands",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        story,
        *constraints,
        sa.PrimaryKeyConstraint("key", story.name, name=op.f("pk_story_bands")),
        sqlite_with_rowid=with_rowid,
    )
    op.execute(f"INSERT INTO story_bands {rows} ORDER BY 1, 2")
    op.drop_table("story_bands_before")
    op.create_index("ix_story_bands_story", "story_bands", [story.name])
