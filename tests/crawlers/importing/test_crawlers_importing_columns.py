"""Somebody's table: the columns are told or guessed, and what is unclear is said."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from importing_tables import write

from core.errors import InvalidInput
from crawlers.importing.context import Context
from crawlers.importing.mapping import fields, map_columns
from crawlers.importing.options import Options
from crawlers.importing.platforms import platform_named, platform_of, source_type_of
from crawlers.importing.preview import preview
from storage.mentions import Engagement

CHINESE = {
    "平台": "小红书",
    "内容": "星澜净化器漏水",
    "标题": "用了一周",
    "链接": "https://www.xiaohongshu.com/explore/1",
    "作者": "林小雨",
    "发布时间": "2025-11-03 12:30",
    "点赞数": "1.5万",
    "评论数": "28",
    "转发数": "",
    "阅读量": "10万+",
    "类型": "视频",
    "编号": "n1",
}


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "xlsx"])
def test_a_table_with_chinese_names_needs_no_mapping(read, tmp_path: Path, form: str) -> None:
    [entry] = read(write(tmp_path / f"x.{form}", [CHINESE]))
    mention = entry.mention
    assert mention.platform == "xiaohongshu"
    assert mention.text == "星澜净化器漏水"
    assert mention.title == "用了一周"
    assert mention.url == "https://www.xiaohongshu.com/explore/1"
    assert mention.author.startswith("林**·")
    assert mention.published_at == datetime(2025, 11, 3, 4, 30, tzinfo=UTC)
    assert mention.engagement == Engagement(15000, 28, None, 100000)
    assert mention.kind == "video"
    assert mention.native_id == "n1"
    assert entry.source_type == "weibo"


def test_a_table_with_english_names_needs_no_mapping(read, tmp_path: Path) -> None:
    row = {"Channel": "Zhihu", "Content": "星澜", "Publish_Time": 1762144200, "User Name": "林",
           "Like-Count": 3, "Link": "https://zhihu.com/1"}  # fmt: skip
    [entry] = read(write(tmp_path / "x.csv", [row]))
    assert entry.mention.platform == "zhihu"
    assert entry.mention.engagement.likes == 3
    assert entry.mention.published_at == datetime(2025, 11, 3, 4, 30, tzinfo=UTC)


def test_told_columns_come_before_guessed_ones() -> None:
    columns = ["内容", "原始文本", "发布时间", "抓取时间"]
    assert map_columns(columns, {"text": "原始文本", "published_at": "抓取时间", "url": ""}) == {
        "text": "原始文本",
        "published_at": "抓取时间",
    }


@pytest.mark.parametrize(
    ("columns", "told", "words"),
    [
        (["甲", "乙"], {}, "看不出.*甲、乙"),
        (["正文", "评论内容"], {}, "正文、评论内容"),
        (["内容"], {"text": "正文"}, "没有列 正文.*内容"),
        (["内容"], {"body": "内容"}, "没有字段 body"),
        (["内容"], {"text": ""}, "text 必须"),
        ([], {}, "没有列"),
    ],
)
def test_an_unclear_mapping_names_the_columns(
    columns: list[str], told: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        map_columns(columns, told, "x.csv")


def test_a_count_of_comments_is_not_the_text() -> None:
    mapping = map_columns(["内容", "评论", "点赞", "转发"], {})
    assert mapping == {"text": "内容", "likes": "点赞", "comments": "评论", "shares": "转发"}


def test_every_field_has_a_name_that_is_guessed() -> None:
    for field in fields():
        assert map_columns(["内容" if field != "text" else "x", field], {})[field] == field


def test_the_platform_is_told_where_no_column_tells_it(read, tmp_path: Path) -> None:
    file = write(tmp_path / "x.csv", [{"内容": "星澜"}])
    with pytest.raises(InvalidInput, match="--platform"):
        read(file)
    [entry] = read(file, platform="微博")
    assert entry.mention.platform == "weibo"


def test_the_address_tells_the_platform(read, tmp_path: Path) -> None:
    rows = [{"内容": "星澜", "链接": link} for link in
            ("https://m.weibo.cn/detail/1", "https://www.news.example/1", "没有")]  # fmt: skip
    weibo, news, nowhere = read(write(tmp_path / "x.csv", rows))
    assert weibo.mention.platform == "weibo"
    assert news.mention.platform == "news.example"
    assert "平台" in nowhere.reason


@pytest.mark.parametrize("name", ["微博", "Weibo", " 新浪微博 ", "weibo"])
def test_a_platform_has_one_name(name: str) -> None:
    assert platform_named(name) == "weibo"


def test_unknown_platforms_keep_their_name() -> None:
    assert platform_named("某论坛") == "某论坛"
    assert source_type_of("某论坛") is None
    assert platform_of("http://[bad") == ""
    assert platform_of("https://notweibo.com/") == "notweibo.com"


def test_a_time_that_cannot_be_read_is_remarked(read, tmp_path: Path) -> None:
    file = write(tmp_path / "x.csv", [{"平台": "微博", "内容": "星澜", "时间": "不详的时候"}])
    [entry] = read(file)
    assert entry.mention.published_at is None
    assert "发布时间" in entry.remarks[0]


def test_rows_without_text_or_with_too_much_say_so(read, tmp_path: Path) -> None:
    rows = [{"平台": "微博", "内容": " "}, {"平台": "微博", "内容": "长" * 100_001}]
    empty, long = read(write(tmp_path / "x.csv", rows))
    assert "缺少正文" in empty.reason
    assert "100000" in long.reason


def test_lines_of_the_own_form_are_known_by_their_keys(read, tmp_path: Path) -> None:
    lines = [{"platform": "weibo", "text": "星澜", "content": "别的"}, {"platform": "weibo"}]
    good, bad = read(write(tmp_path / "x.jsonl", lines))
    assert good.mention.text == "星澜"
    assert "text" in bad.reason


def test_columns_that_are_told_come_before_the_own_form(read, tmp_path: Path) -> None:
    file = write(
        tmp_path / "x.jsonl", [{"platform": "weibo", "text": "摘要", "content": "星澜全文"}]
    )
    [entry] = read(file, columns={"text": "content"})
    assert entry.mention.text == "星澜全文"


def test_a_folder_leaves_out_what_cannot_be_imported(read, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "a.csv", [CHINESE])
    (folder / "broken.xlsx").write_bytes(b"PK")
    (folder / "cloud.png").write_bytes(b"\x89PNG")
    (folder / "half.csv.part").write_text("内容\n", encoding="utf-8")
    (folder / "~$a.xlsx").write_bytes(b"lock")
    assert len(read(folder)) == 1
    with pytest.raises(InvalidInput):
        read(folder / "broken.xlsx")


def test_a_preview_tells_columns_and_rows(tmp_path: Path, context: Context) -> None:
    file = write(tmp_path / "x.csv", [CHINESE] * 5)
    found = preview([file], Options(), context, tmp_path / "scratch", rows=2).to_record()
    [shown] = json.loads(json.dumps(found))["files"]
    assert shown["columns"]["text"] == "内容"
    assert [each["row"] for each in shown["rows"]] == [2, 3]
    assert shown["rows"][0]["platform"] == "xiaohongshu"
    assert "林小雨" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize(
    "wrong",
    [{"way": "yaml"}, {"way": "mentions", "columns": {"text": "a"}}, {"platform": "x" * 65}],
)
def test_options_that_cannot_be_meant_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Options(**wrong)  # type: ignore[arg-type]
