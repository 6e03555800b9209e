"""SIGKILL while a new file is read: its version is done once, with everything exactly once."""

import io
import signal

import pytest
from PIL import Image
from sqlalchemy import func, select

from api.wiring import Service
from core.faults import POINTS
from storage.objects import store_blob
from storage.records.library import Asset, AssetVersion, Blob, IndexOutbox, Rendition
from tests.faults.processes import Installation, wait_until

pytestmark = pytest.mark.faults


def add_picture(service: Service) -> None:
    """Add an asset with one version that waits for the worker."""
    out, now = io.BytesIO(), service.clock.now()
    Image.new("RGB", (2000, 1000), (215, 0, 15)).save(out, "PNG")
    stored = store_blob(service.files, [out.getvalue()], ids=service.ids, limit=None)
    with service.records.write() as session:
        session.add(
            Blob(
                sha256=stored.sha256,
                size=stored.size,
                media_type="image/png",
                created_at=now,
                verified_at=now,
            )
        )
        session.add(
            Asset(
                id="asset_one",
                kind="media",
                title="海报",
                description="",
                state="draft",
                current_version_id="ver_one",
                created_at=now,
                updated_at=now,
            )
        )
        session.flush()
        session.add(
            AssetVersion(
                id="ver_one",
                asset_id="asset_one",
                number=1,
                state="draft",
                sha256=stored.sha256,
                filename="海报.png",
                media_type="image/png",
                size=stored.size,
                note="",
                author="林岚",
                created_at=now,
                processing="pending",
                next_due_at=now,
            )
        )


def processing(service: Service) -> str:
    with service.records.read() as session:
        return session.get_one(AssetVersion, "ver_one").processing


@pytest.mark.parametrize("point", [p for p in POINTS if p.endswith("-store")])
def test_a_worker_killed_there_reads_the_file_once(
    point: str, service: Service, installation: Installation
) -> None:
    add_picture(service)
    killed = installation.start("work", fault=point)
    assert killed.wait(60) == -signal.SIGKILL, installation.log()
    assert processing(service) == ("pending" if point == "library.before-store" else "done")

    installation.start("work")
    wait_until(lambda: processing(service) == "done", 60, f"the work after a kill at {point}")

    with service.records.read() as session:
        version = session.get_one(AssetVersion, "ver_one")
        names = session.scalars(select(Rendition.name).order_by(Rendition.name)).all()
        marks = session.scalar(select(func.count()).select_from(IndexOutbox)) or 0
    assert list(names) == ["preview", "thumb"]
    assert version.attempts == (2 if point == "library.before-store" else 1)
    assert version.facts["width"] == 2000
    assert marks <= 1
    kept = service.files.list("renditions/").objects
    assert {head.key for head in kept} == {f"renditions/ver_one/{name}.webp" for name in names}
