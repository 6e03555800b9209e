"""When the sample's messages and files were brought in, while its past is played."""

from collections.abc import Callable, Iterator
from datetime import datetime

from assets import library, messages
from assets.sample.plan import (
    PlannedFile,
    PlannedMessage,
    office_hour,
    planned_files,
    planned_messages,
)
from assets.sample.shelf import (
    Shelf,
    ask_review,
    judge,
    license_asset,
    name_asset,
    prove,
    take,
)
from core.clock import Clock

Happening = tuple[datetime, Callable[[], None]]


def happenings(shelf: Shelf, clock: Clock) -> Iterator[Happening]:
    """Yield what was brought in and when; *clock* must stand at that moment then.

    Messages are reviewed at once, files when the worker has read them: see ``settling``.
    """
    for file in planned_files():
        at = office_hour(shelf.started_at, file.versions[0].day, 9, 30)
        yield at, _bring(shelf, file, clock)
    for message in planned_messages():
        yield from _message(shelf, message, clock)


def _message(shelf: Shelf, plan: PlannedMessage, clock: Clock) -> Iterator[Happening]:
    def at(hour: int, minute: int) -> datetime:
        return office_hour(shelf.started_at, plan.day, hour, minute)

    yield at(10, 5), lambda: _write(shelf, plan, clock)
    if plan.end != "draft":
        yield at(10, 40), lambda: ask_review(shelf, plan.key, plan.by, "", clock)
    if plan.end == "published":
        yield at(14, 20), lambda: judge(shelf, plan.key, "legal", clock)
        yield at(16, 20), lambda: judge(shelf, plan.key, "compliance", clock)


def _write(shelf: Shelf, plan: PlannedMessage, clock: Clock) -> None:
    with shelf.records.write() as session:
        asset = messages.create(
            session,
            title=plan.title,
            scenario=plan.scenario,
            body=plan.body,
            description=plan.description,
            tags=plan.tags,
            brand_id=shelf.brand_id,
            actor=shelf.people[plan.by],
            clock=clock,
            ids=shelf.ids,
        )
        name_asset(session, plan.key, asset)
        for proof in plan.evidence:
            prove(session, shelf, asset, plan.by, proof, clock)


def _bring(shelf: Shelf, plan: PlannedFile, clock: Clock) -> Callable[[], None]:
    def bring() -> None:
        version = plan.versions[0]
        upload = take(shelf, version, plan.by, clock)
        with shelf.records.write() as session:
            asset = library.create_asset(
                session,
                kind=plan.kind,
                title=plan.title,
                description=plan.description,
                tags=plan.tags,
                brand_id=shelf.brand_id,
                actor=shelf.people[plan.by],
                clock=clock,
                ids=shelf.ids,
                upload=upload,
                note=version.note,
            )
            name_asset(session, plan.key, asset)
            for right in plan.rights:
                license_asset(session, shelf, asset, plan.by, right, clock)
            for proof in plan.evidence:
                prove(session, shelf, asset, plan.by, proof, clock)

    return bring
