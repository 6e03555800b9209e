"""The mail: what it says, to whom it links, and that nothing in a post can break it."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alerts_desk import COMPLAINT, START, Desk, bad_mention
from sqlalchemy import event, update

from alerts.actions import Actor, dismiss, take
from alerts.clock import run_due
from alerts.links import verify_acknowledge_token
from alerts.mail import CaseMail
from alerts.moments import local_moment
from storage.records.cases import Case, CaseMention, OutboxMessage
from storage.records.watch import Brand

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIN = Actor("user_lin", "林岚")


def render(desk: Desk, index: int = -1, **options: Any) -> EmailMessage:
    """Render a queued mail, through the bytes that a server would carry."""
    given = {"base_url": "https://pr.example.cn", "secret": "key", "mail_from": "pr@x.cn"}
    mail = CaseMail(zone=SHANGHAI, clock=desk.clock, **{**given, **options})
    row = desk.outbox()[index]
    with desk.records.read() as session:
        sent = mail(session, row).as_bytes(policy=policy.SMTP)
    return message_from_bytes(sent, policy=policy.default)  # type: ignore[return-value]


def part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


def seen(html: str) -> str:
    """What a reader sees of *html*, on one line."""

    class Reader(HTMLParser):
        told = ""

        def handle_data(self, data: str) -> None:
            self.told += data

    reader = Reader()
    reader.feed(html)
    return " ".join(reader.told.split())


def test_it_says_in_both_parts_what_why_where_and_until_when(desk: Desk) -> None:
    desk.open_case(title="净化器滤网异味")
    for n, platform in enumerate(["weibo", "weibo", "forum"]):
        desk.consider(bad_mention(f"x{n}", platform=platform))
    message = render(desk)
    assert message["Subject"] == "星澜科技 · 新的负面事件：净化器滤网异味"
    for body in (seen(part(message, "html")), part(message, "plain")):
        for words in (
            "星澜科技 · 新的负面事件",
            "净化器滤网异味",
            "今天 11:10",
            "明天 09:10",
            "还有 2 小时",
            "负面 0.93",
            "微博 2 · 小红书 1 · 论坛 1",
            "开机就一股刺鼻的味道",
            "小红书 · 用户 a3** · 今天 08:48 · 赞 1,204",
            "互动量 1,204（门槛 100）",
            "4 条，最多在 08:00–10:00",
            "认领此事件",
            "查看全部 4 条",
        ):
            assert words in body
    assert re.search(r"background:#fbdcd7[^>]*>开机就一股刺鼻的味道<", part(message, "html"))


def test_the_headers_say_that_a_program_wrote_it(desk: Desk) -> None:
    case = desk.open_case()
    message, row = render(desk, mail_from="舆情台 <pr@x.cn>"), desk.outbox()[0]
    assert message["Message-ID"] == row.message_id
    assert message["To"] == "pr@example.cn"
    assert message["From"] == "舆情台 <pr@x.cn>"
    assert message["Date"].datetime == START
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Shengyu-Case"] == case.id


def test_the_button_carries_a_link_for_this_recipient_that_expires(desk: Desk) -> None:
    case = desk.open_case()
    html = part(render(desk), "html")
    found = re.search(r'href="https://pr\.example\.cn/cases/(\w+)/acknowledge\?k=([^"]+)"', html)
    assert found
    assert found[1] == case.id
    assert verify_acknowledge_token("key", case.id, found[2], START) == "pr@example.cn"
    assert f'href="https://pr.example.cn/cases/{case.id}"' in html


def test_a_mail_that_is_rendered_again_later_carries_the_same_link(desk: Desk) -> None:
    desk.open_case()
    first = re.findall(r"k=\S+", part(render(desk), "plain"))
    desk.later(hours=1)
    assert re.findall(r"k=\S+", part(render(desk), "plain")) == first


def test_once_acknowledged_there_is_nothing_left_to_take(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        take(session, case.id, 1, LIN, desk.clock)
    text = part(render(desk, 0), "plain")
    assert "认领此事件" not in text
    assert "首次响应" not in text
    with desk.records.write() as session:
        dismiss(session, case.id, 2, LIN, desk.clock, reason="误判")
    assert "状态：已排除" in part(render(desk, 0), "plain")


@pytest.mark.parametrize(
    ("hours", "kind"),
    [
        (1, "首次响应时限剩余 50%"),
        (1.6, "首次响应时限剩余 20%"),
        (2, "首次响应已超时"),
        (24, "处理已超时"),
    ],
)
def test_the_reminders_name_the_clock_and_what_is_left(desk: Desk, hours: float, kind: str) -> None:
    desk.open_case()
    desk.later(hours=hours)
    run_due(desk.records, desk.clock, desk.ids)
    message = render(desk)
    assert f"· {kind}：" in message["Subject"]
    assert kind in part(message, "plain")


def test_a_severe_case_says_so_first(desk: Desk) -> None:
    desk.open_case(text="星澜净化器起火了！" + COMPLAINT)
    message = render(desk)
    assert message["Subject"].startswith("【严重】")
    assert "出现严重词：起火" in part(message, "plain")


NASTY = [
    '<script>alert("x")</script>&<b>粗</b>{{ 7*7 }}{% raw %}',
    "标题\r\nBcc: thief@example.cn\r\n\r\n正文",
    "字" * 300,
    "W" * 300,
    "👨‍👩‍👧‍👦😡" * 60,
    "\u202e反着\x00\x1b[31m\ud800",
    "=?utf-8?b?5Yqg5a+G?= \u2028 行",
    "a\tb\vc\fd\x85e",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_in_a_post_breaks_the_mail(desk: Desk, nasty: str) -> None:
    with desk.records.write() as session:
        storable = nasty.replace("\ud800", "")
        session.execute(update(Brand).where(Brand.id == "brand_own").values(name=f"牌子{storable}"))
    case = desk.open_case(title="事")
    hostile = bad_mention("m2", nasty + COMPLAINT, title=nasty, platform=storable)
    desk.consider(hostile)
    with desk.records.write() as session:
        session.execute(update(Case).where(Case.id == case.id).values(title=f"题{storable}"))
        session.execute(
            update(OutboxMessage).values(payload={"v": 1, "event": "opened", "mention_id": "m2"})
        )
    message = render(desk)
    assert message.get_all("Bcc") is None
    assert set(message.keys()) == {
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Shengyu-Case",
        "X-Shengyu-Trace",
        "References",
        "MIME-Version",
        "Content-Type",
    }
    assert not message.defects
    assert "\n" not in message["Subject"]
    html = part(message, "html")
    assert "<script" not in html
    assert "<b>" not in html
    assert not re.search("[\x00\x0b\x1b\u202e]", html)
    assert "刺鼻的味道" in seen(html) or "字" in seen(html)


def test_a_mail_counts_thousands_of_mentions_and_loads_only_the_one_it_shows(desk: Desk) -> None:
    case = desk.open_case()
    desk.add_copies(case.id, 3_000, ["weibo", "weibo", "forum"])
    desk.later(hours=12)
    loaded: list[str] = []

    def note(entry: CaseMention, _context: object) -> None:
        loaded.append(entry.mention_id)

    event.listen(CaseMention, "load", note)
    try:
        text = part(render(desk), "plain")
    finally:
        event.remove(CaseMention, "load", note)
    assert loaded == ["m1"]
    assert "微博 2000 · 论坛 1000 · 小红书 1" in text
    # One a minute from 08:48 to the end of the last bar at 22:00, and the first one.
    assert "近 24 小时 793 条，最多在 10:00–12:00，120 条" in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://[", "//x", ""])
def test_only_web_addresses_become_links(desk: Desk, url: str) -> None:
    desk.open_case(url=url)
    message = render(desk)
    assert "打开原帖" not in part(message, "html")
    assert not url or url not in part(message, "plain")


def test_an_address_cannot_leave_its_attribute(desk: Desk) -> None:
    desk.open_case(url='https://x.cn/"onmouseover="alert(1)')
    assert '"onmouseover' not in part(render(desk), "html")


def test_words_pass_through_gettext(desk: Desk) -> None:
    desk.open_case()
    message = render(desk, translate=lambda text: text.replace("认领此事件", "Take this case"))
    assert "Take this case" in part(message, "html")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-1, "昨天 09:10"),
        (0, "今天 09:10"),
        (1, "明天 09:10"),
        (2, "3月7日 09:10"),
        (400, "2027年4月9日 09:10"),
    ],
)
def test_moments_are_told_in_local_words(days: int, told: str) -> None:
    assert local_moment(START + timedelta(days=days), START, SHANGHAI) == told


def test_today_is_todays_date_where_the_reader_is() -> None:
    late = datetime(2026, 3, 5, 15, 59, tzinfo=UTC)
    assert local_moment(late + timedelta(minutes=2), late, SHANGHAI) == "明天 00:01"
