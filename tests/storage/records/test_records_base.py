from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from storage.records import Records
from storage.records.watch import Brand

BEIJING = timezone(timedelta(hours=8))
AWARE = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, BEIJING, timezone(timedelta(hours=-3, minutes=-30))]),
)


def stored(records: Records, moment: datetime | None) -> datetime | None:
    """Write *moment* as the time a brand was archived and read it back."""
    with records.write() as session:
        session.merge(Brand(id="b", name="b", role="own", created_at=_NOW, archived_at=moment))
    with records.read() as session:
        return session.get_one(Brand, "b").archived_at


_NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_naive_time_is_refused(records: Records) -> None:
    with pytest.raises(StatementError, match="naive time"):
        stored(records, datetime(2026, 7, 1))  # noqa: DTZ001 - what is refused


def test_no_time_stays_no_time(records: Records) -> None:
    assert stored(records, None) is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=AWARE)
def test_every_aware_time_comes_back_as_the_same_moment_in_utc(
    records: Records, moment: datetime
) -> None:
    back = stored(records, moment)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


def test_times_of_different_zones_sort_by_the_moment(records: Records) -> None:
    early, late = datetime(2026, 7, 1, 9, tzinfo=BEIJING), datetime(2026, 7, 1, 2, tzinfo=UTC)
    with records.write() as session:
        for name, moment in (("late", late), ("early", early)):
            session.add(Brand(id=name, name=name, role="own", created_at=moment))
    with records.read() as session:
        rows = session.query(Brand.id).order_by(Brand.created_at).all()
    assert [row.id for row in rows] == ["early", "late"]


def test_lists_and_objects_come_back_as_they_were(records: Records) -> None:
    with records.write() as session:
        session.add(Brand(id="x", name="x", role="own", created_at=_NOW, aliases=["声誉", "😀"]))
    with records.read() as session:
        brand = session.get_one(Brand, "x")
    assert (brand.aliases, brand.products) == (["声誉", "😀"], [])
