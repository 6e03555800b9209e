"""Every charset that Chinese pages come in, under labels that are right, wrong and missing."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.encoding import decode

SIMPLE = "这款净化器的滤芯更换价格偏高，客服说是因为原材料成本上升，用户在论坛里表示不满。"
TRADITIONAL = "這款淨化器的濾芯更換價格偏高，客服說是因為原材料成本上升，用戶在論壇裡表示不滿。"
PAGES = {
    "utf-8": SIMPLE,
    "utf-8-sig": SIMPLE,
    "gbk": SIMPLE,
    "gb18030": SIMPLE + "㐂𠮷",
    "big5": TRADITIONAL,
    "utf-16": SIMPLE,
    "utf-16-le": SIMPLE,
    "utf-16-be": SIMPLE,
    "utf-32": SIMPLE,
}
LABELS = (None, "utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "windows-1252", "x-none", "base64")
PLACES = {
    "header": "{0}",
    "meta": "<meta charset='{0}'>",
    "http-equiv": '<meta http-equiv="Content-Type" content="text/html; charset={0}">',
    "xml": '<?xml version="1.0" encoding="{0}"?>',
}


@pytest.mark.parametrize("long_head", [0, 5000, 40_000], ids=lambda size: f"head {size}")
@pytest.mark.parametrize("encoding", PAGES)
def test_a_page_is_read_whatever_its_label_says(encoding: str, long_head: int) -> None:
    for label, place in itertools.product(LABELS, PLACES):
        head = PLACES[place].format(label) if label and place != "header" else ""
        page = f"{head}<html><style>{'a{b:c}' * (long_head // 6)}</style><p>{PAGES[encoding]}</p>"
        header = f"text/html; charset={label}" if label and place == "header" else None
        assert decode(page.encode(encoding), header) == page, (label, place)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "big5"])
def test_broken_bytes_cost_only_themselves(encoding: str, label: str | None) -> None:
    text = PAGES[encoding]
    body = f"<p>{text * 6}</p>".encode(encoding)
    place = body.index(b"<p>") + 3
    broken = body[:place] + b"\xff" + body[place:] + b"\xff<i>"
    page = decode(broken, f"text/html; charset={label}" if label else None)
    assert text * 5 in page


def test_an_advertisement_in_another_charset_does_not_turn_the_page() -> None:
    body = (SIMPLE * 10).encode() + SIMPLE[:20].encode("gbk") + (SIMPLE * 10).encode()
    page = decode(body, "text/html; charset=gbk")
    assert page.startswith(SIMPLE * 10)
    assert page.endswith(SIMPLE * 9)


@pytest.mark.parametrize("cut", range(1, 4))
def test_a_body_that_was_cut_off_is_read_to_its_end(cut: int) -> None:
    assert decode((SIMPLE * 3).encode()[:-cut]).startswith(SIMPLE * 2)
    assert decode((SIMPLE * 3).encode("gbk")[:-cut], "text/html; charset=gbk").startswith(SIMPLE)


def test_hz_is_read_where_it_is_declared() -> None:
    body = SIMPLE.encode("hz")
    assert decode(body, "text/plain; charset=hz-gb-2312") == SIMPLE
    assert decode(b"~{ and ~} alone", "text/plain") == "~{ and ~} alone"


@pytest.mark.parametrize(
    "hidden", ["<!-- <meta charset=big5> -->", "<script>x='<meta charset=big5>'</script>"]
)
def test_a_label_in_a_comment_or_a_script_is_none(hidden: str) -> None:
    page = f"{hidden}<meta charset=gbk>滤芯"
    assert decode(page.encode("gbk")) == page


@pytest.mark.parametrize("word", ["滤芯", "涨价", "差评", "的"])
def test_a_tiny_page_follows_its_label(word: str) -> None:
    for encoding in ("gbk", "utf-8"):
        assert decode(word.encode(encoding), f"text/html; charset={encoding}") == word
    assert decode(word.encode()) == word


def test_japanese_and_korean_follow_their_labels() -> None:
    japanese, korean = (
        "空気清浄機のフィルターは高すぎると思います。",
        "공기청정기 필터 가격이 비쌉니다.",
    )
    assert decode(japanese.encode("shift_jis"), "text/html; charset=shift_jis") == japanese
    assert decode(japanese.encode("euc_jp"), "text/html; charset=euc-jp") == japanese
    assert decode(korean.encode("euc_kr"), "text/html; charset=euc-kr") == korean


@pytest.mark.parametrize(
    "body",
    [
        b"\xff" * 8_000_000,
        b"a" * 8_000_000 + b"\xb5\xc4",
        b"\xb5\xc4" * 4_000_000,
        b"<!--" * 2_000_000,
    ],
    ids=range(4),
)
@pytest.mark.timeout(20)
def test_the_largest_page_is_read_in_bounded_time(body: bytes) -> None:
    assert decode(body, "text/html; charset=utf-8")


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200),
    st.none()
    | st.text(max_size=30)
    | st.sampled_from(["charset=zip", "charset=utf-7", "charset=idna", "charset=punycode",
                       "charset=undefined", "charset=unicode_escape", "charset=mbcs"]),
)  # fmt: skip
def test_nothing_makes_it_raise(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)
