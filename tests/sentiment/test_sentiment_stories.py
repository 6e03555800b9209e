"""Near-duplicates: what is one story and what is not."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.stories import (
    band_keys,
    containment,
    normal_form,
    same_story,
    signature,
    similarity,
)

STORY = (
    "昨天晚上九点多，我在客厅看电视，放在沙发上的青禾充电宝突然冒烟起火，烧坏了沙发和地板，"
    "幸好家里有灭火器没有酿成大祸。联系客服，客服说要先把产品寄回去检测，来回推了三次，"
    "到现在也没有人给一个说法，希望媒体能够关注一下这件事情。"
)
ANOTHER = (
    "青禾今天在上海开了发布会，新一代台灯支持自动调光，起售价二百九十九元，下周一在各大平台开售，"
    "我在现场试了试，光线柔和，底座比上一代稳，喜欢的朋友可以等首批评测出来再决定要不要入手。"
)
SAME = {
    "a repost": "转发微博：" + STORY,
    "a repost with a comment and a chain": "太吓人了//@小王:转发//@老李:" + STORY,
    "a mark in brackets": "【转】" + STORY,
    "a headline before it": "【充电宝起火烧坏沙发】" + STORY,
    "a link behind it": STORY + " https://example.com/s/abc123?from=weibo",
    "names called": "@人民日报 @央视新闻 " + STORY,
    "other punctuation": STORY.replace("，", " ").replace("。", "！！"),
    "traditional and full width": STORY.replace("电视", "電視").replace("客厅", "客廳"),
    "a light edit": STORY.replace("昨天晚上九点多", "前天夜里").replace("三次", "好几次"),
    "the first half": STORY[: len(STORY) // 2],
    "the first third": STORY[: len(STORY) // 3],
    "an excerpt from the middle": STORY[40:90],
    "a cut middle": STORY[:45] + STORY[70:],
    "quoted in a longer text": "今天刷到一个帖子，我原样贴在这里。" + STORY + ANOTHER[:40],
}


def same(a: str, b: str) -> bool:
    return same_story(a, signature(a), b, signature(b))


@pytest.mark.parametrize("copy", SAME.values(), ids=SAME.keys())
def test_copies_are_one_story(copy: str) -> None:
    assert same(STORY, copy)
    assert same(copy, STORY)


@pytest.mark.parametrize(
    "other",
    [
        ANOTHER,
        "青禾充电宝起火了吗？",
        "青禾充电宝昨天晚上突然降价",
        "今天天气很好，和家人去公园放风筝，孩子玩得很开心，晚上一起吃了火锅，味道不错。",
        "",
        "😀😀",
    ],
)
def test_other_texts_are_not(other: str) -> None:
    assert not same(STORY, other)


def test_short_texts_only_equal_themselves() -> None:
    assert same("太差了", "太差了！")
    assert not same("太差了", "太差了吧")
    assert not same("太差了", "太差了太差了太差了")
    assert not same("😀", "😡")
    assert not same("https://example.com/a", "https://example.com/b")


def test_a_repost_mark_leaves_only_the_story() -> None:
    assert normal_form("转发微博：Ｈello，世界 http://t.cn/abc @某人 你好") == "hello世界你好"
    assert normal_form("转机场大巴很方便") == "转机场大巴很方便"
    assert normal_form("【通知】明天停水") == "通知明天停水"


def test_the_signature_is_512_bytes_and_always_the_same() -> None:
    assert len(signature(STORY)) == 512
    # The version must be raised when this changes: stored signatures would no longer compare.
    assert signature(STORY)[:8].hex() == "42f8200220c23706"


def test_band_keys_fit_a_signed_64_bit_column_and_tell_bands_apart() -> None:
    keys = band_keys(signature(STORY))
    assert len(set(keys)) == 32
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert min(keys) < 0 < max(keys)


def test_close_copies_share_a_band_key() -> None:
    keys = set(band_keys(signature(STORY)))
    for name in ("a repost", "a light edit", "a link behind it", "a cut middle"):
        assert keys & set(band_keys(signature(SAME[name])))
    assert not keys & set(band_keys(signature(ANOTHER)))


def jaccard(a: str, b: str) -> float:
    x, y = (set(pairwise(form)) for form in map(normal_form, (a, b)))
    return len(x & y) / len(x | y)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_similarity_estimates_jaccard(share: float) -> None:
    errors = []
    for seed in range(40):
        draw = random.Random(seed)
        text = "".join(chr(draw.randrange(0x4E00, 0x9000)) for _ in range(200))
        cut = text[: int(200 * share)]
        errors.append(similarity(signature(text), signature(cut)) - jaccard(text, cut))
    assert abs(sum(errors) / len(errors)) < 0.03
    assert max(map(abs, errors)) < 0.2


def test_containment_needs_thirty_characters() -> None:
    assert containment(STORY, STORY[:20]) == 0
    assert containment(STORY, STORY[:60]) == 1
    assert containment(STORY[:60], STORY) == 1


@given(st.text(st.characters(codec=None), max_size=80))
def test_any_string_has_a_signature_and_equals_itself(text: str) -> None:
    assert same(text, text)
    assert len(band_keys(signature(text))) == 32


# A timeout far above what it takes: only work that grows faster than the text runs into it.
@pytest.mark.timeout(30)
def test_a_very_long_text_is_signed_in_linear_time() -> None:
    assert len(signature("".join(chr(0x4E00 + at % 20_000) for at in range(100_000)))) == 512
