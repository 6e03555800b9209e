"""Which texts count as copies of each other."""

import pytest

from alerts.copies import is_copy

TEXT = (
    "刚买的星澜净化器，开机就一股刺鼻的味道，换了新滤网也没用，打电话给客服，"
    "客服说是正常现象，让我再等几天，等了一个星期味道还是一样，真的很失望。"
)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        f"转发微博：{TEXT}",
        f"【用户投诉净化器】{TEXT} https://example.cn/a?from=share",
        TEXT.replace("，", " ") + "！！",
        f"{TEXT}来源：晚报",
    ],
)
def test_a_repost_with_another_head_link_or_punctuation_is_a_copy(copy: str) -> None:
    assert is_copy(TEXT, copy)
    assert is_copy(copy, TEXT)


@pytest.mark.parametrize(
    "other",
    [
        TEXT[:40],
        f"别听他胡说，我用了两年一点问题都没有，明明很好用 //@某某: {TEXT}",
        TEXT.replace("真的很失望", "真的不失望"),
        TEXT.replace("换了新滤网也没用", "换了新滤网就有用"),
        "星澜净化器的味道",
        "",
    ],
)
def test_an_excerpt_a_comment_and_a_contradiction_are_none(other: str) -> None:
    assert not is_copy(TEXT, other)
    assert not is_copy(other, TEXT)


def test_a_short_text_is_only_its_own_copy() -> None:
    assert is_copy("星澜真好", "星澜真好！")
    assert not is_copy("星澜真好", "星澜很好")
    assert not is_copy("👍", "👎")
