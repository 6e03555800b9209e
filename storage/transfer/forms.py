"""Records of an older form: brought in as they were written, then migrated like any others."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import JSON, Engine, MetaData, Table, text

from storage.records import Records, migrations
from storage.records.copying import tables_in_order
from storage.records.migrate import downgrade, upgrade
from storage.transfer.archive import ArchiveFault


def revision_of(records: Records) -> str:
    """Return the name of the form that the records have."""
    with records.read() as session:
        return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def demand_known(revision: str) -> None:
    """Raise ``ArchiveFault`` when a newer version made records of this form."""
    try:
        ScriptDirectory(str(Path(migrations.__file__).parent)).get_revision(revision)
    except CommandError as error:
        raise ArchiveFault("这份备份的记录由更新的版本写成。请先升级声誉，再恢复它。") from error


@contextmanager
def in_form(records: Records, revision: str) -> Iterator[Mapping[str, Table]]:
    """Give the tables of empty *records* in the form *revision*, which has gone afterwards."""
    if revision == revision_of(records):
        yield {table.name: table for table in tables_in_order()}
        return
    with records.write() as session:
        engine = session.connection().engine
    downgrade(engine, revision)
    try:
        yield _reflected(engine)
    finally:
        upgrade(engine)


def _reflected(engine: Engine) -> Mapping[str, Table]:
    found = MetaData()
    found.reflect(engine)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return {table.name: table for table in found.sorted_tables}
