"""Watchlist matching, as a table of labelled texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.matching import WatchedBrand, Watchlist

BRANDS = (
    WatchedBrand(
        "hw",
        "华为",
        "competitor",
        ("huawei", "菊厂"),
        ("Mate 60", "P70"),
        ("任正非",),
        ("中华为了",),
    ),
    WatchedBrand(
        "mi", "小米", "own", ("Mi", "雷军家"), ("小米 SU7", "S3"), ("雷军",), ("小米粥", "小米辣")
    ),
    WatchedBrand("ad", "ad", "competitor"),
    WatchedBrand("adidas", "adidas", "competitor", ("阿迪",)),
    WatchedBrand("lj", "蓝鲸", "competitor"),
    WatchedBrand("ljzn", "蓝鲸智能", "own", (), ("鲸灵音箱",)),
    WatchedBrand(
        "apple",
        "苹果公司",
        "competitor",
        ("苹果",),
        ("iPhone", "M1"),
        ("库克",),
        ("苹果醋",),
        ("手机", "ios"),
    ),
    WatchedBrand("fruit", "红富士", "industry", ("苹果",), (), (), (), ("果园",)),
    WatchedBrand("360", "奇虎", "competitor", ("360",)),
    WatchedBrand("mcd", "麦当劳", "competitor", ("McDonald's", "金拱门")),
)

# text → "id:name id:name", in the order of the watchlist; a repeated name once for each place
CASES = [
    ("华为发布新机", "hw:华为"),
    ("中华为了复兴而读书", ""),
    ("中华为了复兴，华为也在努力", "hw:华为"),
    ("華為發佈新機", "hw:華為"),
    ("HUAWEI新品", "hw:HUAWEI"),
    ("ＨＵＡＷＥＩ新品", "hw:ＨＵＡＷＥＩ"),
    ("买了huaweis吗", ""),
    ("菊厂又涨价", "hw:菊厂"),
    ("任正非说", "hw:任正非"),
    ("Mate 60真好", "hw:Mate 60"),
    ("mate60真好", "hw:mate60"),
    ("P70真好", ""),
    ("华为P70真好", "hw:华为 hw:P70"),
    ("华为UP70的", "hw:华为"),
    ("小米SU7很好", "mi:小米SU7"),
    ("小米 SU7很好", "mi:小米 SU7"),
    ("小米手机", "mi:小米"),
    ("喝小米粥养胃", ""),
    ("小米辣拌饭", ""),
    ("喝着小米粥看小米发布会", "mi:小米"),
    ("S3更新了", ""),
    ("小米S3更新了", "mi:小米 mi:S3"),
    ("雷军的S3手表", "mi:雷军"),
    ("mix很好", ""),
    ("mi很好", "mi:mi"),
    ("买mi，不买别的", "mi:mi"),
    ("adidas的鞋", "adidas:adidas"),
    ("这条ad太长", "ad:ad"),
    ("ad在adidas里", "ad:ad adidas:adidas"),
    ("badge", ""),
    ("adidas2024新款", "adidas:adidas"),
    ("ad2024", ""),
    ("买阿迪达斯", "adidas:阿迪"),
    ("蓝鲸智能发布音箱", "ljzn:蓝鲸智能"),
    ("蓝鲸发布音箱", "lj:蓝鲸"),
    ("蓝鲸和蓝鲸智能", "lj:蓝鲸 ljzn:蓝鲸智能"),
    ("鲸灵音箱不错", "ljzn:鲸灵音箱"),
    ("藍鯨智能", "ljzn:藍鯨智能"),
    ("苹果很甜", ""),
    ("苹果手机卡顿", "apple:苹果"),
    ("苹果的iOS卡顿", "apple:苹果"),
    ("苹果的iosx卡顿", ""),
    ("苹果出了iPhone", "apple:苹果 apple:iPhone"),
    ("iPhone15和iPhone 15", "apple:iPhone apple:iPhone"),
    ("iPhones", ""),
    ("库克谈苹果", "apple:库克 apple:苹果"),
    ("苹果公司谈苹果", "apple:苹果公司 apple:苹果"),
    ("苹果醋配手机", ""),
    ("M1芯片", ""),
    ("苹果公司的M1芯片", "apple:苹果公司 apple:M1"),
    ("果园里的苹果", "fruit:苹果"),
    ("果园里用手机拍苹果", "apple:苹果 fruit:苹果"),
    ("红富士苹果", "fruit:红富士 fruit:苹果"),
    ("360安全卫士", "360:360"),
    ("3600元", ""),
    ("1360", ""),
    ("360buy", ""),
    ("McDonald’s", "mcd:McDonald’s"),
    ("McDonald's新品", "mcd:McDonald's"),
    ("金拱门", "mcd:金拱门"),
    ("", ""),
    ("华\ud800为", ""),
    ("\ud800华为\x00小米", "hw:华为 mi:小米"),
    ("😀华为😀", "hw:华为"),
]


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    return Watchlist(BRANDS)


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_matches(watchlist: Watchlist, text: str, expected: str) -> None:
    found = [
        f"{match.brand.id}:{text[span.start : span.end]}"
        for match in watchlist.match(text)
        for span in match.spans
    ]
    assert " ".join(found) == expected


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40


def test_an_empty_watchlist_and_blank_names_match_nothing() -> None:
    assert Watchlist([]).match("华为") == []
    assert Watchlist([WatchedBrand("x", " ", "own", ("",))]).match("x  ") == []


@given(st.text(st.sampled_from("华为小米苹果手机ad idsMi中了S3粥\ud800蓝鲸智能"), max_size=60))
def test_spans_are_in_order_and_inside_the_text(text: str) -> None:
    for match in Watchlist(BRANDS).match(text):
        edges = [edge for span in match.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(span.start < span.end <= len(text) for span in match.spans)


# A timeout far above what it takes: only work that grows faster than the text runs into it.
@pytest.mark.timeout(60)
def test_many_hits_in_a_long_text_take_linear_time(watchlist: Watchlist) -> None:
    for text in ("中华为了" * 8_000, "苹果" * 16_000, "苹果手机" * 8_000, "蓝鲸智能" * 8_000):
        for match in watchlist.match(text):
            assert len(match.spans) >= 8_000
