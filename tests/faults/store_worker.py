"""A process that writes or reads a workspace's embedded files until it is killed or done.

``python -m tests.faults.store_worker ROLE FOLDER NAME ROUNDS``: writers print a line of JSON after
each round, when everything of it was acknowledged; readers end with 1 when what they see at one
moment is not whole.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult

from core.errors import LeaseLost
from storage.records import Records
from storage.records.lease import claim_due, settle
from storage.records.watch import Brand, Source
from storage.records.workspace import Fact
from storage.search import EmbeddedMentionIndex, SearchRequest, Selection
from storage.search.sql import LABELS
from tests.storage.search.search_mentions import brand, mention

NOW: Final = datetime(2026, 7, 1, tzinfo=UTC)
LEASE: Final = timedelta(milliseconds=200)
OWN, SHARED, MARKED = 5, 5, 5


def write_records(folder: Path, name: str, rounds: int) -> None:
    """A round: two rows and a counter in one transaction, a compare-and-set, a leased row."""
    records = Records.open_sqlite(folder / "records.sqlite")
    for number in range(rounds):
        with records.write() if number % 2 else records.load() as session:
            counter = session.get_one(Fact, "counter")
            counter.value = str(int(counter.value) + 1)
            session.add(Fact(name=f"left {name} {number}", value="x" * 500))
            session.flush()
            session.add(Fact(name=f"right {name} {number}", value="y" * 500))
        _tell(number, won=_compare_and_set(records), settled=_lease(records))
    records.close()


def read_records(folder: Path, name: str, rounds: int) -> None:
    """Every moment shows as many left as right rows, and the counter says how many."""
    records = Records.open_sqlite(folder / "records.sqlite")
    for _ in range(rounds):
        with records.read() as session:
            left, right = (
                session.scalar(
                    select(func.count()).select_from(Fact).where(Fact.name.startswith(side))
                )
                for side in ("left ", "right ")
            )
            counter = int(session.get_one(Fact, "counter").value)
        assert left == right == counter, f"{left} left, {right} right, {counter} counted"
    records.close()


def write_search(folder: Path, name: str, rounds: int) -> None:
    """A round: mentions of its own, some that all writers create, and marks on a fixed few."""
    index = EmbeddedMentionIndex(folder / "search.sqlite")
    for number in range(rounds):
        own = [f"{name} {number} {at}" for at in range(OWN)]
        shared = [f"shared {number} {at}" for at in range(SHARED)]
        made = [
            mention(key, "星澜手机", batch_id=name, brands=(brand("b1"),))
            for key in (*own, *shared)
        ]
        owners = index.create_many(made)
        label = LABELS[number % len(LABELS)]
        index.relabel_many(
            [
                mention(f"marked {at}", label=label, brands=(brand("b1", label),), marked=number)
                for at in range(MARKED)
            ]
        )
        index.sync()
        _tell(number, owned=sum(owners[key] == name for key in shared))
    index.close()


def read_search(folder: Path, name: str, rounds: int) -> None:
    """Every moment shows whole batches, and facets and counts that add up."""
    index = EmbeddedMentionIndex(folder / "search.sqlite")
    for _ in range(rounds):
        page = index.search(SearchRequest(q="手机", facets=True))
        assert page.facets is not None
        assert page.total % OWN == 0, f"{page.total} are no whole batches"
        assert sum(page.facets.labels.values()) == page.total == page.facets.brands.get("b1", 0)
        marked = index.get_many([f"marked {at}" for at in range(MARKED)]).values()
        assert len({(each.label, each.brands[0].label, each.marked) for each in marked}) == 1
        assert index.count(Selection()) >= page.total
    index.close()


def _compare_and_set(records: Records) -> int:
    """Raise the version seen just now; say whether nobody was quicker."""
    with records.read() as session:
        seen = session.get_one(Brand, "brand").version
    with records.write() as session:
        result = session.execute(
            update(Brand)
            .where(Brand.id == "brand", Brand.version == seen)
            .values(version=seen + 1)
            .execution_options(synchronize_session=False)
        )
    assert isinstance(result, CursorResult)
    return result.rowcount


def _lease(records: Records) -> int:
    """Claim a source that nobody holds and count on it; say how many were counted."""
    with records.write() as session:
        claims = claim_due(session, Source, NOW, lease=LEASE, limit=1)
    settled = 0
    for claim in claims:
        try:
            with records.write() as session:
                source = session.get_one(Source, claim.id)
                settle(session, Source, claim, items_total=source.items_total + 1)
            settled += 1
        except LeaseLost:
            continue
    return settled


def _tell(number: int, **acknowledged: int) -> None:
    sys.stdout.write(json.dumps({"round": number, **acknowledged}) + "\n")
    sys.stdout.flush()


ROLES: Final[dict[str, Callable[[Path, str, int], None]]] = {
    "write_records": write_records,
    "read_records": read_records,
    "write_search": write_search,
    "read_search": read_search,
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
