"""A small workspace as the pages show it: two weeks of mentions, three cases, mails, people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from alerts import actions
from alerts.actions import Actor
from alerts.opening import consider
from alerts.policy import ensure_policy
from api.auth.passwords import hash_password
from api.wiring import Service
from core.ids import Ids, secret_hash
from storage.mentions import Contribution, Engagement, Mention, MentionBrand, full_text
from storage.records.accounts import User, WebSession
from storage.records.cases import Case, OutboxMessage
from storage.records.stories import Story, StoryMember
from storage.records.watch import Brand, Source

PASSWORD = "correct-horse-battery"
COOKIE = "session-of-"
SMELL = (
    "刚买的星澜 S3 净化器，开机就一股刺鼻的味道，换了新滤网也没用。"
    "客服说“正常现象”，这也叫净化？外观倒是挺好看的。"
)
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
AsRole = Callable[..., httpx.Client]
ROLES = (
    "admin",
    "director",
    "brand_manager",
    "researcher",
    "legal",
    "compliance",
    "agency",
)


@dataclass
class PagesDesk:
    """The service and the ids of what is in it."""

    service: Service
    open_case: str
    hostile_case: str
    closed_case: str
    mail: str
    source: str
    brand: str

    def cookie(self, role: str = "admin") -> str:
        return COOKIE + role

    @staticmethod
    def csrf(role: str = "admin") -> str:
        return f"csrf-{role}"

    def case(self, case_id: str) -> Case:
        with self.service.records.read() as session:
            return session.get_one(Case, case_id)


def fill(service: Service) -> PagesDesk:
    """Put everything into an empty workspace, relative to the service's own time."""
    now = service.clock.now()
    _people(service, now)
    _watched(service, now)
    smell = [
        _mention(service, at, SMELL, "story_smell", hours) for at, hours in enumerate((1, 2, 5, 9))
    ]
    odd = _mention(
        service, 20, HOSTILE + "，太差了，退货", "story_odd", 3, title=HOSTILE, author=HOSTILE
    )
    old = _mention(service, 30, "星澜客服电话打了三天没人接，太差了", "story_old", 12)
    rest = [
        _mention(
            service,
            100 + at,
            f"第 {at} 天，星澜净化器很安静，点赞",
            f"story_{at}",
            24 * at + 4,
            bad=False,
        )
        for at in range(13)
    ]
    service.index.create_many([*smell, odd, old, *rest])
    _stories(service, [*smell, odd, old, *rest])
    opened = [
        _open(service, one, siblings)
        for one, siblings in ((smell[0], smell[1:]), (odd, []), (old, []))
    ]
    _close(service, opened[2])
    return PagesDesk(service, *opened, _mail(service, opened[0]), "src_forum", "brand_own")


def _people(service: Service, now: datetime) -> None:
    with service.records.write() as session:
        for role in ROLES:
            # One real password: hashing them all would take as long as everything else.
            stored = hash_password(PASSWORD) if role == "admin" else ""
            session.add(
                User(
                    id=f"user_{role}",
                    username=role,
                    display_name=f"林{role}",
                    role=role,
                    email=f"{role}@example.cn",
                    password_hash=stored,
                    created_at=now,
                )
            )
            session.flush()
            session.add(
                WebSession(
                    token_hash=secret_hash(COOKIE + role),
                    user_id=f"user_{role}",
                    csrf_token=PagesDesk.csrf(role),
                    created_at=now,
                    expires_at=now + timedelta(days=14),
                )
            )


def _watched(service: Service, now: datetime) -> None:
    with service.records.write() as session:
        session.add_all(
            [
                Brand(
                    id="brand_own",
                    name="星澜科技",
                    role="own",
                    aliases=["星澜"],
                    exclude=["星澜湾"],
                    created_at=now,
                ),
                Brand(id="brand_rival", name="蓝鲸智能", role="competitor", created_at=now),
                _source("src_forum", "净化器论坛", now, last_success_at=now, last_new_at=now),
                _source(
                    "src_broken",
                    f"坏掉的来源 {HOSTILE}",
                    now,
                    failures=3,
                    last_error="HTTP 404 for http://example.cn/",
                    last_hint="页面不存在：请检查地址。",
                ),
            ]
        )
        ensure_policy(session, service.ids, service.clock, recipients=["pr@example.cn"])


def _source(source_id: str, name: str, now: datetime, **values: Any) -> Source:
    return Source(
        id=source_id,
        name=name,
        kind="feed",
        url="https://example.cn/feed.xml",
        platform="purifier",
        identity="url",
        interval_s=900,
        delay_s=1,
        created_at=now,
        next_due_at=now,
        **values,
    )


def _mention(
    service: Service,
    number: int,
    text: str,
    story: str,
    hours_ago: float,
    *,
    bad: bool = True,
    title: str = "",
    author: str = "路人**",
) -> Mention:
    p = 0.93 if bad else 0.04
    label = "negative" if bad else "positive"
    whole = full_text(title, text)
    at = service.clock.now() - timedelta(hours=hours_ago)
    brand = MentionBrand("brand_own", "星澜科技", "own", (), label, p, 0.03, 0.97 - p)  # type: ignore[arg-type]
    cut = len(whole) // 2
    return Mention(
        id=f"{number:040x}",
        url=f"https://example.cn/{number}",
        platform="purifier" if number % 2 else "weibo",
        kind="post",
        title=title,
        text=text,
        author=author,
        published_at=at,
        detected_at=at + timedelta(minutes=6),
        engagement=Engagement(likes=1204, comments=386, shares=97),
        brands=(brand,),
        label=label,  # type: ignore[arg-type]
        p_negative=p,
        p_neutral=0.03,
        p_positive=0.97 - p,
        contributions=(
            Contribution(0, cut, -2.1 if bad else 1.4),
            Contribution(cut, len(whole), 0.6),
        ),
        words=(Contribution(0, 8, -1.5 if bad else 1.2),),
        activity=None,
        story_id=story,
        source_id="src_forum",
        scorer="test",
        batch_id="batch",
        trace_id="trace",
    )


def _stories(service: Service, mentions: list[Mention]) -> None:
    with service.records.write() as session:
        for story in dict.fromkeys(mention.story_id for mention in mentions):
            members = [mention for mention in mentions if mention.story_id == story]
            session.add(
                Story(
                    id=story,
                    first_mention_id=members[0].id,
                    first_at=members[0].published_at,
                    text=members[0].full_text,
                    signature=b"",
                    mention_count=len(members),
                )
            )
            session.flush()
            session.add_all(
                StoryMember(mention_id=one.id, story_id=story, at=one.published_at)
                for one in members
            )


def _open(service: Service, mention: Mention, siblings: list[Mention]) -> str:
    with service.records.write() as session:
        changes = consider(
            session,
            mention,
            trusted=False,
            clock=service.clock,
            ids=Ids(),
            siblings=siblings,
        )
    return next(change.case_id for change in changes if change.kind == "opened")


def _close(service: Service, case_id: str) -> None:
    actor = Actor("user_admin", "林admin")
    with service.records.write() as session:
        version = session.get_one(Case, case_id).version
        actions.resolve(
            session, case_id, version, actor, service.clock, cause="热线太少", outcome="加了人手"
        )


def _mail(service: Service, case_id: str) -> str:
    with service.records.read() as session:
        found = session.query(OutboxMessage).filter_by(case_id=case_id).first()
    assert found is not None
    return found.id
