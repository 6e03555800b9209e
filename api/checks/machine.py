"""This machine and the settings: what fits together, disk, spool, mail."""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from api.checks.finding import Finding
from api.wiring import Service

_LEAST_FREE: Final = 1 << 30
_SHORTEST_SECRET: Final = 32
# A batch is usually ingested within seconds.
_LONGEST_WAIT_S: Final = 3600.0


def settings(service: Service) -> Iterator[Finding]:
    """Settings that are right each by itself and do not fit together."""
    given = service.settings
    problems = []
    public = given.public_url is not None and not _is_local(given.public_url)
    if given.servers and given.public_url is None:
        problems.append(
            "没有 SHENGYU_PUBLIC_URL，邮件里的链接会指向 127.0.0.1。请设为大家打开网页用的地址。"
        )
    if public and given.smtp_url is None:
        problems.append("没有 SHENGYU_SMTP_URL，提醒邮件不会寄出。请设置邮件服务器。")
    reached = given.s3_public_endpoint or given.s3_endpoint
    if public and reached is not None and _is_local(reached):
        problems.append(
            f"浏览器到不了 {reached}，文件无法上传和下载。请设置 SHENGYU_S3_PUBLIC_ENDPOINT。"
        )
    if given.database_url is not None and given.elasticsearch_url is None:
        problems.append(
            "记录在服务器上，而搜索索引在本机：别的机器看不到它。"
            "只用一台机器可以不管；否则请设置 SHENGYU_ELASTICSEARCH_URL。"
        )
    if given.elasticsearch_url is not None and given.database_url is None:
        problems.append(
            "搜索索引在服务器上，而记录在本机：别的机器看不到它。"
            "只用一台机器可以不管；否则请设置 SHENGYU_DATABASE_URL。"
        )
    if given.secret_key is not None and len(given.secret_key) < _SHORTEST_SECRET:
        problems.append(
            f"SHENGYU_SECRET_KEY 不到 {_SHORTEST_SECRET} 个字符，容易被猜出。请换长的。"
        )
    where = "、".join(f"SHENGYU_{name.upper()}" for name in given.servers) or "全部在数据文件夹里"
    for problem in problems:
        detail, _, hint = problem.partition("。")
        yield Finding("设置", detail, hint)
    if not problems:
        yield Finding("设置", where)


def disk(service: Service) -> Iterator[Finding]:
    """Free space where the workspace's folder lies."""
    free = shutil.disk_usage(service.workspace.path).free
    detail = f"剩余 {free / 1e9:.1f} GB"
    full = free < _LEAST_FREE
    yield Finding("磁盘", detail, "清理磁盘或把 SHENGYU_DATA_DIR 移到更大的盘。" if full else None)


def spool(service: Service) -> Iterator[Finding]:
    """Batches that wait, and those that nobody can read."""
    files, size = service.spool.backlog()
    poisoned = service.spool.poisoned()
    waited = max(_waits(service), default=0.0)
    hint = None
    if poisoned:
        first = poisoned[0]
        hint = (
            f"{first.file}：{first.reason or '原因见旁边的 .reason.txt'}。"
            "升级或改好文件之后，用 shengyu doctor --put-back 再试。"
        )
    elif waited > _LONGEST_WAIT_S:
        hint = "最早的一批已等了一个多小时。请看工作进程是否在运行，以及它的日志。"
    yield Finding("采集缓冲", f"{files} 批待入库（{size} 字节），{len(poisoned)} 批已搁置", hint)


def mail(service: Service) -> Iterator[Finding]:
    """Where mails go."""
    if service.settings.smtp_url is None:
        yield Finding("邮件", f"未设置 SMTP，邮件写入 {service.workspace.mail}")
    else:
        yield Finding("邮件", "已设置 SMTP")


def _waits(service: Service) -> Iterator[float]:
    now = time.time()
    for path in service.spool.pending():
        with suppress(FileNotFoundError):  # ingested since the listing
            yield now - path.stat().st_mtime


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
