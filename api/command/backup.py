"""``shengyu backup``."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from api.command.opening import opened
from api.command.output import note, record
from api.command.telling import Telling
from core.clock import isoformat
from storage.transfer import Head, back_up, revision_of, written_aside
from storage.transfer.archive import FORMAT, MAIL, SPOOL


def run(env_file: Path | None, file: Path, as_json: bool) -> int:
    """Write the workspace in use into *file*; 1 when files that the records name are missing."""
    tell = Telling()
    with opened(env_file) as service, written_aside(file) as out:
        head = Head(
            format=FORMAT,
            version=_version(),
            revision=revision_of(service.records),
            workspace=service.workspace.name,
            begun_at=isoformat(service.clock.now()),
        )
        folders = {SPOOL: service.workspace.spool, MAIL: service.workspace.mail}
        done = back_up(service, folders, service.secret, head, out, clock=service.clock, tell=tell)
        tell.close()
    size = file.stat().st_size
    if as_json:
        record(
            {
                "file": str(file),
                "bytes": size,
                "rows": sum(done.tables.values()),
                "mentions": done.mentions,
                "files": done.files,
                "absent": done.absent,
            }
        )
    rows = sum(done.tables.values())
    note(
        f"已备份到 {file}（{size / 1e6:,.1f} MB）：{rows:,} 行记录，{done.mentions:,} 条提及，"
        f"{done.files:,} 个资产文件，{done.spool} 批待入库，{done.mail} 封邮件。"
    )
    note("备份里有密钥和全部数据，只有您能读（权限 600）；请存放在别的机器上并妥善保管。")
    for key in done.absent:
        note(f"记录提到的文件不在库中：{key}")
    return 1 if done.absent else 0


def _version() -> str:
    try:
        return installed("shengyu")
    except PackageNotFoundError:
        return "0"
