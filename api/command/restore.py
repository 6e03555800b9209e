"""``shengyu restore``: a backup into an empty workspace, embedded or on servers."""

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from api.command.environment import command_settings
from api.command.output import note, record
from api.command.standstill import standstill
from api.command.telling import Telling
from api.stores import Stores, open_stores
from assets.indexing import rebuild
from core.clock import SystemClock
from core.errors import Conflict, InvalidInput
from core.settings import Settings
from core.workspace import (
    Workspace,
    WorkspaceName,
    keep_secret_key,
    prepare_data_dir,
    use_workspace,
)
from storage.transfer import Archive, Contents, bring_back, demand_known, mark, secret_of
from storage.transfer.emptiness import is_empty

_NAMES: Final = ("main", "sample")


def run(env_file: Path | None, file: Path, replace: bool, as_json: bool) -> int:
    """Bring the backup *file* back; nothing is touched before all of it was verified."""
    settings = command_settings(env_file)
    prepare_data_dir(settings.data_dir)
    tell = Telling()
    with Archive(file) as archive:
        note(f"正在核对 {file} ……")
        contents = archive.verify(tell)
        demand_known(contents.head.revision)
        secret = secret_of(archive)
        target = _target(settings, contents)
        _demand_secret(settings, secret)
        with standstill(settings, target):
            if not replace:
                _demand_room(settings, target, secret)
            aside = Workspace(target.name, settings.data_dir / f"{target.name}.restoring")
            shutil.rmtree(aside.path, ignore_errors=True)
            _fill(settings, archive, contents, aside, secret, tell)
            tell.close()
            kept = _swap(settings, aside, target, secret)
            if not replace:
                shutil.rmtree(kept)  # it was found empty
    _report(contents, target, kept if replace else None, as_json)
    return 0


def _target(settings: Settings, contents: Contents) -> Workspace:
    name = contents.head.workspace
    if name not in _NAMES:
        raise InvalidInput(f"备份里的工作区叫 {name[:40]!a}，不是 main 或 sample。请换一份备份。")
    if name == "sample" and settings.servers:
        raise InvalidInput("这是示例工作区的备份，示例只能放在数据文件夹里，不能放到服务器上。")
    return Workspace(cast(WorkspaceName, name), settings.data_dir / name)


def _demand_secret(settings: Settings, secret: str) -> None:
    """Links, sign-ins and pseudonyms of the backup hold only under its own key."""
    given = settings.secret_key
    if given is not None and given.get_secret_value() != secret:
        raise InvalidInput(
            "SHENGYU_SECRET_KEY 与备份里的密钥不同。请先取出备份里的密钥："
            "tar -xOf 备份文件 secret_key，再写进设置。",
            field="secret_key",
        )


def _demand_room(settings: Settings, target: Workspace, secret: str) -> None:
    """Raise ``Conflict`` when anything lies in the workspace's folder."""
    embedded = Settings.model_validate({"data_dir": settings.data_dir})
    stores = open_stores(embedded, target, secret, SystemClock())
    try:
        held = not is_empty(stores, (target.spool, target.mail))
    finally:
        stores.close()
    if held:
        raise Conflict(
            f"{target.path} 里已经有数据。要保留它请换一个 SHENGYU_DATA_DIR；"
            "要用备份代替它请加 --replace，原来的文件夹会改名留下。"
        )


def _fill(
    settings: Settings,
    archive: Archive,
    contents: Contents,
    aside: Workspace,
    secret: str,
    tell: Telling,
) -> None:
    aside.path.mkdir(mode=0o700)
    clock = SystemClock()
    stores = open_stores(settings, aside, secret, clock)
    try:
        on_server = settings.database_url is not None
        origin = f"backup {contents.manifest.sums_sha256}"
        begun = mark.read(stores.records) if on_server else None
        if begun is None or begun.origin != origin or begun.finished_at is not None:
            _demand_empty(stores)
            if on_server:
                mark.begin(stores.records, origin, clock.now())
        bring_back(archive, contents, stores, aside.path, tell)
        rebuild(stores.records, stores.asset_index)
        if on_server:
            mark.finish(stores.records, clock.now())
    finally:
        stores.close()


def _demand_empty(stores: Stores) -> None:
    if not is_empty(stores):
        raise Conflict(
            "这些服务器上已经有数据，不能恢复进去。请换一个新的数据库、"
            "SHENGYU_ELASTICSEARCH_PREFIX 和 SHENGYU_S3_BUCKET，或先清空它们。"
        )


def _swap(settings: Settings, aside: Workspace, target: Workspace, secret: str) -> Path:
    """Put the filled folder in its place; return where the old one is kept."""
    os.sync()
    stamp = f"{datetime.now(settings.zone):%Y%m%d-%H%M%S}"
    kept = target.path.with_name(f"{target.name}.replaced-{stamp}")
    target.path.rename(kept)
    if settings.secret_key is None:
        key = settings.data_dir / "secret_key"
        if key.exists() and key.read_text(encoding="utf-8").strip() != secret:
            key.rename(key.with_name(f"secret_key.replaced-{stamp}"))
        keep_secret_key(settings.data_dir, secret)
    aside.path.rename(target.path)
    use_workspace(settings.data_dir, target.name)
    return kept


def _report(contents: Contents, target: Workspace, kept: Path | None, as_json: bool) -> None:
    head, done = contents.head, contents.manifest
    if as_json:
        record(
            {
                "workspace": head.workspace,
                "begun_at": head.begun_at,
                "rows": sum(done.tables.values()),
                "mentions": done.mentions,
                "files": done.files,
                "replaced": None if kept is None else str(kept),
            }
        )
    note(
        f"已恢复 {head.begun_at} 的备份：{sum(done.tables.values()):,} 行记录，"
        f"{done.mentions:,} 条提及，{done.files:,} 个资产文件，{done.spool} 批待入库。"
    )
    if kept is not None:
        note(f"原来的工作区留在 {kept}；确认无误后可以删除。")
    for key in done.absent:
        note(f"备份时就缺少的文件：{key}")
    note(f"现在可以启动：shengyu up（工作区 {target.name}）。")
