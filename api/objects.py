"""The signed routes ``/objects/…``: they do for a folder what presigned URLs do for S3.

Whoever holds a signed path may use it; no session is asked for. Bytes stream through, both ways.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Annotated, Final, cast

from anyio import CapacityLimiter, fail_after, from_thread, to_thread
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from api.doors import service
from api.ranges import UNSATISFIABLE, wanted_range
from api.wiring import Service
from core.errors import InvalidInput, NotFound
from storage.objects import FolderObjectStore, Grant, ObjectReader, attachment_header

router = APIRouter(prefix="/objects", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]

# Whatever the file is, a browser that shows it all the same runs nothing of it.
_CONTENT_SECURITY_POLICY: Final = "sandbox; default-src 'none'"
# A slow sender holds a thread as long as he sends; the pages must not wait for one.
_SENDERS: Final = 32
# Nor may one who falls silent keep it from the others.
_SILENCE_S: Final = 30.0


@router.put("/{key:path}")
async def put_object(request: Request, opened: Opened) -> Response:
    """Store the body under the signed key, whole or not at all; 201 without a body."""
    grant = _grant(request, opened)
    store = partial(opened.files.put, grant.key, _from_loop(request), limit=grant.max_bytes)
    await to_thread.run_sync(store, limiter=_own_threads(request))
    return Response(status_code=201)


@router.get("/{key:path}")
def get_object(request: Request, opened: Opened) -> Response:
    """Send the object as a download; one range may be asked for."""
    grant = _grant(request, opened)
    head = opened.files.head(grant.key)
    if head is None:
        raise NotFound("这个文件已被删除。")
    tag = f'"{head.version}"'
    headers = _headers(grant, tag)
    start, end = 0, head.size
    found = wanted_range(request.headers, head.size, tag)
    if found == UNSATISFIABLE:
        return Response(status_code=416, headers={"content-range": f"bytes */{head.size}"})
    if isinstance(found, range):
        start, end = found.start, found.stop
        headers["content-range"] = f"bytes {start}-{end - 1}/{head.size}"
    with ExitStack() as opening:
        reader = opening.enter_context(opened.files.open(grant.key, start, end))
        headers["content-length"] = str(reader.end - reader.start)
        pieces = _pieces(reader, opening.pop_all())
    return StreamingResponse(pieces, 206 if found else 200, headers)


def _grant(request: Request, opened: Service) -> Grant:
    if not isinstance(opened.files, FolderObjectStore):
        raise NotFound("文件不在这里，请回到原来的页面再试一次。")
    path = request.scope["raw_path"].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    declared = request.headers.get("content-length")
    length = int(declared) if declared is not None else None
    return opened.files.verify(request.method, f"{path}?{query}", opened.clock.now(), length)


def _headers(grant: Grant, tag: str) -> dict[str, str]:
    return {
        "content-type": grant.media_type,
        "content-disposition": attachment_header(grant.filename),
        "content-security-policy": _CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
        "etag": tag,
    }


def _own_threads(request: Request) -> CapacityLimiter:
    state = request.app.state
    if not hasattr(state, "object_senders"):
        state.object_senders = CapacityLimiter(_SENDERS)
    return cast(CapacityLimiter, state.object_senders)


def _from_loop(request: Request) -> Iterator[bytes]:
    """Yield the body in the thread that stores it; the next piece is asked for when it is due.

    So no more than the server's own window is ever in memory. Raises ``ClientDisconnect``, and
    ``InvalidInput`` when nothing comes for a while.
    """
    stream = aiter(request.stream())

    async def following() -> bytes | None:
        try:
            with fail_after(_SILENCE_S):
                return await anext(stream, None)
        except TimeoutError as error:
            raise InvalidInput("连接太久没有数据，这一段请重新上传。", field="parts") from error

    while (piece := from_thread.run(following)) is not None:
        yield piece


def _pieces(reader: ObjectReader, opening: ExitStack) -> Iterator[bytes]:
    with opening:
        yield from reader
