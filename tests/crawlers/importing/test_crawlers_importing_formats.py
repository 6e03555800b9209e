"""Files of every format, whole and broken, small and hostile: what can be read is read."""

import json
import resource
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from importing_tables import row, sheet_xml, text_cell, workbook, write

from core.errors import InvalidInput
from crawlers.importing.content import examine
from crawlers.importing.reading import rows_of
from crawlers.importing.rows import Row

POST = {"平台": "微博", "内容": "星澜净化器漏水"}


def rows(path: Path) -> list[Row]:
    return list(rows_of(examine(path)))


def cells(path: Path) -> list[dict[str, object]]:
    return [each.cells for each in rows(path)]


def text_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_csv_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    file = text_file(tmp_path / "x.csv", "平台,内容\r\n微博,星澜净化器漏水\r\n", encoding)
    assert cells(file) == [POST]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_json_is_read_in_every_encoding(tmp_path: Path, suffix: str, encoding: str) -> None:
    text = json.dumps([POST] if suffix == "json" else POST, ensure_ascii=False)
    assert cells(text_file(tmp_path / f"x.{suffix}", text, encoding)) == [POST]


def test_lines_of_two_encodings_in_one_file_are_both_read(tmp_path: Path) -> None:
    line = json.dumps(POST, ensure_ascii=False) + "\n"
    file = tmp_path / "x.jsonl"
    file.write_bytes((line * 9).encode() + (line * 5).encode("gb18030"))
    assert cells(file) == [POST] * 14


def test_a_short_gb18030_text_is_not_taken_for_utf8(tmp_path: Path) -> None:
    # The bytes of 联通 in GB18030 are valid UTF-8.
    file = text_file(tmp_path / "x.csv", "平台,内容\n联通,星澜净化器\n联通,联通\n" * 3, "gb18030")
    assert cells(file)[1] == {"平台": "联通", "内容": "联通"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = f'"平台"{delimiter}内容\n微博{delimiter}"星澜{delimiter}净化器"\n'
    assert cells(text_file(tmp_path / "x.csv", text)) == [
        {"平台": "微博", "内容": f"星澜{delimiter}净化器"}
    ]


def test_a_cell_may_hold_line_feeds_quotes_and_nul(tmp_path: Path) -> None:
    file = text_file(tmp_path / "x.csv", '平台,内容\n微博,"第一行\r\n""第二""行\x00"\n')
    assert cells(file) == [{"平台": "微博", "内容": '第一行\r\n"第二"行\x00'}]


def test_rows_are_counted_as_spreadsheets_do(tmp_path: Path) -> None:
    file = text_file(tmp_path / "x.csv", '内容\n"一\n二"\n\n三\n')
    assert [each.number for each in rows(file)] == [2, 4]


def test_headers_that_repeat_are_told_apart(tmp_path: Path) -> None:
    file = text_file(tmp_path / "x.csv", "内容,内容,\n一,二,三\n")
    assert cells(file) == [{"内容": "一", "内容 (2)": "二", "第 3 列": "三"}]


def test_a_row_with_more_cells_than_the_header_is_told(tmp_path: Path) -> None:
    first, second = rows(text_file(tmp_path / "x.csv", "平台,内容\n微博,一,二\n微博\n"))
    assert first.fault == "有 3 列，而表头只有 2 列。"
    assert second.cells == {"平台": "微博", "内容": ""}


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "txt", "json"])
def test_an_empty_file_has_no_rows(tmp_path: Path, suffix: str) -> None:
    assert rows(text_file(tmp_path / f"x.{suffix}", "")) == []


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert rows(text_file(tmp_path / "x.csv", "平台,内容\n")) == []
    sheet = sheet_xml([text_cell("平台") + text_cell("内容")])
    assert rows(workbook(tmp_path / "x.xlsx", sheet)) == []


@pytest.mark.parametrize(
    ("suffix", "made_as"), [("csv", "xlsx"), ("xlsx", "csv"), ("json", "jsonl"), ("jsonl", "json"),
                            ("xls", "xlsx"), ("json", "csv"), ("jsonl", "csv")]
)  # fmt: skip
def test_the_content_decides_and_not_the_name(tmp_path: Path, suffix: str, made_as: str) -> None:
    made = write(tmp_path / f"made.{made_as}", [POST])
    named = made.rename(tmp_path / f"named.{suffix}")
    assert cells(named) == [POST]


def test_an_array_may_lie_in_an_object(tmp_path: Path) -> None:
    assert cells(text_file(tmp_path / "x.json", '{"data": [{"a": 1}, {"a": 2}]}')) == [
        {"a": 1},
        {"a": 2},
    ]


def test_entries_longer_than_the_window_are_read(tmp_path: Path) -> None:
    long = {"text": '}]"\\' * 300_000}
    file = text_file(tmp_path / "x.json", json.dumps([{"a": 1}, long, {"a": 2}]))
    assert cells(file) == [{"a": 1}, long, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "read", "words"),
    [
        ('[{"a": 1}, {"a": 2', 1, "第 2 项"),
        ('[{"a": 1}, {"a": 2},', 2, "截断"),
        ('[{"a": 1} x {"a": 2}]', 1, "第 2 项"),
        ("[{" + '"a":[' * 200_000, 0, "第 1 项"),
    ],
)
def test_an_array_that_breaks_off_keeps_what_came_before(
    tmp_path: Path, text: str, read: int, words: str
) -> None:
    found = []
    with pytest.raises(InvalidInput) as caught:
        found.extend(rows_of(examine(text_file(tmp_path / "x.json", text))))
    assert len(found) == read
    assert words in str(caught.value)


def test_an_entry_that_is_no_object_is_told(tmp_path: Path) -> None:
    assert [each.fault for each in rows(text_file(tmp_path / "x.json", '[{"a": 1}, 7, "x"]'))] == [
        "",
        "每项应为一个 JSON 对象。",
        "每项应为一个 JSON 对象。",
    ]


def test_bad_lines_say_why_and_stop_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(
        b'{"a": 1}\n{"a": \n[1]\n\n{"a": "\xff\xff"}\n' + b"x" * (3 << 20) + b'\n{"a": 2}'
    )
    found = rows(file)
    assert [each.number for each in found] == [1, 2, 3, 5, 6, 7]
    assert [bool(each.fault) for each in found] == [False, True, True, False, True, False]
    assert "2 MB" in found[4].fault


def test_a_quote_that_never_closes_is_told(tmp_path: Path) -> None:
    file = text_file(tmp_path / "x.csv", '内容\n好\n"没有结束\n' + "一二三四五六七八\n" * 2_000_000)
    found = []
    with pytest.raises(InvalidInput, match="引号没有闭合"):
        found.extend(rows_of(examine(file)))
    assert len(found) == 1


def test_a_line_of_commas_is_told(tmp_path: Path) -> None:
    file = text_file(tmp_path / "x.csv", "平台,内容\n微博,一\n" + "," * (20 << 20))
    with pytest.raises(InvalidInput, match="16 MB"):
        rows(file)


def test_a_cell_of_ten_megabytes_is_one_bad_row(read, tmp_path: Path) -> None:
    text = "平台,内容\n微博," + "长" * 3_500_000 + "\n微博,星澜\n"
    first, second = read(text_file(tmp_path / "x.csv", text))
    assert "上限是 100000" in first.reason
    assert second.mention.text == "星澜"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"\x7fELF" + b"\0\1\0\0" * 500, "不是文本"),
    ],
)
def test_what_cannot_be_imported_says_what_to_do(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=words):
        examine(file)


def test_an_archive_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.csv", "内容\n")
    with pytest.raises(InvalidInput, match="解压"):
        examine(tmp_path / "x.zip")


def test_cells_of_a_workbook_keep_their_kinds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["文", "数", "时", "日", "公式", "空", "小数", "真"])
    moment, day = datetime(2025, 11, 3, 12, 30), datetime(2025, 11, 3)  # noqa: DTZ001
    sheet.append(["一\n二", 1762144200123, moment, day.date(), "=星澜好", None, 1.5, True])
    book.save(tmp_path / "x.xlsx")
    assert cells(tmp_path / "x.xlsx") == [
        {"文": "一\n二", "数": 1762144200123, "时": moment, "日": day, "公式": "=星澜好",
         "空": None, "小数": 1.5, "真": True}
    ]  # fmt: skip


def test_shared_strings_and_gaps_are_read(tmp_path: Path) -> None:
    sheet = sheet_xml([
        text_cell("一") + text_cell("二") + text_cell("三"),
        '<c r="C2" t="s"><v>1</v></c><c r="A2" t="s"><v>0</v></c>',
        '<c r="A3" t="s"><v>99</v></c><c r="B3" t="e"><v>#N/A</v></c><c r="C3"><v>x</v></c>',
    ])  # fmt: skip
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>甲</t></si><si><r><t>乙</t></r><r><t>丙</t></r><rPh><t>yi</t></rPh></si></sst>"
    )
    assert cells(workbook(tmp_path / "x.xlsx", sheet, sharedStrings=strings)) == [
        {"一": "甲", "二": None, "三": "乙丙"},
        {"一": "", "二": None, "三": "x"},
    ]


def test_the_sheets_of_mediacrawler_are_all_read(read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, of in (("Comments", "comments"), ("Contents", "contents")):
        sheet = book.create_sheet(name)
        sheet.append(list(row("xhs", of)))
        sheet.append([str(value) for value in row("xhs", of).values()])
    book.save(tmp_path / "xhs_search.xlsx")
    comment, post = read(tmp_path / "xhs_search.xlsx")
    assert (comment.sheet, post.sheet) == ("Comments", "Contents")
    assert comment.mention.title == post.mention.title


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet_xml([text_cell("x")])
    with pytest.raises(InvalidInput, match="文档类型"):
        rows(workbook(tmp_path / "x.xlsx", bomb))


@pytest.mark.parametrize("sheet", [sheet_xml(["<c><v>1</v>"]), "", "<worksheet>"])
def test_a_broken_sheet_is_told(tmp_path: Path, sheet: str) -> None:
    with pytest.raises(InvalidInput, match="损坏或不完整"):
        rows(workbook(tmp_path / "x.xlsx", sheet))


def test_a_workbook_cut_off_is_told(tmp_path: Path) -> None:
    file = workbook(tmp_path / "x.xlsx", sheet_xml([text_cell("内容")] * 50))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InvalidInput, match="损坏或不完整"):
        rows(file)


@pytest.mark.parametrize("kind", ["one long row", "one long cell", "one long tag", "rows"])
def test_a_bomb_of_three_hundred_megabytes_stays_small(tmp_path: Path, kind: str) -> None:
    head = sheet_xml(["@"]).partition("@")[0]
    piece = {
        "one long row": "<c><v>1</v></c>",
        "one long cell": "字" * 5,
        "one long tag": "x" * 15,
        "rows": "</row><row> ",
    }[kind]
    opening = {"one long cell": '<c t="inlineStr"><is><t>', "one long tag": '<c r="'}.get(kind, "")
    path = workbook(tmp_path / "small.xlsx", "")
    with ZipFile(tmp_path / "bomb.xlsx", "w", ZIP_DEFLATED) as target, ZipFile(path) as source:
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w") as file:
            file.write((head + opening).encode())
            for _ in range(200):
                file.write(piece.encode() * 100_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = examine(tmp_path / "bomb.xlsx")
    with pytest.raises(InvalidInput):
        for _ in rows_of(content):
            pass
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100 * 1024


@pytest.mark.parametrize(
    "value", ["\ud800\udfff x \udc00", "\x00\x01星澜", "=HYPERLINK(1)", "\u202e" * 50]
)
def test_odd_letters_do_no_harm(read, tmp_path: Path, value: str) -> None:
    line = json.dumps({"platform": "weibo", "text": f"星澜{value}"})
    [entry] = read(text_file(tmp_path / "x.jsonl", line))
    assert entry.mention.text.startswith("星澜")
    entry.mention.text.encode()


def test_times_of_a_spreadsheet_are_those_of_the_zone(read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["平台", "内容", "发布时间"])
    book.active.append(["微博", "星澜", datetime(2025, 11, 3, 12, 30)])  # noqa: DTZ001
    book.save(tmp_path / "x.xlsx")
    [entry] = read(tmp_path / "x.xlsx")
    assert entry.mention.published_at == datetime(2025, 11, 3, 4, 30, tzinfo=UTC)
