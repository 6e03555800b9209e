"""``shengyu doctor``: what stands, what does not, and what to do about it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.checks import elastic, machine, probes, records
from api.checks.finding import Check, Finding, found
from api.command.opening import opened
from api.command.output import line, note, record
from api.wiring import Service


def run(env_file: Path | None, as_json: bool, *, put_back: bool = False) -> int:
    """Print a line for each finding; returns 1 when there is something to do.

    With *put_back* the batches that were set aside go back into the spool first.
    """
    sound = True
    with opened(env_file, in_transfer=True) as service:
        if put_back:
            note(f"放回了 {service.spool.put_back()} 批，由工作进程再次入库。")
        for finding in _findings(service):
            sound = sound and finding.ok
            _print(finding, as_json)
    return 0 if sound else 1


def _findings(service: Service) -> Iterator[Finding]:
    for name, check in _CHECKS:
        yield from found(name, check, service)


def _print(finding: Finding, as_json: bool) -> None:
    if as_json:
        record(
            {
                "check": finding.check,
                "ok": finding.ok,
                "detail": finding.detail,
                "hint": finding.hint,
            }
        )
        return
    line(f"{'✓' if finding.ok else '✗'} {finding.check}：{finding.detail}")
    if finding.hint:
        line(f"    {finding.hint}")


def _workspace(service: Service) -> Iterator[Finding]:
    yield Finding("工作区", f"{service.workspace.name} ({service.workspace.path})")


_CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("工作区", _workspace),
    ("设置", machine.settings),
    ("记录版本", records.version),
    ("记录结构", records.form),
    ("记录", records.rights),
    ("数据库时钟", records.clock),
    # First the probe: it makes what is made at first use.
    ("提及索引", probes.mentions),
    ("提及索引的形式", probes.form),
    ("索引", records.index),
    ("保留期", records.retention),
    ("资产索引", probes.assets),
    ("Elasticsearch", elastic.server),
    ("文件库", probes.objects),
    ("文件", records.files),
    ("采集缓冲", machine.spool),
    ("磁盘", machine.disk),
    ("邮件", machine.mail),
)
