import pytest
from PIL import Image
from reading_files import PDF, Read, chinese_pdf, locked_pdf

from assets.reading.run import Unreadable


def test_text_is_found_by_pages_with_their_pictures(read: Read) -> None:
    reading = read(chinese_pdf(["星澜科技品牌手册", "", "标志的安全空间"]), PDF)
    assert [(page.page, page.source, page.text) for page in reading.pages] == [
        (1, "embedded", "星澜科技品牌手册"),
        (3, "embedded", "标志的安全空间"),
    ]
    assert reading.facts["pages"] == 3
    assert reading.facts["orientation"] == "portrait"
    assert "text_truncated" not in reading.facts
    pictures = {picture.name: picture for picture in reading.pictures}
    assert set(pictures) == {"thumb", "preview", "page-1", "page-2", "page-3"}
    assert pictures["page-2"].width == 1200
    assert max(pictures["preview"].width, pictures["preview"].height) == 1600
    assert pictures["thumb"].height == 480
    for picture in reading.pictures:
        with Image.open(picture.path) as image:
            assert (image.format, image.size) == ("WEBP", (picture.width, picture.height))


def test_the_colours_of_the_first_page_are_found(read: Read) -> None:
    assert read(chinese_pdf([""]), PDF).facts["colours"] == ["#ffffff", "#cc001a"]


def test_rare_characters_come_whole(read: Read) -> None:
    assert read(chinese_pdf(["𠮷祥"]), PDF).pages[0].text == "𠮷祥"


def test_of_very_many_pages_the_first_are_read_and_all_are_counted(read: Read) -> None:
    reading = read(chinese_pdf([f"第{number}页" for number in range(1, 10_001)]), PDF)
    assert reading.facts["pages"] == 10_000
    assert reading.facts["text_truncated"] is True
    assert [page.page for page in reading.pages] == list(range(1, 2_001))
    assert sum(picture.name.startswith("page-") for picture in reading.pictures) == 40


@pytest.mark.parametrize("box", ["0 0 1000000000 1000000000", "0 0 1000000 1", "0 0 1 1000000"])
def test_an_immense_page_gives_a_picture_of_bounded_size(read: Read, box: str) -> None:
    reading = read(chinese_pdf(["大"], box), PDF)
    assert reading.facts["pages"] == 1
    assert all(picture.width <= 1600 and picture.height <= 3600 for picture in reading.pictures)


def test_a_password_is_named(read: Read) -> None:
    with pytest.raises(Unreadable, match="密码"):
        read(locked_pdf(), PDF)


@pytest.mark.parametrize("kept", [0, 30])
def test_a_document_without_its_pages_is_refused(read: Read, kept: int) -> None:
    with pytest.raises(Unreadable, match="损坏"):
        read(chinese_pdf(["星澜科技"])[:kept], PDF)


def test_a_document_cut_off_at_its_end_is_mended(read: Read) -> None:
    whole = chinese_pdf(["星澜科技"] * 3)
    reading = read(whole[: whole.index(b"startxref")], PDF)
    assert [page.text for page in reading.pages] == ["星澜科技"] * 3
