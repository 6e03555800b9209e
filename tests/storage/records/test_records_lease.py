import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from child_process import finished, hear, say, start_python
from sqlalchemy import text, update

from core.errors import LeaseLost
from storage.records import Records
from storage.records.lease import Lease, claim_due, release_all, renew, settle
from storage.records.watch import Source

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CLAIM = """
import sys
from datetime import datetime, timedelta
from storage.records import Records
from storage.records.lease import claim_due
from storage.records.watch import Source
records = Records.open(sys.argv[1])
now = datetime.fromisoformat(sys.argv[2])
for _ in range(40):
    with records.write() as session:
        for claim in claim_due(session, Source, now, lease=timedelta(minutes=1), limit=1):
            print(claim.id, claim.fence)
"""


HOLD = """
import sys
from datetime import datetime, timedelta
from core.errors import LeaseLost
from storage.records import Records
from storage.records.lease import claim_due, settle
from storage.records.watch import Source
records = Records.open(sys.argv[1])
now = datetime.fromisoformat(sys.argv[2])
with records.write() as session:
    [mine] = claim_due(session, Source, now, lease=timedelta(minutes=1), limit=1)
print("claimed", flush=True)
sys.stdin.readline()
try:
    with records.write() as session:
        settle(session, Source, mine, failures=9)
except LeaseLost:
    print("lost", flush=True)
"""


def add_source(records: Records, name: str, due: datetime = NOW, enabled: bool = True) -> None:
    with records.write() as session:
        session.add(
            Source(
                id=name,
                name=name,
                kind="feed",
                url="https://example.cn/feed",
                platform="news",
                identity="url",
                interval_s=900,
                delay_s=1.0,
                enabled=enabled,
                created_at=NOW,
                next_due_at=due,
            )
        )


def claim(records: Records, limit: int = 10, now: datetime = NOW) -> list[Lease]:
    with records.write() as session:
        return claim_due(session, Source, now, lease=MINUTE, limit=limit)


def let_expire(records: Records) -> None:
    """Move the leases into the past of the database's own time."""
    with records.write() as session:
        session.execute(update(Source).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))


def source(records: Records, name: str) -> Source:
    with records.read() as session:
        return session.get_one(Source, name)


def test_what_is_due_is_claimed_the_longest_due_first(records: Records) -> None:
    add_source(records, "later", NOW - MINUTE)
    add_source(records, "first", NOW - 2 * MINUTE)
    add_source(records, "not yet", NOW + MINUTE)
    assert [each.id for each in claim(records)] == ["first", "later"]


def test_no_more_is_claimed_than_asked_for(records: Records) -> None:
    for number in range(5):
        add_source(records, f"s{number}", NOW - number * MINUTE)
    assert [each.id for each in claim(records, limit=2)] == ["s4", "s3"]


def test_what_a_condition_leaves_out_is_not_claimed(records: Records) -> None:
    add_source(records, "on")
    add_source(records, "off", enabled=False)
    with records.write() as session:
        where = [Source.enabled.is_(True)]
        claims = claim_due(session, Source, NOW, lease=MINUTE, limit=9, where=where)
    assert [each.id for each in claims] == ["on"]


def test_a_held_row_is_not_claimed_again(records: Records) -> None:
    add_source(records, "a")
    assert len(claim(records)) == 1
    assert claim(records) == []


def test_only_one_of_four_processes_claims_a_due_row(
    records: Records, records_address: str
) -> None:
    names = [f"s{number:02}" for number in range(20)]
    for name in names:
        add_source(records, name)
    children = [start_python(CLAIM, records_address, NOW.isoformat()) for _ in range(4)]
    results = [finished(child) for child in children]
    assert [done.returncode for done in results] == [0] * 4
    claimed = [line for done in results for line in done.stdout.splitlines()]
    assert sorted(claimed) == [f"{name} 1" for name in names]


def test_a_lease_expires_by_the_databases_time_and_not_by_the_services_clock(
    records: Records,
) -> None:
    add_source(records, "a")
    claim(records)
    assert claim(records, now=NOW + timedelta(days=365)) == []
    let_expire(records)
    assert len(claim(records)) == 1


def test_a_lease_lasts_as_long_as_was_asked_of_the_databases_time(records: Records) -> None:
    add_source(records, "a")
    claim(records)
    until = source(records, "a").lease_until
    assert until is not None
    assert abs(until - datetime.now(UTC) - MINUTE) < timedelta(seconds=10)


def test_settling_writes_the_values_and_frees_the_row(records: Records) -> None:
    add_source(records, "a")
    [mine] = claim(records)
    with records.write() as session:
        settle(session, Source, mine, failures=3, next_due_at=NOW + MINUTE)
    row = source(records, "a")
    assert (row.failures, row.next_due_at, row.lease_until) == (3, NOW + MINUTE, None)
    assert claim(records) == []
    assert [each.fence for each in claim(records, now=NOW + MINUTE)] == [2]


def test_who_lost_the_lease_can_neither_settle_nor_renew(records: Records) -> None:
    add_source(records, "a")
    [slow] = claim(records)
    let_expire(records)
    [quick] = claim(records)
    with pytest.raises(LeaseLost, match="another worker"), records.write() as session:
        settle(session, Source, slow, failures=9)
    with pytest.raises(LeaseLost), records.write() as session:
        renew(session, Source, slow, MINUTE)
    assert source(records, "a").failures == 0
    with records.write() as session:
        settle(session, Source, quick, failures=1)
    assert source(records, "a").failures == 1


def test_a_worker_that_was_stopped_cannot_overwrite_its_successor(
    records: Records, records_address: str
) -> None:
    add_source(records, "a")
    slow = start_python(HOLD, records_address, NOW.isoformat())
    assert hear(slow) == "claimed"
    os.kill(slow.pid, signal.SIGSTOP)
    let_expire(records)
    [quick] = claim(records)
    os.kill(slow.pid, signal.SIGCONT)
    say(slow)
    assert hear(slow) == "lost"
    assert finished(slow).returncode == 0
    with records.write() as session:
        settle(session, Source, quick, failures=1)
    assert source(records, "a").failures == 1


def test_what_was_written_beside_a_lost_lease_is_rolled_back(records: Records) -> None:
    add_source(records, "a")
    add_source(records, "b")
    slow = claim(records)[0]
    let_expire(records)
    claim(records)

    def write_late() -> None:
        with records.write() as session:
            session.get_one(Source, "b").failures = 7
            settle(session, Source, slow)

    with pytest.raises(LeaseLost):
        write_late()
    assert source(records, "b").failures == 0


def test_an_expired_lease_that_nobody_took_still_holds(records: Records) -> None:
    add_source(records, "a")
    [mine] = claim(records)
    let_expire(records)
    with records.write() as session:
        settle(session, Source, mine, failures=1)
    assert source(records, "a").failures == 1


def test_renewing_keeps_others_away(records: Records) -> None:
    add_source(records, "a")
    [mine] = claim(records)
    let_expire(records)
    with records.write() as session:
        renew(session, Source, mine, MINUTE)
    assert claim(records) == []


def test_a_row_that_was_removed_counts_as_lost(records: Records) -> None:
    add_source(records, "a")
    [mine] = claim(records)
    with records.write() as session:
        session.execute(text("DELETE FROM sources"))
    with pytest.raises(LeaseLost), records.write() as session:
        renew(session, Source, mine, MINUTE)


def test_the_sole_worker_frees_what_a_dead_one_held(records: Records) -> None:
    add_source(records, "a")
    claim(records)
    with records.write() as session:
        release_all(session, Source)
    assert [each.fence for each in claim(records)] == [2]
