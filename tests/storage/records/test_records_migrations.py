from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, make_url, text

from core.errors import StorageError
from storage.records import Base, Records
from storage.records.migrate import _config, downgrade, upgrade
from storage.records.postgresql import postgresql_engine
from storage.records.sqlite import sqlite_engine

Schema = dict[str, object]
_CATALOG = """
SELECT 'table ' || table_name || '.' || column_name AS name, data_type, collation_name,
  is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index ' || indexname, indexdef, '', '', '' FROM pg_indexes
  WHERE schemaname = 'public'
UNION ALL SELECT 'constraint ' || conname, pg_get_constraintdef(oid), '', '', '' FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence ' || sequencename, data_type::text, '', '', '' FROM pg_sequences
  WHERE schemaname = 'public'
"""


@pytest.fixture
def engine(bare_address: str) -> Iterator[Engine]:
    url = make_url(bare_address)
    made = sqlite_engine(Path(str(url.database))) if "sqlite" in url.drivername else None
    made = made or postgresql_engine(url)
    yield made
    made.dispose()


def schema_of(engine: Engine) -> Schema:
    """Return every table, index and constraint as the database wrote it down."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return {str(row.name): tuple(row) for row in connection.execute(text(_CATALOG))}
        rows = connection.execute(
            text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        ).all()
    return {f"{kind} {name}": sql for kind, name, sql in rows}


def test_up_down_up_leaves_the_same_schema(engine: Engine) -> None:
    upgrade(engine)
    first = schema_of(engine)
    downgrade(engine, "base")
    assert all("alembic_version" in name for name in schema_of(engine))
    upgrade(engine)
    assert schema_of(engine) == first
    assert len(first) > len(Base.metadata.tables)


def test_every_step_can_be_taken_back_and_again(engine: Engine) -> None:
    scripts = ScriptDirectory.from_config(_config(engine))
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    for revision in revisions:
        upgrade(engine, revision)
        here = schema_of(engine)
        downgrade(engine, "-1")
        upgrade(engine, revision)
        assert schema_of(engine) == here


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_foreign_keys_are_named_and_hold(engine: Engine) -> None:
    upgrade(engine)
    keys = {
        key["name"]
        for table in inspect(engine).get_table_names()
        for key in inspect(engine).get_foreign_keys(table)
    }
    assert "fk_cases_brand_id_brands" in keys
    assert None not in keys


def test_opening_a_migrated_database_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    Records.open_sqlite(path).close()
    before = path.read_bytes()
    Records.open_sqlite(path).close()
    assert path.read_bytes() == before


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(
    records: Records, records_address: str
) -> None:
    with records.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    records.close()
    with pytest.raises(StorageError, match="newer version of Shengyu"):
        Records.open(records_address)


def test_marks_that_were_there_begin_their_way_to_the_copies(engine: Engine) -> None:
    upgrade(engine, "0003")
    mark = (
        "INSERT INTO mention_marks (mention_id, subject, label, engine_label, p_negative,"
        " p_neutral, p_positive, engine, origin, actor_name, at)"
        " VALUES (:mention, '', 'neutral', 'negative', 1, 0, 0, 'e', 'found', '林岚', '2026-01-01')"
    )
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO stories (id, first_mention_id, first_at, text, signature,"
                " mention_count) VALUES ('s1', 'm1', '2026-01-01', '', '00', 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO story_members VALUES"
                " ('m1', 's1', '2026-01-01'), ('m2', 's1', '2026-01-01')"
            )
        )
        for mention in ("m1", "m1", "alone"):
            connection.execute(text(mark), {"mention": mention})
    upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM mark_reaches")).all()
        taken = connection.scalar(text("SELECT count(*) FROM mention_marks WHERE taken_label=''"))
    assert ([tuple(row) for row in rows], taken) == ([("m1", "s1", 2, "")], 3)


def test_what_copies_took_over_goes_with_the_step_that_brought_it(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO mention_marks (mention_id, subject, label, taken_label, taken_from,"
                " engine_label, p_negative, p_neutral, p_positive, engine, origin, actor_name, at)"
                " VALUES ('m2', '', '', 'neutral', 1, 'negative', 1, 0, 0, 'e', 'copy', '林岚',"
                " '2026-01-01')"
            )
        )
    downgrade(engine, "0003")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM mention_marks")) == 0


def test_bands_keep_their_stories_when_these_get_numbers_and_back(engine: Engine) -> None:
    upgrade(engine, "0007")
    bands = {(-(2**63), "s2"), (7, "s1"), (7, "s2"), (2**63 - 1, "s1")}
    with engine.begin() as connection:
        for story in ("s2", "s1"):
            connection.execute(
                text(
                    "INSERT INTO stories (id, first_mention_id, first_at, text, signature,"
                    " mention_count) VALUES (:story, 'm', '2026-01-01', '', '00', 1)"
                ),
                {"story": story},
            )
        for key, story in bands:
            row = {"key": key, "story": story}
            connection.execute(text("INSERT INTO story_bands VALUES (:key, :story)"), row)
    upgrade(engine)
    with engine.connect() as connection:
        numbers = connection.execute(text("SELECT id, number FROM stories ORDER BY number")).all()
        assert [tuple(row) for row in numbers] == [("s1", 1), ("s2", 2)]
        named = "SELECT key, id FROM story_bands JOIN stories ON number = story_number"
        assert {tuple(row) for row in connection.execute(text(named))} == bands
    downgrade(engine, "0007")
    with engine.connect() as connection:
        before = connection.execute(text("SELECT key, story_id FROM story_bands")).all()
        assert {tuple(row) for row in before} == bands
