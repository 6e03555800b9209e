"""Each visit to a source is kept, pages are known, hosts rest; sources know host and gaps."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

from storage.records.base import Text, UtcDateTime, WideInteger

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "crawl_runs",
        sa.Column("trace_id", Text, nullable=False),
        sa.Column("source_id", Text, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("status", Text, nullable=False),
        *[
            sa.Column(name, WideInteger, nullable=False)
            for name in ("items", "new", "duplicates", "dropped", "pages", "failed_pages")
        ],
        sa.Column("error", Text, nullable=True),
        sa.Column("hint", Text, nullable=True),
        sa.Column("latencies", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("trace_id", name=op.f("pk_crawl_runs")),
    )
    op.create_index("ix_crawl_runs_source", "crawl_runs", ["source_id", "started_at", "new"])
    op.create_index(op.f("ix_crawl_runs_started_at"), "crawl_runs", ["started_at"])
    op.create_table(
        "crawl_hosts",
        sa.Column("host", Text, nullable=False),
        sa.Column("next_allowed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_crawl_hosts")),
    )
    op.create_index(op.f("ix_crawl_hosts_next_allowed_at"), "crawl_hosts", ["next_allowed_at"])
    op.create_table(
        "source_pages",
        sa.Column("source_id", Text, nullable=False),
        sa.Column("page_key", Text, nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("next_due_at", UtcDateTime(), nullable=True),
        sa.Column("visits", WideInteger, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "page_key", name=op.f("pk_source_pages")),
    )
    op.create_index("ix_source_pages_last", "source_pages", ["source_id", "last_at"])
    op.add_column("sources", sa.Column("host", Text, nullable=True))
    op.add_column("sources", sa.Column("gaps", sa.JSON(), server_default="{}", nullable=False))
    op.create_index(op.f("ix_sources_host"), "sources", ["host"])
    _tell_hosts()


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_sources_host"), "sources")
    op.drop_column("sources", "gaps")
    op.drop_column("sources", "host")
    op.drop_table("source_pages")
    op.drop_table("crawl_hosts")
    op.drop_table("crawl_runs")


def _tell_hosts() -> None:
    sources = sa.table("sources", sa.column("id"), sa.column("url"), sa.column("host"))
    bind = op.get_bind()
    for source_id, url in bind.execute(sa.select(sources.c.id, sources.c.url)).all():
        # urlsplit refuses a few addresses; those were never crawled either.
        try:
            host = urlsplit(url).hostname
        except ValueError:
            host = None
        told = sources.update().where(sources.c.id == source_id).values(host=host)
        bind.execute(told)
