"""Marks of people on the sentiment of mentions, and the calibrations made from them."""

import sqlalchemy as sa
from alembic import op

from storage.records.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "calibrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("last_mark_id", sa.Integer(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("calibrations", schema=None) as batch_op:
        batch_op.create_index("ix_calibrations_of", ["scope", "key"], unique=False)

    op.create_table(
        "mention_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("engine_label", sa.String(), nullable=False),
        sa.Column("p_negative", sa.Double(), nullable=False),
        sa.Column("p_neutral", sa.Double(), nullable=False),
        sa.Column("p_positive", sa.Double(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=True),
        sa.Column("source_type", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibrations.id"],
            name=op.f("fk_mention_marks_calibration_id_calibrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention_marks")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("mention_marks", schema=None) as batch_op:
        batch_op.create_index("ix_mention_marks_at", ["at"], unique=False)
        batch_op.create_index("ix_mention_marks_mention", ["mention_id", "subject"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_mention_marks_source_type"), ["source_type"], unique=False
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("mention_marks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mention_marks_source_type"))
        batch_op.drop_index("ix_mention_marks_mention")
        batch_op.drop_index("ix_mention_marks_at")

    op.drop_table("mention_marks")
    with op.batch_alter_table("calibrations", schema=None) as batch_op:
        batch_op.drop_index("ix_calibrations_of")

    op.drop_table("calibrations")
