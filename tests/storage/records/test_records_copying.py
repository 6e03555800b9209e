from collections.abc import Iterator
from itertools import islice

import pytest
from records_rows import WIDEST, a_mark, add_some_of_everything
from sqlalchemy import delete, select, text

from storage.records import Records
from storage.records.copying import (
    Batch,
    copy_records,
    copy_table,
    digest,
    remove_absent,
    tables_in_order,
)
from storage.records.marks import MentionMark
from storage.records.stories import StoryMember
from storage.records.watch import Brand, Source


@pytest.fixture(params=["to the server", "to the file"])
def both(
    request: pytest.FixtureRequest, embedded: Records, served: Records
) -> Iterator[tuple[Records, Records]]:
    """A source with some of everything and an empty target, of different engines."""
    source, target = (embedded, served) if request.param == "to the server" else (served, embedded)
    with source.write() as session:
        add_some_of_everything(session)
    return source, target


def copy(source: Records, target: Records) -> list[Batch]:
    with source.read() as session:
        return list(copy_records(session, target))


def differing(source: Records, target: Records) -> list[str]:
    """Return the names of the tables that do not hold the same."""
    with source.read() as one, target.read() as other:
        first, second = digest(one), digest(other)
    assert list(first) == [table.name for table in tables_in_order()]
    return [name for name in first if first[name] != second[name]]


def test_a_copy_holds_the_same_to_the_last_bit(both: tuple[Records, Records]) -> None:
    source, target = both
    assert "sources" in differing(source, target)
    copy(source, target)
    assert differing(source, target) == []
    with target.read() as session:
        copied = session.get_one(Source, "s")
    assert copied.interval_s == WIDEST
    assert list(copied.rules) == ["z", "a"]


def test_tables_that_others_refer_to_come_first() -> None:
    names = [table.name for table in tables_in_order()]
    for table in tables_in_order():
        for key in table.foreign_keys:
            assert names.index(key.column.table.name) <= names.index(table.name)


def test_a_second_copy_writes_nothing(both: tuple[Records, Records]) -> None:
    copy(*both)
    again = copy(*both)
    assert sum(batch.written for batch in again) == 0
    assert sum(batch.rows for batch in again) > 2_500


def test_a_copy_that_was_cut_off_goes_on_behind_its_last_batch(
    both: tuple[Records, Records],
) -> None:
    source, target = both
    table = StoryMember.__table__
    with source.read() as session:
        for before in tables_in_order()[: tables_in_order().index(table)]:  # type: ignore[arg-type]
            list(copy_table(session, target, before))
        [first] = islice(copy_table(session, target, table), 1)  # type: ignore[arg-type]
        rest = list(copy_table(session, target, table, after=first.last))  # type: ignore[arg-type]
    assert [first.written, *(batch.written for batch in rest)] == [1_000, 1_000, 500]
    assert "story_members" not in differing(source, target)


def test_what_changed_and_what_is_gone_is_brought_up_to_date(
    both: tuple[Records, Records],
) -> None:
    source, target = both
    copy(source, target)
    with source.write() as session:
        session.execute(delete(StoryMember).where(StoryMember.mention_id < "m2"))
        session.get_one(Source, "s").etag = "new"
        session.add(a_mark())
    with source.read() as session:
        gone = remove_absent(session, target)
    written = sum(batch.written for batch in copy(source, target))
    assert (gone, written) == (1_112, 2)
    assert differing(source, target) == []


def test_names_that_two_brands_exchanged_do_not_stand_in_each_others_way(
    both: tuple[Records, Records],
) -> None:
    source, target = both
    copy(source, target)
    with source.write() as session:
        first, second = session.get_one(Brand, "b1"), session.get_one(Brand, "b2")
        names = first.name, second.name
        first.name = "aside"
        session.flush()
        second.name = names[0]
        session.flush()
        first.name = names[1]
    copy(source, target)
    assert differing(source, target) == []


def test_the_next_id_follows_the_sources_though_its_last_rows_are_gone(
    both: tuple[Records, Records],
) -> None:
    source, target = both
    with source.write() as session:
        session.execute(delete(MentionMark).where(MentionMark.id == 3))
    copy(source, target)
    with target.write() as session:
        mark = a_mark()
        session.add(mark)
    assert mark.id == 4


def test_a_copy_under_the_sources_write_lock_is_complete(both: tuple[Records, Records]) -> None:
    source, target = both
    with source.write() as session:
        session.add(a_mark())
        session.flush()
        assert list(copy_records(session, target))
    assert differing(source, target) == []


def test_one_changed_value_changes_the_hash_and_not_the_count(embedded: Records) -> None:
    with embedded.write() as session:
        add_some_of_everything(session)
        before = digest(session)
        session.execute(text("UPDATE sources SET delay_s = 0.3"))
        after = digest(session)
    assert [name for name in before if before[name] != after[name]] == ["sources"]
    assert before["sources"].rows == after["sources"].rows == 1


def test_an_old_file_with_half_characters_can_be_copied(embedded: Records, served: Records) -> None:
    with embedded.write() as session:
        add_some_of_everything(session)
    # As earlier versions wrote it: escaped, and past what texts go through today.
    old = r'{"deep": ["\ud800", "\u0000", "\ud83d\ude00", "\\u0000"]}'
    with embedded.write() as session:
        session.execute(text("UPDATE sources SET rules = :old"), {"old": old})
    copy(embedded, served)
    assert differing(embedded, served) == []
    with served.read() as session:
        rules = session.scalars(select(Source.rules)).one()
    assert rules == {"deep": ["\ufffd", "\ufffd", "😀", "\\u0000"]}
