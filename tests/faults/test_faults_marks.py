"""SIGKILL between a person's mark and the index of mentions: the word is never lost."""

import signal

import pytest
from sqlalchemy import func, select

from alerts.actions import Actor
from api.wiring import Service
from core.clock import SystemClock
from core.errors import StorageError
from core.faults import POINTS
from storage.mentions import Engagement, Label, Mention, MentionBrand, Span
from storage.records.library import IndexOutbox
from storage.records.marks import MentionMark
from tests.faults.processes import Installation, wait_until

pytestmark = pytest.mark.faults


def put_mention(service: Service) -> Mention:
    """Index a mention of the own brand that the engine called neutral."""
    now, (brand,) = SystemClock().now(), service.brands()
    judged: tuple[Label, float, float, float] = ("neutral", 0.2, 0.7, 0.1)
    made = Mention(
        id="m1",
        url=None,
        platform="forum",
        kind="post",
        title="",
        text="星澜净化器的滤网",
        author=None,
        published_at=now,
        detected_at=now,
        engagement=Engagement(),
        brands=(MentionBrand(brand.id, brand.name, "own", (Span(0, 2),), *judged),),
        label="neutral",
        p_negative=0.2,
        p_neutral=0.7,
        p_positive=0.1,
        contributions=(),
        activity=None,
        story_id="story",
        source_id=None,
        scorer="test",
        batch_id="batch",
        trace_id="trace",
    )
    service.index.create_many([made])
    return made


def count(service: Service, table: type) -> int:
    with service.records.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("marks.")])
def test_a_worker_killed_there_brings_the_index_along_when_it_starts_again(
    point: str,
    service: Service,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = put_mention(service)

    def unreachable(*_: object) -> int:
        raise StorageError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(service.index, "relabel_many", unreachable)
        service.corrector.mark(found.id, "negative", Actor(None, "林岚"))
    assert service.index.get(found.id) == found

    killed = installation.start("work", fault=point)
    assert killed.wait(60) == -signal.SIGKILL, installation.log()
    assert (count(service, MentionMark), count(service, IndexOutbox)) == (2, 1)

    installation.start("work")
    wait_until(lambda: count(service, IndexOutbox) == 0, 60, f"the index after {point}")
    after = service.index.get(found.id)
    assert after is not None
    assert (after.label, after.brands[0].label) == ("negative", "negative")
