"""The words that hurt, cut where a reader would cut."""

from alerts_desk import COMPLAINT, clauses
from hypothesis import given
from hypothesis import strategies as st

from alerts.excerpt import excerpt, plain, short_title
from storage.mentions import Contribution


def marked(text: str, limit: int = 140) -> str:
    pieces = excerpt(text, clauses(text), limit)
    return "".join(f"[{piece.text}]" if piece.hurts else piece.text for piece in pieces)


def test_a_short_text_is_shown_whole_with_its_highlights() -> None:
    assert marked(COMPLAINT) == (
        "刚买的星澜 S3 净化器，[开机就一股刺鼻的味道]，换了新滤网也没用。"
        "客服说“正常现象”，[这也叫净化？]外观倒是挺好看的。"
    )


def test_a_long_text_is_cut_around_the_worst_clause() -> None:
    text = "前面说了很多别的事情。" * 30 + COMPLAINT + "后面又说了很多别的事情。" * 30
    shown = marked(text)
    assert "[开机就一股刺鼻的味道]" in shown
    assert shown.startswith("…前面说了很多别的事情。")
    assert shown.endswith("。…")
    assert len(shown) <= 140 + 6


def test_a_weak_clause_is_not_highlighted() -> None:
    parts = [Contribution(0, 2, -3.0), Contribution(2, 4, -0.2), Contribution(4, 6, 1.0)]
    assert [piece.hurts for piece in excerpt("很差一般好看", parts)] == [True, False]


def test_a_text_without_contributions_shows_its_beginning() -> None:
    assert "".join(piece.text for piece in excerpt("长" * 500, [])) == "长" * 140 + "…"


def test_the_title_is_the_mentions_own_when_it_has_one() -> None:
    assert short_title(" 净化器\n异味 ", COMPLAINT, []) == "净化器 异味"


def test_a_long_title_is_cut_at_a_clause() -> None:
    title = "净化器滤网异味，用户称新机首周有刺鼻气味，客服却说属于正常现象，不给退货也不给换新"
    assert (
        short_title(title, "", [])
        == "净化器滤网异味，用户称新机首周有刺鼻气味，客服却说属于正常现象…"
    )
    assert short_title("长" * 60, "", []) == "长" * 39 + "…"


def test_without_a_title_the_sentence_that_hurts_is_it() -> None:
    text = "今天天气不错。" + COMPLAINT
    assert short_title("", text, clauses(text)) == (
        "刚买的星澜 S3 净化器，开机就一股刺鼻的味道，换了新滤网也没用"
    )


def test_a_cut_never_splits_an_emoji() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    title = short_title("好" * 37 + family * 3, "", [])
    assert title == "好" * 37 + "…"


def test_controls_and_direction_marks_become_blank() -> None:
    assert plain("a\x00b\u202ec\nd\ud800") == "a b c\nd "


@given(
    st.text(max_size=400),
    st.lists(st.tuples(st.integers(-5, 400), st.integers(-5, 400), st.floats(-5, 5)), max_size=8),
    st.integers(1, 150),
)
def test_any_text_and_any_contributions_give_a_passage_of_the_text(
    text: str, parts: list[tuple[int, int, float]], limit: int
) -> None:
    contributions = [Contribution(*part) for part in parts]
    pieces = excerpt(text, contributions, limit)
    shown = "".join(piece.text for piece in pieces)
    assert len(shown) <= limit + 2
    body = shown.removeprefix("…").removesuffix("…")
    assert body in plain(text).replace("\n", " ")
    title = short_title("", text, contributions)
    assert len(title) <= 40
    assert "\n" not in title
