"""``shengyu crawl``: one source, now."""

from pathlib import Path

from sqlalchemy import or_, select

from api.command.awaiting import await_receipts
from api.command.opening import opened
from api.command.output import line, note, record
from api.wiring import Service
from api.worker import crawl_job
from core.errors import NotFound
from crawlers.schedule import crawl_now
from storage.records.watch import Source


def run(env_file: Path | None, name: str, as_json: bool) -> int:
    """Crawl the source called *name*, wait for ingest and print what came of it."""
    with opened(env_file) as service:
        source = source_called(service, name)
        report = crawl_now(
            service.records,
            lambda due: crawl_job(service, due),
            service.clock,
            source.id,
        )
        receipts = list(await_receipts(service, list(report.batch_ids)))
        counts = {
            field: sum(getattr(receipt, field) for receipt in receipts)
            for field in ("new", "duplicate", "dropped")
        }
        result = {"source": source.name, "status": report.status, "items": report.items} | counts
        if report.status == "error":
            result |= {"error": report.error, "hint": report.hint}
    if as_json:
        record(result)
    elif report.status == "error":
        note(f"{source.name}：{report.error}。{report.hint or ''}")
    else:
        line(
            "{source}：{items} 条，新增 {new}，重复 {duplicate}，未入库 {dropped}".format(**result)
        )
    return 1 if report.status == "error" else 0


def source_called(service: Service, name: str) -> Source:
    """Return the source with that name or id. Raises ``NotFound`` that lists them."""
    with service.records.read() as session:
        source = session.scalar(select(Source).where(or_(Source.id == name, Source.name == name)))
        known = session.scalars(select(Source.name)).all()
    if source is None:
        listed = "、".join(known) or "（还没有来源）"
        raise NotFound(f"没有来源 {name!r}。现有来源：{listed}")
    return source
