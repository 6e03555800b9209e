"""From the parts of an upload to a blob: whole or refused, once, whoever asks and how often."""

from assets.actor import Actor
from assets.sniffing import sniff
from assets.uploads.keeping import keep, refuse
from assets.uploads.object_file import object_file
from assets.uploads.plan import (
    CompletedUpload,
    completed_of,
    discard,
    missing,
    parts_of,
    prefix_of,
)
from assets.uploads.receiving import check_going, own_upload
from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.faults import fault_point
from core.ids import Ids
from storage.objects import ObjectStore, StoredObject, place_blob
from storage.records import Records
from storage.records.library import Upload


def complete(
    records: Records,
    files: ObjectStore,
    upload_id: str,
    *,
    actor: Actor,
    clock: Clock,
    ids: Ids,
) -> CompletedUpload:
    """Check the file that the parts make and keep it; asked again, return the same.

    Raises ``NotFound`` for no upload of *actor*, ``InvalidInput`` when parts are missing (then
    it may go on) or the file is refused (then all of it is deleted), ``Conflict`` when a part
    came again meanwhile.
    """
    upload = own_upload(records, upload_id, actor)
    if upload.state != "complete":
        check_going(upload, clock)
        try:
            _keep_checked(records, files, upload, actor, clock, ids)
        except (Conflict, InvalidInput, NotFound):
            # Another one who completes it deletes the parts when he has kept the file.
            upload = own_upload(records, upload_id, actor)
            if upload.state != "complete":
                raise
        upload = own_upload(records, upload_id, actor)
    discard(files, upload_id)
    return completed_of(upload)


def _keep_checked(
    records: Records, files: ObjectStore, upload: Upload, actor: Actor, clock: Clock, ids: Ids
) -> None:
    absent = missing(files, upload)
    if absent:
        numbers = "、".join(map(str, absent[:10])) + ("…" if len(absent) > 10 else "")
        raise InvalidInput(f"还缺第 {numbers} 段，请继续上传。", field="parts")
    key = f"{prefix_of(upload.id)}whole-{ids.new('try').replace('_', '-')}"
    try:
        # Under a key that no link was signed for: what is checked below is what is kept.
        whole = files.join([part.key for part in parts_of(upload)], key)
        media_type = _checked(records, files, upload, whole, clock)
        fault_point("upload.before-blob")
        blob = place_blob(files, whole)
        fault_point("upload.after-blob")
        keep(records, files, upload, blob, media_type, actor=actor, clock=clock)
        fault_point("upload.after-commit")
    finally:
        files.delete(key)


def _checked(
    records: Records, files: ObjectStore, upload: Upload, whole: StoredObject, clock: Clock
) -> str:
    """Return the true type of *whole*; what is wrong with it ends the upload."""
    try:
        if whole.size != upload.size:
            raise Conflict("有一段在检查时又传了一次，请再试一次。")
        if upload.sha256 not in {None, whole.sha256}:
            raise InvalidInput("文件内容与申请时的 SHA-256 不符，请重新上传。", field="sha256")
        with object_file(files, whole) as file:
            return sniff(file, upload.filename)
    except InvalidInput as error:
        if refuse(records, upload.id, str(error), clock):
            discard(files, upload.id)
        raise
