import pytest
from reading_files import Read

from assets.reading.cleaning import clean
from assets.reading.run import Unreadable

TEXT = "星澜科技净化器说明\n第二行：欢迎选购"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "text/csv"])
def test_text_is_read_in_the_encodings_of_chinese_offices(
    read: Read, encoding: str, media_type: str
) -> None:
    (page,) = read(TEXT.encode(encoding), media_type).pages
    assert (page.page, page.source, page.text) == (1, "plain", TEXT)


def test_traditional_text_is_read(read: Read) -> None:
    text = "星瀾科技淨化器說明，歡迎選購。我們會儘快回覆您的問題，謝謝您的支持與愛護。" * 5
    assert read(text.encode("big5"), "text/plain").pages[0].text == text


def test_a_broken_character_does_not_spoil_the_rest(read: Read) -> None:
    given = TEXT.encode() + b"\xed\xa0\x80" + TEXT.encode()
    text = read(given, "text/plain").pages[0].text
    assert text.startswith(TEXT)
    assert text.endswith("欢迎选购")


def test_what_cannot_be_stored_is_left_out(read: Read) -> None:
    given = "\ufeff星\x00澜\x07\ufffe科技\ud800。".encode("utf-16-le", "surrogatepass")
    assert read(given, "text/plain").pages[0].text.replace("\ufffd", "") == "星澜科技。"


def test_cleaned_text_has_no_lone_surrogates_and_few_empty_lines() -> None:
    assert clean("一\ud800\udfff\udc00\r\n\r\n\r\n\r\n  二 \t\r三\x0b") == "一\n\n  二\n三"


def test_cleaning_is_quick_on_long_runs_of_spaces() -> None:
    assert clean("一" + " " * 2_000_000 + "二").endswith("二")


def test_a_very_long_text_is_cut_and_says_so(read: Read) -> None:
    reading = read(("星澜" * 20 + "\n").encode() * 100_000, "text/plain")
    assert reading.facts == {"text_truncated": True}
    assert 4_999_000 < len(reading.pages[0].text.encode()) <= 5_000_000


def test_an_empty_text_has_no_pages(read: Read) -> None:
    assert read(b"\n \n", "text/plain").pages == ()


@pytest.mark.parametrize("given", [b"<!DOCTYPE html><p>x", b" <HTML>", b"<!-- x --><html lang=zh>"])
def test_a_web_page_is_refused(read: Read, given: bytes) -> None:
    with pytest.raises(Unreadable, match="HTML"):
        read(given, "text/plain")


def test_bytes_that_are_no_text_are_refused(read: Read) -> None:
    with pytest.raises(Unreadable, match="编码"):
        read(bytes(range(128, 256)) * 30, "text/plain")
