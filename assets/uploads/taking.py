"""A file that comes in one piece: by the command line and by the form without script."""

from typing import BinaryIO

from assets.actor import Actor
from assets.sniffing import check_name, sniff
from assets.uploads.keeping import keep
from assets.uploads.object_file import object_file
from assets.uploads.plan import MAX_SIZE, CompletedUpload, completed_of, prefix_of
from assets.uploads.receiving import new_upload
from core.clock import Clock
from core.errors import InvalidInput
from core.ids import Ids
from storage.objects import ObjectStore, place_blob
from storage.records import Records


def take_file(
    records: Records,
    files: ObjectStore,
    stream: BinaryIO,
    *,
    actor: Actor,
    filename: str,
    clock: Clock,
    ids: Ids,
    limit: int = MAX_SIZE,
) -> CompletedUpload:
    """Check and keep what *stream* gives, at most *limit* bytes, in bounded memory.

    Raises ``InvalidInput`` with the reason when it is refused; then nothing is left of it.
    """
    check_name(filename)
    upload = new_upload(actor, filename, 0, clock, ids)
    key = f"{prefix_of(upload.id)}whole"
    try:
        whole = files.put(key, stream, limit=limit)
        if not whole.size:
            raise InvalidInput("文件是空的，请选择有内容的文件。", field="size")
        with object_file(files, whole) as file:
            media_type = sniff(file, filename)
        blob = place_blob(files, whole)
        keep(records, files, upload, blob, media_type, actor=actor, clock=clock, new=True)
    finally:
        files.delete(key)
    return completed_of(upload)
