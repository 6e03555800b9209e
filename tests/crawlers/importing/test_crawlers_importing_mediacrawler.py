"""Exports of MediaCrawler: every platform, both tables, both generations, all four formats."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from importing_tables import AT_S, FORMATS, GENERATIONS, PLATFORMS, row, write

from crawlers.importing.context import Entry
from crawlers.importing.media_rows import NO_PARENT, ROUNDED
from crawlers.raw import RawMention
from storage.mentions import Engagement

AT = datetime(2025, 11, 3, 4, 30, tzinfo=UTC)
KINDS = {"douyin": "video", "kuaishou": "video", "bilibili": "video"}
SOURCE_TYPES = {"tieba": "forum", "zhihu": "forum"}
CONTENTS = {
    "xhs": Engagement(15000, 28, 3, None),
    "douyin": Engagement(15000, 28, 3, None),
    "kuaishou": Engagement(15000, None, None, 28000),
    "bilibili": Engagement(15000, 28, 3, 28000),
    "weibo": Engagement(15000, 28, 3, None),
    "tieba": Engagement(None, 28, None, None),
    "zhihu": Engagement(15000, 28, None, None),
}
NO_LIKES = {"kuaishou", "tieba"}
IDS = {
    "xhs": "5180000000000001",
    "douyin": "7380000000000001",
    "kuaishou": "113000001",
    "bilibili": "113000001",
    "weibo": "5180000000000001",
    "tieba": "5180000000000001",
    "zhihu": "answer:3100000001",
}


def only(entries: list[Entry]) -> RawMention:
    [entry] = entries
    assert entry.reason == ""
    assert entry.mention is not None
    return entry.mention


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_contents_are_read(read, tmp_path: Path, platform: str, generation: str, form: str) -> None:
    file = write(tmp_path / f"export.{form}", [row(platform, "contents", generation)])
    [entry] = read(file)
    mention = only([entry])
    assert mention.platform == PLATFORMS[platform]
    assert mention.native_id == IDS[platform]
    assert mention.kind == KINDS.get(platform, "post")
    assert mention.text.startswith("星澜净化器")
    assert mention.title == ("" if platform == "weibo" else "星澜净化器使用感受")
    assert mention.published_at == AT
    assert mention.author is not None
    assert mention.author.startswith("林**·")
    assert mention.url is not None
    assert mention.url.startswith(f"https://{platform}.example/")
    assert mention.engagement == CONTENTS[platform]
    assert entry.source_type == SOURCE_TYPES.get(platform, "weibo")
    assert entry.remarks == ()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_comments_join_their_post(
    read, tmp_path: Path, platform: str, generation: str, form: str
) -> None:
    write(tmp_path / f"in/a_comments.{form}", [row(platform, "comments", generation)])
    write(tmp_path / f"in/b_contents.{form}", [row(platform, "contents", generation)])
    comment, post = (entry.mention for entry in read(tmp_path / "in"))
    assert comment.kind == "comment"
    assert comment.native_id == "comment:9000000001"
    assert comment.text == "星澜净化器的滤芯太贵"
    assert comment.url == post.url
    assert comment.title == (post.title or post.text)
    assert comment.published_at == AT
    assert comment.engagement == Engagement(None if platform in NO_LIKES else 15000, 2, None, None)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_comment_without_its_post_is_kept_and_remarked(
    read, tmp_path: Path, platform: str
) -> None:
    [entry] = read(write(tmp_path / "c.jsonl", [row(platform, "comments")]))
    assert entry.mention is not None
    assert entry.mention.title == ""
    assert entry.remarks == (NO_PARENT,)
    assert (entry.mention.url is None) == (platform == "zhihu")


def test_a_post_may_stand_below_its_comments_in_one_file(read, tmp_path: Path) -> None:
    rows = [row("weibo", "comments"), row("weibo", "contents")]
    comment, post = read(write(tmp_path / "mixed.jsonl", rows))
    assert comment.mention.url == post.mention.url


def test_posts_with_one_id_on_two_platforms_stay_apart(read, tmp_path: Path) -> None:
    write(tmp_path / "in/1.jsonl", [row("xhs", "contents", title="小红书的标题星澜")])
    write(tmp_path / "in/2.jsonl", [row("tieba", "contents", title="贴吧的标题星澜")])
    write(tmp_path / "in/3.jsonl", [row("xhs", "comments"), row("tieba", "comments")])
    titles = [entry.mention.title for entry in read(tmp_path / "in")][2:]
    assert titles == ["小红书的标题星澜", "贴吧的标题星澜"]


def test_the_headline_of_a_long_post_is_the_part_with_the_keyword(read, tmp_path: Path) -> None:
    text = "很长的开头" * 40 + "星澜净化器漏水" + "很长的结尾" * 40
    write(tmp_path / "in/contents.jsonl", [row("weibo", "contents", content=text)])
    write(tmp_path / "in/comments.jsonl", [row("weibo", "comments")])
    title = read(tmp_path / "in")[0].mention.title
    assert "星澜净化器漏水" in title
    assert len(title) < 70


def test_the_folder_decides_where_columns_are_alike(read, tmp_path: Path) -> None:
    few = ["comment_id", "video_id", "content", "nickname", "create_time", "creator_hash",
           "sub_comment_count", "last_modify_ts"]  # fmt: skip
    rows = [{name: row("bilibili", "comments")[name] for name in few}]
    kuaishou = write(tmp_path / "data/kuaishou/jsonl/search_comments_2026-07-02.jsonl", rows)
    bilibili = write(tmp_path / "data/bilibili/jsonl/search_comments_2026-07-02.jsonl", rows)
    assert only(read(kuaishou)).platform == "kuaishou"
    assert only(read(bilibili)).platform == "bilibili"


@pytest.mark.parametrize("given", [AT_S, AT_S * 1000, str(AT_S), f"{AT_S}000", float(AT_S)])
def test_times_are_seconds_or_milliseconds(read, tmp_path: Path, given: object) -> None:
    file = write(tmp_path / "x.jsonl", [row("xhs", "contents", time=given)])
    assert only(read(file)).published_at == AT


@pytest.mark.parametrize(
    "given", ["2025-11-03 12:30", "2025-11-03 12:30:00", "2025年11月3日 12:30"]
)
def test_local_times_are_those_of_the_zone(read, tmp_path: Path, given: str) -> None:
    file = write(tmp_path / "x.jsonl", [row("tieba", "contents", publish_time=given)])
    assert only(read(file)).published_at == AT


def test_a_relative_time_counts_from_when_the_row_was_crawled(read, tmp_path: Path) -> None:
    file = write(tmp_path / "x.jsonl", [row("tieba", "contents", publish_time="1小时前")])
    assert only(read(file)).published_at == AT


@pytest.mark.parametrize("given", [None, "", "None", 0, "0", "nan", [], True])
def test_a_missing_time_is_none(read, tmp_path: Path, given: object) -> None:
    file = write(tmp_path / "x.jsonl", [row("xhs", "contents", time=given)])
    assert only(read(file)).published_at is None


def test_weibo_takes_the_time_that_is_right(read, tmp_path: Path) -> None:
    late = row("weibo", "contents", create_time=AT_S + 8 * 3600)
    assert only(read(write(tmp_path / "x.jsonl", [late]))).published_at == AT


def test_weibo_without_the_right_time_loses_the_eight_hours(read, tmp_path: Path) -> None:
    late = row("weibo", "contents", create_time=AT_S + 8 * 3600, create_date_time="",
               last_modify_ts=(AT_S + 9 * 3600) * 1000)  # fmt: skip
    mended = late | {"note_id": "2", "create_time": AT_S, "last_modify_ts": 1785500000000}
    before, since = read(write(tmp_path / "x.jsonl", [late, mended]))
    assert before.mention.published_at == AT
    assert since.mention.published_at == AT


@pytest.mark.parametrize(
    ("given", "count"),
    [("1.5万", 15000), ("28k", 28000), ("1,234", 1234), (7, 7), (7.0, 7), ("7", 7),
     ("10万+", 100000), (None, None), ("None", None),
     ("", None), ("赞", None), (-1, None), ("-3", None),
     (float("inf"), None), (10**40, None), ([], None), (True, None)],
)  # fmt: skip
def test_counts_are_read(read, tmp_path: Path, given: object, count: int | None) -> None:
    file = write(tmp_path / "x.jsonl", [row("xhs", "contents", liked_count=given)])
    assert only(read(file)).engagement.likes == count


def test_an_id_that_a_spreadsheet_rounded_is_not_used(read, tmp_path: Path) -> None:
    rows = [row("weibo", "contents", note_id=given) for given in
            (5.18000000000012e17, "5.18E+17", 518000000000012000, 518000000000012345)]  # fmt: skip
    entries = read(write(tmp_path / "x.jsonl", rows))
    assert [entry.mention.native_id for entry in entries] == [None] * 3 + ["518000000000012345"]
    assert [entry.remarks for entry in entries] == [(ROUNDED,)] * 3 + [()]
    assert entries[0].mention.url == "https://weibo.example/note/1"


def test_markup_leaves_only_its_text(read, tmp_path: Path) -> None:
    text = '<a href="//weibo.example">#星澜#</a>净化器<br/>漏水 <img alt="[怒]" src="x">'
    file = write(tmp_path / "x.jsonl", [row("weibo", "contents", content=text)])
    assert only(read(file)).text == "#星澜#净化器\n漏水 [怒]"


def test_an_author_without_a_nickname_is_known_by_the_id(read, tmp_path: Path) -> None:
    new = row("xhs", "contents", nickname="")
    old = row("xhs", "contents", "old", nickname=None)
    authors = [entry.mention.author for entry in read(write(tmp_path / "x.jsonl", [new, old]))]
    assert authors[0].startswith("9**·")
    assert authors[1].startswith("5**·")


def test_no_nickname_leaves_in_the_clear(read, tmp_path: Path) -> None:
    rows = [row(platform, of) for platform in PLATFORMS for of in ("contents", "comments")]
    for entry in read(write(tmp_path / "x.jsonl", rows)):
        assert "林小雨" not in repr(entry)


def test_lists_of_authors_are_left_out(read, tmp_path: Path) -> None:
    creator = {"user_id": "1", "nickname": "林小雨", "fans": 3, "follows": 2, "interaction": 1,
               "last_modify_ts": 1}  # fmt: skip
    write(tmp_path / "in/contents.jsonl", [row("xhs", "contents"), creator])
    write(tmp_path / "in/creators.jsonl", [creator])
    post, author = read(tmp_path / "in")
    assert post.mention is not None
    assert author.ignored


def test_a_video_note_is_a_video(read, tmp_path: Path) -> None:
    file = write(tmp_path / "x.jsonl", [row("xhs", "contents", type="video")])
    assert only(read(file)).kind == "video"


def test_a_row_without_text_says_so(read, tmp_path: Path) -> None:
    file = write(tmp_path / "x.jsonl", [row("xhs", "contents", desc=" ", title="\u200b")])
    [entry] = read(file)
    assert entry.mention is None
    assert "没有正文" in entry.reason
