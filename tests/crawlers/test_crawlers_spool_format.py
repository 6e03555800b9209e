"""What lies in a spool from an older release is still read."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.spool_format import dump, load

NOW = datetime(2025, 11, 3, tzinfo=UTC)
HEAD = BatchHead("batch_1", "trace_1", NOW, visited=("0123456789abcdef",))
BATCH = Batch(HEAD, (RawMention("weibo", "滤芯涨价", NOW, native_id="1"),))


def test_visited_pages_come_back_as_they_were() -> None:
    assert load(b"".join(dump(BATCH))) == BATCH


def test_a_file_from_before_pages_were_noted_is_read() -> None:
    first, *rest = dump(BATCH)
    head = json.loads(first)
    del head["visited"]
    content = b"".join([json.dumps(head).encode() + b"\n", *rest])
    assert load(content) == replace(BATCH, head=replace(HEAD, visited=()))


def test_pages_without_any_mention_are_a_batch() -> None:
    assert load(b"".join(dump(Batch(HEAD, ())))).head.visited == HEAD.visited
