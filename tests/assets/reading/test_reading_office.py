import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from openpyxl.comments import Comment
from pptx.util import Inches
from reading_files import DOCX, PPTX, XLSX, Read, with_part

from assets.reading.run import Unreadable

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    b"<w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A Word file with text in every place."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉：内部资料"
    document.sections[0].footer.paragraphs[0].text = "页脚：星澜科技"
    first = document.add_paragraph("致媒体的说明")
    document.add_comment(first.runs, text="请法务确认", author="林岚")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "型号", "价格"
    document.add_page_break()
    document.add_paragraph("第二页的话")
    document.save(tmp_path / "letter.docx")
    return tmp_path / "letter.docx"


def test_a_letter_gives_the_text_of_every_place_by_pages(read: Read, letter: Path) -> None:
    reading = read(letter, DOCX)
    assert reading.facts == {"pages": 2}
    assert reading.pictures == ()
    first, second = reading.pages
    assert {first.source, second.source} == {"office"}
    assert [word in first.text for word in ("致媒体的说明", "型号", "价格", "页眉：内部资料")] == [
        True
    ] * 4
    assert "第二页的话" in second.text
    assert "请法务确认" in second.text
    assert "页脚：星澜科技" in first.text
    assert "第二页" not in first.text


def test_deleted_and_doubled_text_is_left_out(read: Read, letter: Path) -> None:
    body = (
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' "
        "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><w:body><w:p>"
        "<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
        "<w:r><w:t>留下</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
        "<mc:AlternateContent><mc:Choice><w:r><w:t>文本框</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t>文本框</w:t></w:r></mc:Fallback></mc:AlternateContent>"
        "</w:p></w:body></w:document>"
    )
    with_part(letter, "word/document.xml", body.encode())
    assert read(letter, DOCX).pages[0].text.split("\n")[0] == "留下文本框"


def test_slides_give_their_text_and_notes_in_the_order_they_are_shown(
    read: Read, tmp_path: Path
) -> None:
    show = pptx.Presentation()
    for title in ("发布会", "新品介绍", "谢谢"):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
        slide.notes_slide.notes_text_frame.text = f"{title}的备注"
    table = show.slides[1].shapes.add_table(1, 1, Inches(1), Inches(1), Inches(2), Inches(1)).table
    table.cell(0, 0).text = "参数表"
    order = show.slides._sldIdLst
    order.insert(0, order[2])
    show.save(tmp_path / "show.pptx")
    reading = read(tmp_path / "show.pptx", PPTX)
    assert reading.facts == {"pages": 3, "orientation": "landscape"}
    assert [page.text.split("\n")[0] for page in reading.pages] == ["谢谢", "发布会", "新品介绍"]
    assert [
        f"{title}的备注" in page.text
        for page, title in zip(reading.pages, ("谢谢", "发布会", "新品介绍"), strict=True)
    ] == [True] * 3
    assert "参数表" in reading.pages[2].text


def test_sheets_give_what_the_cells_show_with_comments(read: Read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "报价"
    moment = datetime(2026, 7, 1, 8, 30, tzinfo=UTC).replace(tzinfo=None)
    book.active.append(["净化器", 1999.0, 0.5, date(2026, 7, 1), moment])
    book.active["A1"].comment = Comment("含税", "周航")
    book.create_sheet("门店").append(["江城店", None, True])
    book.save(tmp_path / "book.xlsx")
    reading = read(tmp_path / "book.xlsx", XLSX)
    assert reading.facts == {"pages": 2}
    assert reading.pages[0].text.split("\n")[:2] == [
        "报价",
        "净化器\t1999\t0.5\t2026-07-01\t2026-07-01 08:30:00",
    ]
    assert "含税" in reading.pages[0].text
    assert reading.pages[1].text == "门店\n江城店\t\tTrue"


def test_a_workbook_is_read_whatever_its_copy_is_called(read: Read, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "book.xlsx")
    assert read((tmp_path / "book.xlsx").read_bytes(), XLSX).facts == {"pages": 1}


def sheet_with(path: Path, rows: str) -> Path:
    """A workbook whose one sheet has these rows of XML."""
    openpyxl.Workbook().save(path)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = (
        f'<worksheet xmlns="{main}"><dimension ref="A1:XFD1048576"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    with_part(path, "xl/worksheets/sheet1.xml", content.encode())
    return path


def test_of_very_many_rows_the_first_megabytes_are_taken(read: Read, tmp_path: Path) -> None:
    cell = '<row><c t="inlineStr"><is><t>星澜科技净化器的一条销售记录</t></is></c></row>'
    reading = read(sheet_with(tmp_path / "rows.xlsx", cell * 150_000), XLSX)
    assert reading.facts["text_truncated"] is True
    assert 4_990_000 < len(reading.pages[0].text.encode()) <= 5_000_000


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is(read: Read, tmp_path: Path) -> None:
    rows = '<row r="999999999"><c r="XFD999999999" t="inlineStr"><is><t>远</t></is></c></row>'
    near = '<row r="1"><c r="A1" t="inlineStr"><is><t>近</t></is></c></row>'
    reading = read(sheet_with(tmp_path / "far.xlsx", near + rows), XLSX)
    assert reading.pages[0].text == "Sheet\n近"


@pytest.mark.parametrize("part", ["word/document.xml", "word/comments.xml", "_rels/.rels"])
def test_entities_that_multiply_are_refused(read: Read, letter: Path, part: str) -> None:
    with_part(letter, part, LAUGHS)
    with pytest.raises(Unreadable, match="损坏"):
        read(letter, DOCX)


def with_shared_strings(path: Path, content: bytes) -> Path:
    """A workbook as Excel writes it: its one cell shows the first of the shared strings."""
    sheet_with(path, '<row><c t="s"><v>0</v></c></row>')
    with zipfile.ZipFile(path) as archive:
        types = archive.read("[Content_Types].xml").decode()
    override = (
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    with_part(path, "[Content_Types].xml", types.replace("</Types>", override).encode())
    with_part(path, "xl/sharedStrings.xml", content)
    return path


def test_shared_strings_are_read(read: Read, tmp_path: Path) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{main}"><si><r><t>星澜</t></r><r><t>科技</t></r></si></sst>'
    reading = read(with_shared_strings(tmp_path / "book.xlsx", strings.encode()), XLSX)
    assert reading.pages[0].text == "Sheet\n星澜科技"


def test_entities_in_shared_strings_are_refused(read: Read, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="损坏"):
        read(with_shared_strings(tmp_path / "book.xlsx", LAUGHS), XLSX)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_entities_in_a_workbook_are_refused(read: Read, tmp_path: Path, part: str) -> None:
    with_part(sheet_with(tmp_path / "book.xlsx", "<row/>"), part, LAUGHS)
    with pytest.raises(Unreadable, match="损坏"):
        read(tmp_path / "book.xlsx", XLSX)


def test_a_package_that_unpacks_to_far_more_is_refused(read: Read, letter: Path) -> None:
    with (
        zipfile.ZipFile(letter, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/header9.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(401):
            part.write(b" " * (1 << 20))
    with pytest.raises(Unreadable, match="太大"):
        read(letter, DOCX)


def test_a_package_with_very_many_parts_is_refused(read: Read, letter: Path) -> None:
    with zipfile.ZipFile(letter, "a") as archive:
        for number in range(20_001):
            archive.writestr(f"word/media/{number}.png", b"")
    with pytest.raises(Unreadable, match="太大"):
        read(letter, DOCX)


@pytest.mark.parametrize("media_type", [DOCX, PPTX, XLSX])
def test_what_is_no_package_is_refused(read: Read, media_type: str) -> None:
    with pytest.raises(Unreadable, match="打不开"):
        read(b"PK\x03\x04 not really", media_type)


@pytest.mark.parametrize("media_type", [DOCX, PPTX, XLSX])
def test_an_encrypted_package_is_named(read: Read, media_type: str) -> None:
    with pytest.raises(Unreadable, match="密码"):
        read(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, media_type)


@pytest.mark.parametrize("media_type", [DOCX, PPTX, XLSX])
def test_an_empty_package_is_refused(read: Read, tmp_path: Path, media_type: str) -> None:
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(Unreadable, match="损坏"):
        read(tmp_path / "empty.zip", media_type)
