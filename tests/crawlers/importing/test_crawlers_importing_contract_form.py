"""Import lines: strict in types, clear in reasons."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import InvalidInput
from crawlers.importing.contract_form import parse_record
from crawlers.importing.jsonl import json_object
from crawlers.pseudonym import pseudonym
from crawlers.raw import RawMention
from storage.mentions import Engagement

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)


def parse(line: object) -> RawMention:
    """Read an object after a way through JSON, or the text of one."""
    found, fault = json_object(line if isinstance(line, str) else json.dumps(line))
    if fault:
        raise InvalidInput(fault)
    return parse_record(
        found, now=NOW, zone=ZoneInfo("Asia/Shanghai"), mask=lambda name: pseudonym(name, "key")
    )


def record(**fields: object) -> dict[str, object]:
    return {"platform": "weibo", "text": "星澜净化器"} | fields


def test_a_full_line_is_read() -> None:
    mention = parse(
        record(
            native_id=42,
            url="https://weibo.example/1",
            kind="comment",
            title="标题",
            author="林小雨",
            published_at="2025-11-03T08:00:00+08:00",
            engagement={"likes": 3, "comments": None, "shares": 0, "other": "x"},
            unknown=[1],
        )
    )
    assert mention.native_id == "42"
    assert mention.kind == "comment"
    assert mention.author is not None
    assert mention.author.startswith("林**·")
    assert mention.published_at == datetime(2025, 11, 3, tzinfo=UTC)
    assert mention.detected_at == NOW
    assert mention.engagement == Engagement(likes=3, shares=0)


def test_the_least_line_is_read() -> None:
    mention = parse(record(native_id=None, url=None, author="", engagement=None, published_at=None))
    assert mention == RawMention(platform="weibo", text="星澜净化器", detected_at=NOW)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2025-11-03 08:00:00", "2025-11-03T00:00:00"),
        ("2025-11-03", "2025-11-02T16:00:00"),
        ("2025-11-03T00:00:00Z", "2025-11-03T00:00:00"),
        (1762128550, "2025-11-03T00:09:10"),
        (1762128550000, "2025-11-03T00:09:10"),
        (1762128550.5, "2025-11-03T00:09:10.500000"),
        ("2031-01-01T00:00:00Z", "2026-03-10T07:30:00"),
        (4102444800, "2026-03-10T07:30:00"),
    ],
)
def test_times_are_read(given: object, expected: str) -> None:
    moment = parse(record(published_at=given)).published_at
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_control_characters_go_and_lines_stay() -> None:
    mention = parse(record(text="\x00星澜\r\n净化器\x07\ud800 ", title="a\nb"))
    assert mention.text == "星澜\n净化器"
    assert mention.title == "a b"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[1]", "对象"),
        ("null", "对象"),
        ("[" * 100_000, "JSON"),
        ({"text": "a"}, "platform"),
        ({"platform": "weibo"}, "text"),
        (record(text="  \u200b\x00 "), "text"),
        (record(text=7), "text"),
        (record(text="字" * 100_001), "100000"),
        (record(platform=["weibo"]), "platform"),
        (record(native_id=True), "native_id"),
        (record(native_id=1.5), "native_id"),
        (record(url="javascript:alert(1)"), "url"),
        (record(url="http://[bad"), "url"),
        (record(kind="tweet"), "kind"),
        (record(kind=["post"]), "kind"),
        (record(author={"name": "x"}), "author"),
        (record(published_at="昨天"), "published_at"),
        (record(published_at=True), "published_at"),
        (record(published_at=-1), "published_at"),
        (record(published_at=1e30), "published_at"),
        ('{"platform": "a", "text": "b", "published_at": NaN}', "published_at"),
        (record(published_at=[]), "published_at"),
        (record(engagement=[1]), "engagement"),
        (record(engagement={"likes": -1}), "engagement.likes"),
        (record(engagement={"views": 1.0}), "engagement.views"),
        (record(engagement={"shares": "3"}), "engagement.shares"),
        (record(engagement={"comments": True}), "engagement.comments"),
        (record(engagement={"likes": 10**40}), "engagement.likes"),
    ],
)
def test_a_bad_line_says_why(line: object, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(line)
    assert words in str(caught.value)


def test_a_text_of_the_largest_size_passes() -> None:
    assert len(parse(record(text="字" * 100_000)).text) == 100_000
