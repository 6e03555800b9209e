"""Which part of a text speaks of which brand."""

import pytest

from sentiment.scorer import Scorer
from sentiment.target import brand_windows, score_brands, score_towards, window_text
from storage.mentions import Span


def places(text: str, *names: str) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for name in names:
        at = text.find(name)
        while at >= 0:
            found.setdefault(name, []).append(Span(at, at + len(name)))
            at = text.find(name, at + 1)
    return found


def windows(text: str, *names: str) -> dict[str, str]:
    found = brand_windows(text, places(text, *names))
    return {name: window_text(text, spans) for name, spans in found.items()}


def test_the_only_brand_of_a_short_text_has_all_of_it() -> None:
    text = "真失望。青禾的客服不理人，再也不买"
    assert windows(text, "青禾") == {"青禾": text}


def test_a_clause_belongs_to_the_brand_before_it() -> None:
    text = "青禾很好，屏幕漂亮；蓝鲸很差，发热严重"
    assert windows(text, "青禾", "蓝鲸") == {
        "青禾": "青禾很好，屏幕漂亮；",
        "蓝鲸": "蓝鲸很差，发热严重",
    }


def test_what_stands_before_all_brands_belongs_to_the_first() -> None:
    text = "太失望了，青禾的灯坏了，蓝鲸倒没事"
    assert windows(text, "青禾", "蓝鲸")["青禾"] == "太失望了，青禾的灯坏了，"


def test_a_clause_is_cut_where_the_second_brand_begins() -> None:
    text = "我觉得青禾质量不错蓝鲸做工太差"
    assert windows(text, "青禾", "蓝鲸") == {"青禾": "我觉得青禾质量不错", "蓝鲸": "蓝鲸做工太差"}


def test_a_verb_of_liking_goes_with_the_brand_behind_it() -> None:
    text = "我喜欢青禾但更讨厌蓝鲸"
    assert windows(text, "青禾", "蓝鲸")["蓝鲸"] == "但更讨厌蓝鲸"
    assert windows("喜欢青禾讨厌蓝鲸", "青禾", "蓝鲸")["青禾"] == "喜欢青禾"


def test_joined_brands_share_what_follows() -> None:
    text = "青禾和蓝鲸都降价了，买得起"
    assert windows(text, "青禾", "蓝鲸") == {"青禾": text, "蓝鲸": text}


def test_a_comparison_speaks_of_the_first() -> None:
    text = "青禾比蓝鲸好用多了"
    assert windows(text, "青禾", "蓝鲸") == {"青禾": text, "蓝鲸": "蓝鲸"}


def test_a_brand_named_again_gathers_its_parts() -> None:
    text = "青禾不错。蓝鲸一般。青禾还便宜。"
    assert windows(text, "青禾", "蓝鲸")["青禾"] == "青禾不错。\n青禾还便宜。"


def test_in_a_long_text_only_what_is_near_counts() -> None:
    text = "行业在变，" * 40 + "青禾发布新灯，" + "各地下雨，" * 40
    window = windows(text, "青禾")["青禾"]
    assert "青禾发布新灯" in window
    assert len(window) < 80


def test_a_brand_without_spans_gets_the_whole_text() -> None:
    text = "青禾不错，蓝鲸很差"
    assert brand_windows(text, {"x": (), **places(text, "青禾", "蓝鲸")})["x"] == (
        Span(0, len(text)),
    )
    assert brand_windows("", {"x": ()}) == {"x": (Span(0, 0),)}


def test_windows_take_linear_time_for_many_hits() -> None:
    text = "青禾蓝鲸，" * 20_000
    assert set(windows(text, "青禾", "蓝鲸")) == {"青禾", "蓝鲸"}


@pytest.mark.parametrize(
    ("text", "ours", "rival"),
    [
        (
            "青禾音质出色，外观漂亮，非常喜欢；蓝鲸质量太差，做工粗糙，态度恶劣",
            "positive",
            "negative",
        ),
        ("蓝鲸客服态度恶劣，太差了。青禾外观漂亮，音质出色，喜欢", "positive", "negative"),
        ("青禾太差了，垃圾，再也不买；蓝鲸非常漂亮，喜欢", "negative", "positive"),
    ],
)
def test_praise_and_blame_go_where_they_belong(
    scorer: Scorer, text: str, ours: str, rival: str
) -> None:
    spans = places(text, "青禾", "蓝鲸")
    scores = score_brands(scorer, text, spans, "weibo")
    assert (scores["青禾"].label, scores["蓝鲸"].label) == (ours, rival)
    assert score_towards(scorer, text, spans["青禾"], spans["蓝鲸"], "weibo") == scores["青禾"]
    assert score_towards(scorer, text, spans["蓝鲸"], spans["青禾"], "weibo") == scores["蓝鲸"]


def test_a_name_that_two_brands_share_is_no_rival_of_itself(scorer: Scorer) -> None:
    text = "青禾太差了"
    spans = [Span(0, 2)]
    assert score_towards(scorer, text, spans, spans) == score_towards(scorer, text, spans)


def test_the_only_brand_of_a_short_text_keeps_its_score(scorer: Scorer) -> None:
    text = "真失望。青禾的客服不理人，再也不买"
    found = score_brands(scorer, text, {**places(text, "青禾"), "x": ()}, "weibo")
    assert found == dict.fromkeys(("青禾", "x"), scorer.score([text], "weibo")[0])
