"""``shengyu move``: an embedded workspace to servers, while it runs, proven equal at the end."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from api.command.environment import command_settings
from api.command.output import line, note, record
from api.command.standstill import standstill_if_stopped
from api.command.telling import Telling
from api.stores import Stores, open_stores
from assets.indexing import rebuild
from core.clock import SystemClock
from core.errors import InvalidInput, NotFound
from core.settings import Settings, load_settings
from core.workspace import Workspace, current_workspace, prepare_data_dir, secret_key
from storage.records.library import Asset
from storage.transfer.moving import Move, Parts
from storage.transfer.proof import Compared, Sum

_STORES: Final = {"records": "记录", "mentions": "提及", "files": "文件", "assets": "资产索引"}


@dataclass(frozen=True)
class _Plan:
    """From where to where, with which key."""

    env_file: Path
    here: Settings
    there: Settings
    workspace: Workspace
    target: Workspace
    secret: str

    @property
    def parts(self) -> Parts:
        """A store moves when it goes to a server, or to another data folder."""
        away = self.workspace.path.resolve() != self.target.path.resolve()
        there = self.there
        return Parts(
            records=away or there.database_url is not None,
            mentions=away or there.elasticsearch_url is not None,
            files=away or there.s3_endpoint is not None,
        )

    @property
    def origin(self) -> str:
        """What tells this workspace from every other, and nothing of its key."""
        return "move " + hashlib.sha256(f"move:{self.secret}".encode()).hexdigest()[:32]


def run(env_file: Path | None, to: Path, as_json: bool) -> int:
    """Copy, and with the service stopped prove; 1 when the copy is not equal."""
    plan = _plan(env_file, to)
    clock = SystemClock()
    with (
        _opened(plan.here, plan.workspace, plan.secret) as source,
        _opened(plan.there, plan.target, plan.secret) as target,
    ):
        move = Move(source, target, plan.parts, origin=plan.origin, clock=clock)
        move.demand_free()
        tell = Telling()
        with standstill_if_stopped(plan.here, plan.workspace) as stopped:
            if stopped:
                return _finish(plan, move, target, tell, as_json)
        note("服务正在运行：先复制，不影响使用。")
        move.copy(tell)
        tell.close()
        with standstill_if_stopped(plan.here, plan.workspace) as stopped:
            if stopped:
                return _finish(plan, move, target, tell, as_json)
    note("已复制。请停止服务，再运行一次同样的命令：它只补上这期间的变化，然后逐项比对。")
    if as_json:
        record({"finished": False, "equal": None})
    return 0


def _plan(env_file: Path | None, to: Path) -> _Plan:
    here, there = command_settings(env_file), load_settings(to)
    if here.servers:
        raise InvalidInput(
            "现在的设置已经指向服务器；move 只搬数据文件夹里的工作区。"
            "请用原来的设置运行，并把服务器写进 --to 的文件。"
        )
    if not there.servers:
        raise InvalidInput(
            f"{to} 里没有服务器。请写上 SHENGYU_DATABASE_URL、SHENGYU_ELASTICSEARCH_URL、"
            "SHENGYU_S3_ENDPOINT 中的至少一个。",
            field="to",
        )
    workspace = current_workspace(here.data_dir)
    if workspace is None:
        raise NotFound(f"{here.data_dir} 里没有工作区。请检查 SHENGYU_DATA_DIR。")
    if workspace.is_sample:
        raise InvalidInput("示例工作区不能搬到服务器。请先运行 shengyu sample clear。")
    kept = here.secret_key.get_secret_value() if here.secret_key else secret_key(here.data_dir)
    assert there.secret_key is not None  # servers ask for it
    if there.secret_key.get_secret_value() != kept:
        raise InvalidInput(
            "两边的密钥要相同，否则已发出的链接、登录和作者化名都会失效。请在 "
            f"{to} 中写上 SHENGYU_SECRET_KEY_FILE={(here.data_dir / 'secret_key').resolve()}"
            "，并去掉 SHENGYU_SECRET_KEY。",
            field="secret_key",
        )
    prepare_data_dir(there.data_dir)
    target = Workspace("main", there.data_dir / "main")
    target.path.mkdir(parents=True, exist_ok=True)
    return _Plan(to, here, there, workspace, target, kept)


@contextmanager
def _opened(settings: Settings, workspace: Workspace, secret: str) -> Iterator[Stores]:
    stores = open_stores(settings, workspace, secret, SystemClock())
    try:
        yield stores
    finally:
        stores.close()


def _finish(plan: _Plan, move: Move, target: Stores, tell: Telling, as_json: bool) -> int:
    """With everything at a standstill: bring the rest, compare, and print the proof."""
    note("服务已停止：复制、补齐并比对。")
    move.copy(tell)
    tell.close()
    _bring_folders(plan)
    if plan.parts.mentions:
        rebuild(target.records, target.asset_index)
    equal = True
    for compared in _compared(plan, move, target, tell):
        equal = equal and compared.equal
        _print(compared, as_json)
    tell.close()
    if as_json:
        record({"finished": equal, "equal": equal})
    if not equal:
        note("两边不一致，上面标 ✗ 的各项不同。没有改动原来的工作区；请再运行一次。")
        return 1
    move.finish()
    note("全部一致。原来的工作区没有改动。从现在起用新的设置启动：")
    note(f"  shengyu --env-file {plan.env_file} up")
    return 0


def _bring_folders(plan: _Plan) -> None:
    """Batches and mails stay files; another data folder gets copies."""
    if plan.workspace.path.resolve() == plan.target.path.resolve():
        return
    for ours, theirs in (
        (plan.workspace.spool, plan.target.spool),
        (plan.workspace.mail, plan.target.mail),
    ):
        if ours.exists():
            shutil.copytree(ours, theirs, dirs_exist_ok=True)


def _compared(plan: _Plan, move: Move, target: Stores, tell: Telling) -> Iterator[Compared]:
    yield from move.compare(tell)
    if plan.parts.mentions:
        yield _compared_assets(target)


def _compared_assets(target: Stores) -> Compared:
    """The library's index is made from the records: each asset must be there as it is now."""
    with target.records.read() as session:
        known = {row.id: row.revision for row in session.execute(select(Asset.id, Asset.revision))}
    held = target.asset_index.revisions()
    return Compared("assets", "revisions", _sum(known), _sum(held))


def _sum(revisions: dict[str, int]) -> Sum:
    told = "".join(f"{key} {revisions[key]}\n" for key in sorted(revisions))
    return Sum(len(revisions), hashlib.sha256(told.encode()).hexdigest())


def _print(compared: Compared, as_json: bool) -> None:
    source, target = compared.source, compared.target
    if as_json:
        record(
            {
                "store": compared.store,
                "name": compared.name,
                "equal": compared.equal,
                "source": {"count": source.count, "sha256": source.sha256},
                "target": {"count": target.count, "sha256": target.sha256},
            }
        )
        return
    where = f"{_STORES[compared.store]} {compared.name}"
    if compared.equal:
        line(f"✓ {where}：{source.count:,}  {source.sha256[:16]}")
    else:
        line(
            f"✗ {where}：原有 {source.count:,}（{source.sha256[:16]}），"
            f"新有 {target.count:,}（{target.sha256[:16]}）"
        )
