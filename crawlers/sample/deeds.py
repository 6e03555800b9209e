"""Lets the sample's people do what the script says, through the actions that everybody has."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from alerts import actions
from alerts.actions import Actor
from alerts.uses import record_use
from assets.sample.shelf import planned_asset
from crawlers.sample.replay import Moment, Stage, case_of, first_of
from crawlers.sample.script import Step, steps


def script_moments(
    stage: Stage, people: Mapping[str, Actor], started_at: datetime
) -> Iterator[Moment]:
    """Yield the moments at which somebody of *people* (by user name) did something with a case."""
    for step in steps():
        at = first_of(step.story).published(started_at) + timedelta(minutes=step.after_min)
        if at < started_at:
            yield Moment(at, lambda step=step: _do(stage, people, step))  # type: ignore[misc]


def _do(stage: Stage, people: Mapping[str, Actor], step: Step) -> None:
    case = case_of(stage.records, step.story)
    actor, clock, told = people[step.who], stage.clock, step.told
    with stage.records.write() as session:
        click = (session, case.id, case.version, actor, clock)
        match step.does:
            case "acknowledge":
                actions.acknowledge(*click)
            case "take":
                actions.take(*click)
            case "respond":
                actions.respond(*click)
            case "note":
                actions.add_note(*click, text=told["text"])
            case "use":
                asset = planned_asset(session, told["message"])
                record_use(
                    session,
                    case.id,
                    asset.id,
                    str(asset.published_version_id),
                    told["variant"],
                    actor,
                    clock,
                    stage.ids,
                    told["place"],
                )
            case "dismiss":
                actions.dismiss(*click, reason=told["reason"])
            case "resolve":
                actions.resolve(
                    *click, cause=told["cause"], outcome=told["outcome"], lesson=told["lesson"]
                )
            case "assign":
                to, host = people[told["to"]].id, stage.message_host
                assert to is not None, "the sample's people are users"
                actions.assign(*click, to_user_id=to, ids=stage.ids, message_host=host)
