"""The net towards a target: what it reads, and how it is kept; with random weights."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from sentiment.engines.charnet import Blend
from sentiment.engines.charnet_text import MASKED, PAIR_BITS
from sentiment.engines.target_net import Blends, TargetOpinion
from sentiment.engines.target_net_model import MATRICES, MIXES, TargetNet
from sentiment.engines.target_net_text import (
    DISTANCES,
    LONGEST,
    NEAR,
    PLACES,
    SIDE,
    place_rows,
    signed_distances,
    view,
)
from sentiment.scorer import Score
from sentiment.target import Aim
from storage.mentions import Span

KNOWN = np.array(sorted(map(ord, "不好太差很喜欢，。青禾蓝鲸")), dtype=np.uint32)
WIDTH, HEADS = 8, 2
EVEN = Score("neutral", 0.3, 0.4, 0.3)


def random_net() -> TargetNet:
    rng = np.random.default_rng(11)

    def drawn(*shape: int) -> np.ndarray:
        return (rng.normal(size=shape) * 0.3).astype(np.float32)

    layers = {"character": drawn(len(KNOWN) + 3, 8), "pair": drawn(1 << PAIR_BITS, 4)}
    layers |= {"project": drawn(12, WIDTH), "answer": drawn((HEADS + 6) * WIDTH, 3)}
    layers |= {name: drawn(3 * WIDTH, 2 * WIDTH) for name in MIXES}
    layers |= {"focus": drawn(WIDTH, HEADS), "focus_places": drawn(DISTANCES, HEADS)}
    layers |= {f"{name}_bias": drawn(layers[name].shape[1]) for name in MATRICES}
    layers |= {"places": drawn(PLACES, WIDTH)}
    return TargetNet.of(KNOWN, layers)


@pytest.fixture(scope="module")
def opinion() -> TargetOpinion:
    """Random weights, a general blend and one for news; others beside known names."""
    general, news = Blend(0.4, 0.6, (0.1, -0.2, 0.1)), Blend(0.5, 0.5, (0.0, 0.3, -0.3))
    return TargetOpinion(random_net(), Blends(general, {"news": news}), Blends(news, {}))


def aim(text: str, name: str, rival: str = "") -> Aim:
    def spans(word: str) -> tuple[Span, ...]:
        at = text.find(word) if word else -1
        return (Span(at, at + len(word)),) if at >= 0 else ()

    return Aim(text, spans(name), spans(rival))


@st.composite
def aims(draw: st.DrawFn) -> Aim:
    text = draw(st.text(st.characters(codec=None), max_size=40))
    edges = sorted(draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    return Aim(text, (Span(*edges[:2]),), (Span(*edges[2:]),))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(aims(), max_size=3))
def test_any_target_gets_the_same_score_alone_and_together(some: list[Aim]) -> None:
    even = Blends(Blend(1, 1, (0, 0, 0)), {})
    opinion = TargetOpinion(random_net(), even, even)
    together = opinion.scores(some, [EVEN] * len(some))
    assert together == [opinion.scores([each], [EVEN])[0] for each in some]


def test_distances_are_those_to_the_nearest_name() -> None:
    named = np.array([0, 0, 1, 1, 0, 0, 0, 1, 0], dtype=bool)
    assert signed_distances(named).tolist() == [-2, -1, 0, 0, 1, 2, -1, 0, 1]


def test_before_and_behind_have_their_own_places() -> None:
    rows = place_rows(np.array([0, 1, -1, 5, 6, -6, 999, -999])).tolist()
    assert rows == [0, 1, 1 + SIDE, 5, 5, 5 + SIDE, SIDE, 2 * SIDE]
    assert max(rows) == DISTANCES - 1


def test_of_a_long_text_it_reads_what_stands_nearest() -> None:
    text = "好，" * 300 + "青禾" + "差。" * 300 + "青禾"
    at = text.index("青禾")
    seen = view(text, (Span(at, at + 2), Span(len(text) - 2, len(text))))
    assert seen is not None
    assert len(seen.codes) == LONGEST
    assert (seen.places == 0).sum() == 4
    assert chr(seen.codes[0]) in "好,"


@pytest.mark.parametrize(("name", "clause"), [("青禾", "青禾很好,"), ("蓝鲸", "蓝鲸太差.")])
def test_the_clause_of_a_target_is_told(name: str, clause: str) -> None:
    text = "青禾很好，蓝鲸太差。"
    seen = view(text, aim(text, name).spans)
    assert seen is not None
    read = "".join(map(chr, seen.codes[seen.clause]))
    assert read.replace("。", ".") == clause
    assert seen.near.sum() == min(len(text), text.index(name) + 2 + NEAR) - max(
        0, text.index(name) - NEAR
    )


def test_offsets_are_code_points() -> None:
    for text in ("😀😀青禾👍🏽好", "𠮷青禾\u200b差", "ＡＢ青禾！！！！！！"):
        seen = view(text, aim(text, "青禾").spans)
        assert seen is not None
        assert "".join(map(chr, seen.codes[seen.places == 0])) == "青禾"


def test_a_hidden_name_is_told_by_nothing() -> None:
    one, other = (f"很好，{name}太差" for name in ("青禾", "喜欢"))
    read = []
    for text in (one, other):
        seen = view(text, (Span(3, 5),))
        assert seen is not None
        numbers, buckets = seen.hidden(KNOWN)
        assert numbers[3:5].tolist() == [MASKED] * 2
        read.append((numbers.tolist(), buckets.tolist()))
    assert read[0] == read[1]


def test_who_else_is_named_makes_a_difference(opinion: TargetOpinion) -> None:
    text = "青禾很好，蓝鲸太差。"
    known, unknown = opinion.logits([aim(text, "青禾", "蓝鲸"), aim(text, "青禾")])[0].tolist()
    assert known != unknown


def test_both_targets_of_a_text_get_scores_of_their_own(opinion: TargetOpinion) -> None:
    text = "青禾很好，蓝鲸太差。"
    ours, rival = opinion.scores([aim(text, "青禾"), aim(text, "蓝鲸")], [EVEN, EVEN])
    assert ours != rival


@pytest.mark.parametrize("text", ["", "\u200b", "\u200b\u200b\u200b"])
def test_where_nothing_is_read_the_window_stands(opinion: TargetOpinion, text: str) -> None:
    assert opinion.scores([Aim(text, (Span(0, len(text)),))], [EVEN]) == [EVEN]
    assert opinion.scores([Aim("青禾很好", ())], [EVEN]) == [EVEN]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (4, 4), (0, 4), (3, 4), (2, 2)])
def test_a_target_may_stand_anywhere_or_be_empty(
    opinion: TargetOpinion, start: int, end: int
) -> None:
    (score,) = opinion.scores([Aim("青禾很好", (Span(start, end),))], [EVEN])
    assert score.p_negative + score.p_neutral + score.p_positive == pytest.approx(1)


def test_a_target_within_an_address_is_where_the_address_stands(opinion: TargetOpinion) -> None:
    text = "很好 https://example.com/青禾 太差"
    at = text.index("example")
    seen = view(text, (Span(at, at + 7),))
    assert seen is not None
    assert (seen.places == 0).sum() == 1


def test_each_source_type_has_its_blend(opinion: TargetOpinion) -> None:
    asked = [aim("青禾很好", "青禾")]
    kinds = ("news", "weibo", None)
    news, weibo, none = (opinion.scores(asked, [EVEN], kind)[0] for kind in kinds)
    assert weibo == none != news


def test_it_comes_back_as_it_was_saved(opinion: TargetOpinion, tmp_path: Path) -> None:
    path = tmp_path / "target.npz"
    opinion.save(path)
    back = TargetOpinion.load(path)
    assert (back.bare, back.beside) == (opinion.bare, opinion.beside)
    asked = [aim("青禾很好，蓝鲸太差", "蓝鲸", "青禾")]
    assert back.logits(asked)[0].tolist() == opinion.logits(asked)[0].tolist()
    again = io.BytesIO()
    back.save(again)
    assert again.getvalue() == path.read_bytes()


@pytest.mark.parametrize(
    "fault",
    [
        {"version": np.int64(999)},
        {"known": KNOWN[:3]},
        {"places": np.zeros((3, WIDTH), dtype=np.float32)},
        {"bare_blends": np.ones((1, 5))},
        {"beside_blends": np.ones((1, 2))},
        {"bare_types": np.array([{}], dtype=object)},
        {"mix1": np.zeros((24, 16))},
    ],
)
def test_a_file_of_another_form_is_refused(
    opinion: TargetOpinion, tmp_path: Path, fault: Mapping[str, np.ndarray]
) -> None:
    path = tmp_path / "target.npz"
    opinion.save(path)
    with np.load(path) as found:
        np.savez(path, allow_pickle=True, **{**found, **fault})
    with pytest.raises(SettingsError, match="train"):
        TargetOpinion.load(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_a_torn_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "target.npz"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"target\.npz"):
        TargetOpinion.load(path)
