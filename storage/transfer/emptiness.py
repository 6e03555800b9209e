"""Whether stores hold nothing yet."""

from collections.abc import Sequence
from pathlib import Path

from storage.search import Selection
from storage.transfer.stores import Stores, every_object
from storage.transfer.tables import no_rows


def is_empty(stores: Stores, folders: Sequence[Path] = ()) -> bool:
    """Say whether there is no record, no mention, no file, and nothing in *folders*."""
    with stores.records.read() as session:
        if not no_rows(session):
            return False
    stores.index.sync()  # else what came a moment ago is not counted
    if stores.index.count(Selection()) or next(every_object(stores.files), None) is not None:
        return False
    return not any(path.is_file() for folder in folders for path in folder.glob("**/*"))
