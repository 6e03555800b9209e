"""Charsets that lie."""

import pytest

from crawlers.encoding import decode

TEXT = "星澜科技的净化器滤芯更换价格偏高，客服态度也不太好，大家怎么看？"
TRADITIONAL = "繁體中文的網頁內容，這是一個測試，品牌聲譽如何？"


@pytest.mark.parametrize(
    "declared", [None, "text/html", "text/html; charset=gb2312", "text/html; charset=iso-8859-1"]
)
def test_valid_utf_8_wins_over_what_is_declared(declared: str | None) -> None:
    assert decode(TEXT.encode(), declared) == TEXT


@pytest.mark.parametrize(
    "declared", ["gb2312", "GBK", "gb18030", "utf-8", "iso-8859-1", "x-no-such"]
)
def test_gbk_is_read_under_any_label(declared: str) -> None:
    assert decode(TEXT.encode("gbk"), f"text/html; charset={declared}") == TEXT


def test_gb2312_on_the_label_means_its_superset() -> None:
    text = "朱镕基与喆、€"
    assert decode(text.encode("gb18030"), "text/html; charset=gb2312") == text


@pytest.mark.parametrize(
    "head", [b"<meta charset='gbk'>", b'<?xml version="1.0" encoding="GB2312"?>',
             b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'],
)  # fmt: skip
def test_the_document_may_declare_it(head: bytes) -> None:
    assert decode(head + "滤芯".encode("gbk")).endswith("滤芯")


def test_big5_is_declared_or_found() -> None:
    assert decode(TRADITIONAL.encode("big5"), "text/html; charset=big5") == TRADITIONAL
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_byte_order_marks_decide() -> None:
    assert decode(TEXT.encode("utf-8-sig"), "text/html; charset=gbk") == TEXT
    assert decode(TEXT.encode("utf-16")) == TEXT


def test_one_broken_character_does_not_garble_the_page() -> None:
    body = (TEXT * 20).encode()
    assert decode(body[:-1]).startswith(TEXT)
    assert decode(body[:40] + b"\xff" + body[42:]).endswith(TEXT)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\xfd", bytes(range(256)), b"\x80" * 50])
def test_nothing_makes_it_raise(body: bytes) -> None:
    assert isinstance(decode(body), str)
