"""``shengyu cases``."""

from pathlib import Path

from alerts.queries import case_list
from api.command.opening import opened
from api.command.output import line, record
from api.rest.forms import case_form

_PAGE = 200


def run(env_file: Path | None, everything: bool, as_json: bool) -> int:
    """Print cases, the most urgent first."""
    with opened(env_file) as service, service.records.read() as session:
        cursor: str | None = None
        while True:
            page = case_list(session, open_only=not everything, limit=_PAGE, cursor=cursor)
            for row in page.items:
                if as_json:
                    record(case_form(row))
                else:
                    due = row.resolution_due_at.astimezone(service.zone)
                    line(f"{row.id}  {row.state:12}  {due:%m-%d %H:%M}  {row.title}")
            cursor = page.next_cursor
            if cursor is None:
                return 0
