"""A library with the people who work on it, for the tests of many rooms."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import library, reviewing, rights
from assets.actor import Actor
from assets.availability import day_of
from assets.findings import check_version
from assets.rows import AssetDetail, AssetRow, asset_detail, asset_rows
from assets.uploads import CompletedUpload
from core.clock import FixedClock
from core.ids import Ids
from storage.records import Records
from storage.records.accounts import AuditEvent, User
from storage.records.library import (
    Asset,
    AssetVersion,
    Blob,
    Review,
    TextLayer,
    WordingFinding,
)
from storage.records.watch import Brand

WRITER: Final = Actor("user_writer", "文岚", "brand_manager")
EDITOR: Final = Actor("user_editor", "周航", "brand_manager")
LAWYER: Final = Actor("user_lawyer", "罗正", "legal")
SECOND_LAWYER: Final = Actor("user_lawyer2", "罗安", "legal")
OFFICER: Final = Actor("user_officer", "何规", "compliance")
ADMIN: Final = Actor("user_chief", "陈总", "admin")
PEOPLE: Final = (WRITER, EDITOR, LAWYER, SECOND_LAWYER, OFFICER, ADMIN)
OWN_BRAND: Final = "brand_own"


@dataclass
class LibraryDesk:
    """Does with the library what its people do, each act in a transaction of its own."""

    records: Records
    clock: FixedClock
    ids: Ids = field(default_factory=Ids)

    def __post_init__(self) -> None:
        with self.records.write() as session:
            session.add(
                Brand(id=OWN_BRAND, name="星澜科技", role="own", created_at=self.clock.now())
            )
            for person in PEOPLE:
                session.add(
                    User(
                        id=str(person.id),
                        username=str(person.id),
                        display_name=person.name,
                        role=person.role,
                        password_hash="",
                        created_at=self.clock.now(),
                    )
                )

    @property
    def today(self) -> date:
        return day_of(self.clock.now())

    def upload(self, content: str = "content", filename: str = "海报.png") -> CompletedUpload:
        """Hold *content* as if it had been uploaded and checked."""
        data = content.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        now = self.clock.now()
        with self.records.write() as session:
            if session.get(Blob, sha256) is None:
                made = {"created_at": now, "verified_at": now}
                session.add(Blob(sha256=sha256, size=len(data), media_type="image/png", **made))
        return CompletedUpload(self.ids.new("upload"), sha256, len(data), "image/png", filename)

    def add(
        self,
        title: str = "夏季海报",
        *,
        text: str | None = "清凉一夏，欢迎到店。",
        content: str | None = None,
        actor: Actor = WRITER,
        **values: Any,
    ) -> Asset:
        """Add a picture whose text *text* the worker has read; None leaves it unread."""
        upload = self.upload(content or f"{title}/{text}")
        with self.records.write() as session:
            given = {"kind": "media", "upload": upload, "actor": actor, **values}
            asset = library.create_asset(
                session, title=title, clock=self.clock, ids=self.ids, **given
            )
        if text is not None:
            self.read(asset.current_version_id, text)
        return self.asset(asset.id)

    def add_version(
        self, asset_id: str, text: str | None = "第二版的文字。", actor: Actor = WRITER
    ) -> Asset:
        """Add a newer version of a picture."""
        upload = self.upload(f"{asset_id}/{text}")
        with self.records.write() as session:
            asset = library.add_version(
                session,
                asset_id,
                self.seen(session, asset_id),
                upload=upload,
                actor=actor,
                clock=self.clock,
                ids=self.ids,
            )
        if text is not None:
            self.read(asset.current_version_id, text)
        return self.asset(asset_id)

    def read(self, version_id: str | None, *pages: str) -> None:
        """Do what the worker does when it has read a file."""
        with self.records.write() as session:
            version = session.get_one(AssetVersion, version_id)
            version.processing, version.next_due_at = "done", None
            for page, text in enumerate(pages, 1):
                session.add(
                    TextLayer(version_id=version.id, page=page, source="embedded", text=text)
                )
            check_version(session, version.id, self.clock)

    def edit(self, asset_id: str, actor: Actor = WRITER, **changes: Any) -> Asset:
        with self.records.write() as session:
            seen = self.seen(session, asset_id)
            library.edit(session, asset_id, seen, actor=actor, clock=self.clock, **changes)
        return self.asset(asset_id)

    def act(self, action: str, asset_id: str, **values: Any) -> Asset:
        """Recall, restore or archive."""
        with self.records.write() as session:
            given = {"actor": WRITER, "clock": self.clock, **values}
            getattr(library, action)(session, asset_id, self.seen(session, asset_id), **given)
        return self.asset(asset_id)

    def add_right(self, asset_id: str, **values: Any) -> str:
        given: dict[str, Any] = {"subject": "图片", "actor": WRITER, **values}
        with self.records.write() as session:
            seen = self.seen(session, asset_id)
            made = rights.add_right(
                session, asset_id, seen, clock=self.clock, ids=self.ids, **given
            )
        return made.id

    def add_evidence(self, asset_id: str, **values: Any) -> str:
        given: dict[str, Any] = {"claim": "行业领先", "issuer": "星海研究院", "actor": WRITER}
        with self.records.write() as session:
            seen = self.seen(session, asset_id)
            made = rights.add_evidence(
                session, asset_id, seen, clock=self.clock, ids=self.ids, **(given | values)
            )
        return made.id

    def request(self, asset_id: str, actor: Actor = WRITER, note: str = "") -> Review:
        with self.records.write() as session:
            return reviewing.request(
                session,
                asset_id,
                self.seen(session, asset_id),
                actor=actor,
                note=note,
                clock=self.clock,
                ids=self.ids,
            )

    def decide(
        self,
        review_id: str,
        actor: Actor,
        verdict: str = "approve",
        comment: str = "",
        *,
        version: int | None = None,
        side: str | None = None,
    ) -> Review:
        with self.records.write() as session:
            seen = session.get_one(Review, review_id).version if version is None else version
            return reviewing.decide(
                session,
                review_id,
                seen,
                side=side or actor.role,  # type: ignore[arg-type]  # wrong sides are tried too
                verdict=verdict,  # type: ignore[arg-type]
                comment=comment,
                actor=actor,
                clock=self.clock,
                ids=self.ids,
            )

    def publish(self, asset_id: str) -> Asset:
        """Have the newest version reviewed by both sides."""
        review = self.request(asset_id)
        self.decide(review.id, LAWYER)
        self.decide(review.id, OFFICER)
        return self.asset(asset_id)

    def published(self, title: str = "夏季海报", **values: Any) -> Asset:
        return self.publish(self.add(title, **values).id)

    def asset(self, asset_id: str) -> Asset:
        with self.records.read() as session:
            return session.get_one(Asset, asset_id)

    def review(self, review_id: str) -> Review:
        with self.records.read() as session:
            return session.get_one(Review, review_id)

    def version(self, version_id: str | None) -> AssetVersion:
        with self.records.read() as session:
            return session.get_one(AssetVersion, version_id)

    def row(self, asset_id: str, today: date | None = None) -> AssetRow:
        with self.records.read() as session:
            return asset_rows(session, [asset_id], today=today or self.today)[asset_id]

    def detail(self, asset_id: str) -> AssetDetail:
        with self.records.read() as session:
            return asset_detail(session, asset_id, today=self.today)

    def findings(self, asset_id: str) -> Sequence[WordingFinding]:
        """Return what was found in the newest version, in the order of finding."""
        version_id = self.asset(asset_id).current_version_id
        with self.records.read() as session:
            return session.scalars(
                select(WordingFinding)
                .where(WordingFinding.version_id == version_id)
                .order_by(WordingFinding.id)
            ).all()

    def told(self, record_id: str) -> list[str]:
        """Return the audited actions on a record, in their order."""
        with self.records.read() as session:
            return list(
                session.scalars(
                    select(AuditEvent.action)
                    .where(AuditEvent.record_id == record_id)
                    .order_by(AuditEvent.id)
                )
            )

    @staticmethod
    def seen(session: Session, asset_id: str) -> int:
        asset = session.get(Asset, asset_id)
        return 0 if asset is None else asset.version
