"""Reviews the sample's files once the worker has read them, dated as the plan says.

Every step follows from the state that is stored, so that a kill anywhere loses and doubles
nothing. What people do to a sample asset meanwhile is left as it is.
"""

from collections.abc import Callable

from assets import library
from assets.sample.plan import PlannedFile, PlannedVersion, office_hour, planned_files
from assets.sample.shelf import Shelf, ask_review, judge, planned_asset, take
from core.clock import Clock, FixedClock
from core.errors import NotFound, UserError
from core.log import logger
from storage.records.library import Asset, AssetVersion

_log = logger("sample")


def settle(shelf: Shelf, clock: Clock) -> bool:
    """Take every file as far as it goes; say whether one still waits to be read.

    *clock* tells the present time.
    """
    waiting = [plan.key for plan in planned_files() if _waits(shelf, plan, clock)]
    return bool(waiting)


def _waits(shelf: Shelf, plan: PlannedFile, clock: Clock) -> bool:
    # As many steps as a plan can have: whatever people do meanwhile, this ends.
    for _ in range(4 * len(plan.versions) + 1):
        try:
            asset, current = _state(shelf, plan.key)
            if current.processing == "pending":
                return True
            step = _next_step(shelf, plan, asset, current, clock)
            if step is None:
                return False
            step()
        except UserError as error:
            _log.warning("sample.left", asset=plan.key, reason=str(error))
            return False
    return False


def _state(shelf: Shelf, key: str) -> tuple[Asset, AssetVersion]:
    with shelf.records.read() as session:
        asset = planned_asset(session, key)
        current = session.get(AssetVersion, asset.current_version_id)
    if current is None:
        raise NotFound(f"{key} has no version")
    return asset, current


def _next_step(
    shelf: Shelf, plan: PlannedFile, asset: Asset, current: AssetVersion, clock: Clock
) -> Callable[[], None] | None:
    if current.number > len(plan.versions) or current.processing != "done":
        return None
    version = plan.versions[current.number - 1]
    match current.state, version.end:
        case "draft", "in_review" | "published" | "rejected":
            at = _at(shelf, version, 11)
            return lambda: ask_review(shelf, plan.key, plan.by, version.note, at)
        case "in_review", "published" | "rejected":
            return lambda: _judge(shelf, plan.key, version)
        case "published", _ if asset.state == "published":
            return _after_publication(shelf, plan, asset, current.number, clock)
    return None


def _after_publication(
    shelf: Shelf, plan: PlannedFile, asset: Asset, number: int, clock: Clock
) -> Callable[[], None] | None:
    if number < len(plan.versions):
        return lambda: _replace(shelf, plan, asset, plan.versions[number], clock)
    if plan.recalled:
        return lambda: _recall(shelf, plan, asset, _at(shelf, plan.versions[-1], 17))
    return None


def _judge(shelf: Shelf, key: str, version: PlannedVersion) -> None:
    if version.end == "rejected":
        judge(shelf, key, "legal", _at(shelf, version, 14), "reject", version.comment)
        return
    judge(shelf, key, "legal", _at(shelf, version, 14))
    judge(shelf, key, "compliance", _at(shelf, version, 16))


def _replace(
    shelf: Shelf, plan: PlannedFile, asset: Asset, version: PlannedVersion, clock: Clock
) -> None:
    # The upload is of now: one of the past would be swept before it is made use of.
    upload = take(shelf, version, plan.by, clock)
    with shelf.records.write() as session:
        library.add_version(
            session,
            asset.id,
            asset.version,
            actor=shelf.people[plan.by],
            clock=_at(shelf, version, 9),
            ids=shelf.ids,
            upload=upload,
            note=version.note,
        )


def _recall(shelf: Shelf, plan: PlannedFile, asset: Asset, clock: Clock) -> None:
    actor, reason = shelf.people[plan.by], plan.recalled
    with shelf.records.write() as session:
        library.recall(session, asset.id, asset.version, actor=actor, reason=reason, clock=clock)


def _at(shelf: Shelf, version: PlannedVersion, hour: int) -> FixedClock:
    return FixedClock(office_hour(shelf.started_at, version.day, hour, 20))
