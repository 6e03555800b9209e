"""Marks reach the copies of what was marked; those that exist begin to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "mention_marks", sa.Column("taken_label", sa.String(), server_default="", nullable=False)
    )
    op.add_column("mention_marks", sa.Column("taken_from", sa.Integer(), nullable=True))
    op.create_table(
        "mark_reaches",
        sa.Column("mention_id", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("mark_id", sa.Integer(), nullable=False),
        sa.Column("reached", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_mark_reaches")),
    )
    op.create_index("ix_mark_reaches_story", "mark_reaches", ["story_id"])
    op.create_index("ix_mark_reaches_reached", "mark_reaches", ["reached"])
    op.execute(
        "INSERT INTO mark_reaches (mention_id, story_id, mark_id, reached)"
        " SELECT mention_marks.mention_id, story_members.story_id, max(mention_marks.id), ''"
        " FROM mention_marks JOIN story_members"
        " ON story_members.mention_id = mention_marks.mention_id"
        " GROUP BY mention_marks.mention_id, story_members.story_id"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("mark_reaches")
    # What nobody said of the mention itself would read as if a mark had been taken back.
    op.execute("DELETE FROM mention_marks WHERE taken_from IS NOT NULL")
    op.drop_column("mention_marks", "taken_from")
    op.drop_column("mention_marks", "taken_label")
