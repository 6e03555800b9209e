"""``shengyu doctor``: what stands, what does not, and what to do about it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from api.command.opening import opened
from api.command.output import line, record
from api.wiring import Service
from core.errors import ShengyuError
from storage.records.database import database_now
from storage.search import Selection

_LEAST_FREE: Final = 1 << 30
_LARGEST_SKEW_S: Final = 5.0


def run(env_file: Path | None, as_json: bool) -> int:
    """Print a line for each check; returns 1 when one failed."""
    with opened(env_file) as service:
        results = [_result(name, check, service) for name, check in _CHECKS.items()]
    for result in results:
        if as_json:
            record(result)
        else:
            mark = "✓" if result["ok"] else "✗"
            line(f"{mark} {result['check']}：{result['detail']}")
            if result["hint"]:
                line(f"    {result['hint']}")
    return 0 if all(result["ok"] for result in results) else 1


def _result(name: str, check: Callable[[Service], tuple[bool, str, str]], service: Service) -> Any:
    try:
        ok, detail, hint = check(service)
    except (ShengyuError, OSError) as error:
        ok, detail, hint = False, str(error), "查看日志；数据文件可能损坏，请从备份恢复。"
    return {"check": name, "ok": ok, "detail": detail, "hint": None if ok else hint}


def _workspace(service: Service) -> tuple[bool, str, str]:
    return True, f"{service.workspace.name} ({service.workspace.path})", ""


def _records(service: Service) -> tuple[bool, str, str]:
    with service.records.read() as session:
        skew = abs((database_now(session) - service.clock.now()).total_seconds())
    return skew <= _LARGEST_SKEW_S, f"时钟相差 {skew:.1f} 秒", "校准这台机器的时钟（NTP）。"


def _index(service: Service) -> tuple[bool, str, str]:
    return True, f"{service.index.count(Selection())} 条提及", ""


def _spool(service: Service) -> tuple[bool, str, str]:
    files, size = service.spool.backlog()
    poison = len(list((service.spool.path / "poison").glob("*.jsonl")))
    hint = f"查看 {service.spool.path / 'poison'} 中的 .reason.txt。"
    return poison == 0, f"{files} 批待入库（{size} 字节），{poison} 批已搁置", hint


def _disk(service: Service) -> tuple[bool, str, str]:
    free = shutil.disk_usage(service.workspace.path).free
    return (
        free >= _LEAST_FREE,
        f"剩余 {free / 1e9:.1f} GB",
        "清理磁盘或把 SHENGYU_DATA_DIR 移到更大的盘。",
    )


def _mail(service: Service) -> tuple[bool, str, str]:
    if service.settings.smtp_url is None:
        return True, f"未设置 SMTP，邮件写入 {service.workspace.mail}", ""
    return True, "已设置 SMTP", ""


_CHECKS: Final = {
    "工作区": _workspace,
    "记录": _records,
    "索引": _index,
    "采集缓冲": _spool,
    "磁盘": _disk,
    "邮件": _mail,
}
