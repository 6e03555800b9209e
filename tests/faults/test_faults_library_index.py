"""SIGKILL around the library's search index: every change is carried, none twice over."""

import signal

import pytest
from library_rows import put_asset
from sqlalchemy import func, select

from api.wiring import Service
from storage.records.library import Asset, IndexOutbox
from storage.search.assets import AssetRequest
from tests.faults.processes import Installation, wait_until

pytestmark = pytest.mark.faults


def waiting(service: Service) -> int:
    with service.records.read() as session:
        return session.scalar(select(func.count()).select_from(IndexOutbox)) or 0


@pytest.mark.parametrize("point", ["library.before-index", "library.after-index"])
def test_a_worker_killed_there_leaves_search_in_step(
    point: str, service: Service, installation: Installation
) -> None:
    with service.records.write() as session:
        for number in range(5):
            put_asset(session, f"a{number}", "星澜科技", text="滤网")
    killed = installation.start("work", fault=point)
    assert killed.wait(60) == -signal.SIGKILL, installation.log()
    assert waiting(service) == 5
    written = service.asset_index.count()
    assert written == (0 if point == "library.before-index" else 5)

    installation.start("work")
    wait_until(lambda: waiting(service) == 0, 60, f"the index after a kill at {point}")

    page = service.asset_index.search(AssetRequest(q="滤网 xlkj", facets=True))
    assert (page.total, len({hit.id for hit in page.hits})) == (5, 5)
    assert page.facets is not None
    assert page.facets.kinds == {"media": 5}
    with service.records.read() as session:
        rows = session.execute(select(Asset.id, Asset.revision))
        assert service.asset_index.revisions() == {row.id: row.revision for row in rows}


def test_a_deleted_index_heals_when_the_worker_starts(
    service: Service, installation: Installation
) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "星澜科技")
    service.asset_index.close()
    for path in service.workspace.path.glob("asset-search.sqlite*"):
        path.unlink()
    installation.start("work")

    def healed() -> bool:
        ended = installation.start("search", "xlkj", "--assets", "--json")
        output, _ = ended.communicate(timeout=60)
        return b'"id": "a"' in output

    wait_until(healed, 60, "the index made anew")
