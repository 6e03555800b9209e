"""A small library on the desk of the pages: pictures, a handbook, one of every state."""

import io
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pages_desk import PagesDesk
from PIL import Image, ImageDraw

from assets import library, reviewing, rights
from assets.actor import Actor
from assets.indexing import index_due
from assets.processing import process_due
from assets.uploads import CompletedUpload, take_file
from storage.records.library import Asset

# The writer of small PDF files serves here too.
sys.path.insert(0, str(Path(__file__).parents[2] / "assets" / "reading"))

from reading_files import chinese_pdf

HANDBOOK = ("星澜科技品牌手册", "标志四周留白。标志最小宽度为 24 毫米。", "色彩与字体的规范。")
CLAIM = "S3 净化器全网销量第一，安静又省电。"
FORBIDDEN = "国家级品质，最佳选择。"
HOSTILE_TITLE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
WRITER = Actor("user_brand_manager", "林brand_manager", "brand_manager")
LEGAL = Actor("user_legal", "林legal", "legal")
COMPLIANCE = Actor("user_compliance", "林compliance", "compliance")


@dataclass
class PagesLibrary:
    """The desk and the ids of what is in its library."""

    desk: PagesDesk

    handbook: str = ""
    poster: str = ""
    hostile: str = ""
    recalled: str = ""
    draft: str = ""
    forbidden: str = ""
    waiting: str = ""
    review: str = ""

    def work(self) -> None:
        """Let the worker read what came in, and search learn of it."""
        service = self.desk.service
        process_due(service.records, service.files, service.clock, service.ids, limit=50)
        self.index()

    def index(self) -> None:
        service = self.desk.service
        index_due(service.records, service.asset_index, service.clock, limit=500)

    def take(self, name: str, content: bytes) -> CompletedUpload:
        service = self.desk.service
        return take_file(
            service.records,
            service.files,
            io.BytesIO(content),
            actor=WRITER,
            filename=name,
            clock=service.clock,
            ids=service.ids,
        )

    def add(self, name: str, content: bytes, **fields: Any) -> str:
        service = self.desk.service
        done = self.take(name, content)
        given: dict[str, Any] = {"kind": "media", "title": name} | fields
        with service.records.write() as session:
            made = library.create_asset(
                session,
                **given,
                actor=WRITER,
                clock=service.clock,
                ids=service.ids,
                upload=done,
            )
            return made.id

    def version_of(self, asset_id: str) -> int:
        service = self.desk.service
        with service.records.read() as session:
            return session.get_one(Asset, asset_id).version

    def request(self, asset_id: str, note: str = "") -> str:
        service = self.desk.service
        with service.records.write() as session:
            return reviewing.request(
                session,
                asset_id,
                library.asset_of(session, asset_id).version,
                actor=WRITER,
                note=note,
                clock=service.clock,
                ids=service.ids,
            ).id

    def approve(self, review_id: str, *actors: Actor) -> None:
        service = self.desk.service
        for actor in actors or (LEGAL, COMPLIANCE):
            with service.records.write() as session:
                review = session.get_one(reviewing.Review, review_id)
                reviewing.decide(
                    session,
                    review_id,
                    review.version,
                    side=actor.role,  # type: ignore[arg-type]
                    verdict="approve",
                    actor=actor,
                    clock=service.clock,
                    ids=service.ids,
                )

    def publish(self, asset_id: str) -> None:
        self.approve(self.request(asset_id))

    def limit(self, asset_id: str, **fields: Any) -> None:
        """Add a usage right."""
        service = self.desk.service
        with service.records.write() as session:
            version = library.asset_of(session, asset_id).version
            rights.add_right(
                session,
                asset_id,
                version,
                actor=WRITER,
                clock=service.clock,
                ids=service.ids,
                **fields,
            )

    def today(self) -> date:
        service = self.desk.service
        return service.clock.now().astimezone(service.zone).date()


def picture(colour: str, size: tuple[int, int] = (640, 360)) -> bytes:
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((size[0] // 3, 60, size[0] // 3 + 200, 260), fill="white")
    saved = io.BytesIO()
    image.save(saved, "PNG")
    return saved.getvalue()


def fill_library(desk: PagesDesk) -> PagesLibrary:
    """Put everything into the library, published where its name says so."""
    made = PagesLibrary(desk)
    made.handbook = made.add(
        "VI 手册.pdf",
        chinese_pdf(HANDBOOK),
        kind="guideline",
        title="星澜科技 VI 手册 2026",
        tags=["手册", "标志"],
        brand_id=desk.brand,
    )
    made.poster = made.add("poster.png", picture("#2f54c8"), title="门店海报 冬季", tags=["海报"])
    made.hostile = made.add(
        "odd.txt", "只是一段话。".encode(), kind="guideline", title=HOSTILE_TITLE
    )
    made.recalled = made.add("07.png", picture("#c2352b"), title="代言人 棚拍 07")
    made.draft = made.add("draft.txt", "安静又省电。".encode(), kind="guideline", title="卖点草稿")
    made.forbidden = made.add("slogan.txt", FORBIDDEN.encode(), kind="guideline", title="口号")
    made.waiting = made.add("claim.txt", CLAIM.encode(), kind="guideline", title="双十二文案")
    made.work()
    for asset_id in (made.handbook, made.poster, made.hostile, made.recalled):
        made.publish(asset_id)
    made.limit(
        made.poster,
        subject="模特肖像",
        licensor="光影经纪",
        channels=["xiaohongshu", "wechat"],
        valid_until=made.today() + timedelta(days=12),
    )
    _prove(made)
    made.review = made.request(made.waiting, "双十二要用，请尽快。")
    _recall(made)
    made.index()
    return made


def _prove(made: PagesLibrary) -> None:
    service = made.desk.service
    with service.records.write() as session:
        rights.add_evidence(
            session,
            made.waiting,
            library.asset_of(session, made.waiting).version,
            actor=WRITER,
            clock=service.clock,
            ids=service.ids,
            claim="全网销量第一",
            issuer="某数据公司",
            period="2025 年",
            valid_until=made.today() + timedelta(days=200),
        )


def _recall(made: PagesLibrary) -> None:
    service = made.desk.service
    with service.records.write() as session:
        library.recall(
            session,
            made.recalled,
            library.asset_of(session, made.recalled).version,
            actor=WRITER,
            reason="合同到期",
            clock=service.clock,
        )
