"""Writes messages, and has them approved by two people, as the rooms do it."""

from typing import Any

from sqlalchemy.orm import Session

from assets import messages
from assets.actor import Actor
from assets.deciding import decide
from assets.message_body import MessageBody, read_body
from assets.reviewing import request
from core.clock import Clock
from core.ids import Ids
from storage.records import Records
from storage.records.accounts import User
from storage.records.library import Asset

WRITER = Actor("user_writer", "文岚", "brand_manager")
LAWYER = Actor("user_lawyer", "罗正", "legal")
OFFICER = Actor("user_officer", "何规", "compliance")
SMELL_BODY: dict[str, Any] = {
    "form": "statement",
    "audience": "购买新机的用户",
    "statement": "您反馈的气味来自新滤网活性炭的初期释放，通风后会减弱。"
    "我们为您免费更换滤网，并在 24 小时内联系您。",
    "variants": [
        {
            "channel": "weibo",
            "text": "气味来自新滤网的活性炭，通风后减弱，可免费更换，请私信我们。",
        },
        {"channel": "xiaohongshu", "text": "新滤网前几天有味道，开窗通风就好，也可以免费换。"},
    ],
    "do_not_say": ["正常现象", "别家也这样"],
    "steps": [],
    "contacts": [{"name": "周航", "role": "售后主管", "reach": "分机 8021"}],
    "keywords": ["异味", "滤网", "刺鼻", "味道"],
}


def add_people(session: Session, clock: Clock) -> None:
    """Add the writer and one reviewer of each side."""
    for actor in (WRITER, LAWYER, OFFICER):
        if session.get(User, actor.id) is None:
            session.add(
                User(
                    id=str(actor.id),
                    username=str(actor.id),
                    display_name=actor.name,
                    role=actor.role,
                    password_hash="",
                    created_at=clock.now(),
                )
            )
    session.flush()


def write_message(
    records: Records,
    clock: Clock,
    title: str = "新滤网气味说明",
    scenario: str = "quality",
    body: dict[str, Any] | None = None,
    **values: Any,
) -> Asset:
    """Write a message as a draft; *body* changes what ``SMELL_BODY`` says."""
    with records.write() as session:
        add_people(session, clock)
        given = {"actor": WRITER, "clock": clock, "ids": Ids(), **values}
        return messages.create(
            session,
            title=title,
            scenario=scenario,
            body=read_body({**SMELL_BODY, **(body or {})}),
            **given,
        )


def approve(records: Records, clock: Clock, message_id: str) -> Asset:
    """Have the newest version of a message approved by both sides, so that it is published."""
    with records.write() as session:
        version = session.get_one(Asset, message_id).version
        review = request(
            session, message_id, version, actor=WRITER, note="", clock=clock, ids=Ids()
        )
        for actor in (LAWYER, OFFICER):
            review = decide(
                session,
                review.id,
                review.version,
                side=actor.role,  # type: ignore[arg-type]  # the reviewers' roles are the sides
                verdict="approve",
                actor=actor,
                clock=clock,
                ids=Ids(),
            )
    with records.read() as session:
        return session.get_one(Asset, message_id)


def approved_message(records: Records, clock: Clock, *args: Any, **values: Any) -> Asset:
    """Write a message and have it approved."""
    return approve(records, clock, write_message(records, clock, *args, **values).id)


def new_version(records: Records, clock: Clock, message_id: str, **changes: Any) -> Asset:
    """Add a version with *changes* to its body, a draft."""
    with records.write() as session:
        asset = session.get_one(Asset, message_id)
        before = messages.body_of(session, asset).model_dump(mode="json")
        body: MessageBody = read_body({**before, **changes})
        return messages.add_version(
            session, message_id, asset.version, body, actor=WRITER, clock=clock, ids=Ids()
        )
