"""``shengyu assets add``: files into the library, as drafts."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import select

from api.command.opening import opened
from api.command.output import line, note, progress, record
from api.rest.asset_forms import asset_form
from api.wiring import Service
from assets.actor import Actor
from assets.library import create_asset
from assets.rows import asset_rows
from assets.sniffing import type_of
from assets.uploads import CompletedUpload, take_file
from assets.words import KINDS
from core.errors import InvalidInput, ShengyuError, StorageError
from storage.records.watch import Brand

_ACTOR: Final = Actor(None, "命令行", "admin")


@dataclass(frozen=True)
class About:
    """What is said of every file; without a title its name is the title."""

    kind: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()
    brand_id: str | None = None


def add(
    env_file: Path | None,
    paths: list[Path],
    kind: str | None,
    title: str | None,
    tags: list[str],
    brand: str | None,
    as_json: bool,
) -> int:
    """Add each of *paths* as an asset; returns 1 when one was refused, each named on stderr."""
    if kind is not None and (kind not in KINDS or kind == "message"):
        known = "、".join(name for name in KINDS if name != "message")
        raise InvalidInput(f"没有 {kind} 这种资产；可用：{known}。", field="kind")
    if title is not None and len(paths) > 1:
        raise InvalidInput("--title 只能用于一个文件。", field="title")
    failed = 0
    with opened(env_file) as service:
        about = About(kind, title, tuple(tags), _brand_id(service, brand))
        for path in progress(paths, "上传", total=len(paths)):
            try:
                form = _added(service, path, about)
            except StorageError:
                raise
            except ShengyuError as error:
                failed += 1
                note(f"{path}：{error}")
                continue
            if as_json:
                record(form)
            else:
                line(f"{form['id']}  {form['kind']}  {form['title']}")
    return 1 if failed else 0


def _added(service: Service, path: Path, about: About) -> dict[str, Any]:
    with _opened_file(path) as stream:
        upload = take_file(
            service.records,
            service.files,
            stream,
            actor=_ACTOR,
            filename=path.name,
            clock=service.clock,
            ids=service.ids,
        )
    return _asset(service, upload, about)


def _asset(service: Service, upload: CompletedUpload, about: About) -> dict[str, Any]:
    today = service.clock.now().astimezone(service.zone).date()
    with service.records.write() as session:
        asset = create_asset(
            session,
            kind=about.kind or type_of(upload.media_type).kind,
            title=about.title or Path(upload.filename).stem,
            tags=about.tags,
            brand_id=about.brand_id,
            actor=_ACTOR,
            clock=service.clock,
            ids=service.ids,
            upload=upload,
        )
        session.flush()
        row = asset_rows(session, [asset.id], today=today)[asset.id]
    return asset_form(row)


def _opened_file(path: Path) -> BinaryIO:
    try:
        # A pipe or a device would be waited for without end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise InvalidInput("不是普通文件。")
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(f"不能读取：{error.strerror}。") from error


def _brand_id(service: Service, brand: str | None) -> str | None:
    """Return the id of the brand with this name, alias or id."""
    if brand is None:
        return None
    found = service.brand_names().get(brand)
    if found is not None:
        return found
    with service.records.read() as session:
        known = session.scalar(
            select(Brand.id).where(Brand.id == brand, Brand.archived_at.is_(None))
        )
    if known is None:
        raise InvalidInput(f"没有品牌“{brand}”；请先添加它，或检查写法。", field="brand")
    return known
