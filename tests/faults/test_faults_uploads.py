"""SIGKILL at every named point of completing an upload: run again, it is there exactly once."""

import signal
from pathlib import Path

import pytest
from child_process import run_python
from sqlalchemy import select
from upload_files import film

from assets import uploads
from assets.actor import Actor
from assets.uploads import PART_SIZE
from core.clock import SystemClock
from core.faults import POINTS
from core.ids import Ids
from storage.objects import FolderObjectStore, blob_key
from storage.records import Records
from storage.records.accounts import AuditEvent
from storage.records.library import Blob, Upload

pytestmark = pytest.mark.faults

ACTOR = Actor("user_lin", "林", "brand_manager")
SECRET = "a secret of the tests"
COMPLETE = """
import sys
from pathlib import Path
from assets import uploads
from assets.actor import Actor
from core.clock import SystemClock
from core.ids import Ids
from storage.objects import FolderObjectStore
from storage.records import Records
records = Records.open_sqlite(Path(sys.argv[1]))
files = FolderObjectStore(Path(sys.argv[2]), secret=sys.argv[3], clock=SystemClock())
actor = Actor("user_lin", "林", "brand_manager")
print(uploads.complete(
    records, files, sys.argv[4], actor=actor, clock=SystemClock(), ids=Ids()).sha256)
"""


@pytest.fixture
def files(tmp_path: Path) -> FolderObjectStore:
    return FolderObjectStore(tmp_path / "files", secret=SECRET, clock=SystemClock())


def sent(records: Records, files: FolderObjectStore) -> str:
    """Send a file of two parts; return the id of its upload."""
    data, clock = film(PART_SIZE + 10), SystemClock()
    plan = uploads.begin(
        records, files, actor=ACTOR, filename="a.mp4", size=len(data), clock=clock, ids=Ids()
    )
    for part in plan.parts:
        grant = files.verify(part.method, part.url, clock.now(), part.size)
        files.put(grant.key, [data[part.offset : part.offset + part.size]], limit=part.size)
    return plan.id


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("upload.")])
def test_an_upload_killed_there_is_completed_by_asking_again(
    point: str, records: Records, files: FolderObjectStore, tmp_path: Path
) -> None:
    upload_id = sent(records, files)
    arguments = (COMPLETE, tmp_path / "records.sqlite", tmp_path / "files", SECRET, upload_id)
    killed = run_python(*arguments, SHENGYU_FAULT=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    again = run_python(*arguments)
    assert again.returncode == 0, again.stderr

    sha256 = again.stdout.strip()
    assert [head.key for head in files.list("").objects] == [blob_key(sha256)]
    with records.read() as session:
        assert [blob.sha256 for blob in session.scalars(select(Blob))] == [sha256]
        assert [upload.state for upload in session.scalars(select(Upload))] == ["complete"]
        told = session.scalars(
            select(AuditEvent.action).where(AuditEvent.record_id == upload_id)
        ).all()
    assert sorted(told) == ["upload.begin", "upload.complete"]
