"""The net behind the n-gram engine, with random weights and with those of the package."""

import io
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from sentiment.engines.charnet import DOUBT, Blend, SecondOpinion, shipped
from sentiment.engines.charnet_model import MATRICES, Net
from sentiment.engines.charnet_text import HEAD, PAIR_BITS, TAIL, UNKNOWN, characters, pairs, seen
from sentiment.engines.ngram import NgramScorer
from sentiment.engines.ngram_text import read
from sentiment.scorer import Scorer

KNOWN = np.array(sorted(map(ord, "不好太差很喜欢，。")), dtype=np.uint32)
MIXED = "东西还行吧，物流慢得要命，不过客服态度不错，下次再说"


def random_net() -> Net:
    rng = np.random.default_rng(11)

    def drawn(*shape: int) -> np.ndarray:
        return (rng.normal(size=shape) * 0.3).astype(np.float32)

    layers = {"character": drawn(len(KNOWN) + 3, 8), "pair": drawn(1 << PAIR_BITS, 4)}
    layers |= {"project": drawn(12, 8), "answer": drawn(16, 3)}
    layers |= {f"mix{at}": drawn(24, 16) for at in range(3)}
    layers |= {f"{name}_bias": drawn(layers[name].shape[1]) for name in MATRICES}
    return Net.of(KNOWN, layers)


@pytest.fixture(scope="module")
def small() -> SecondOpinion:
    """Random weights, a general blend and one for news."""
    general, news = Blend(0.4, 0.6, (0.1, -0.2, 0.1)), Blend(0.5, 0.5, (0.0, 0.3, -0.3))
    return SecondOpinion(random_net(), general, {"news": news})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(st.characters(codec=None), max_size=40), max_size=4))
def test_any_strings_get_the_same_logits_alone_and_together(texts: list[str]) -> None:
    second = SecondOpinion(random_net(), Blend(1, 1, (0, 0, 0)), {})
    together = second.logits(texts)
    assert together.shape == (len(texts), 3)
    assert np.isfinite(together).all()
    for text, row in zip(texts, together.tolist(), strict=True):
        assert second.logits([text]).tolist() == [row]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 8, HEAD + TAIL, HEAD + TAIL + 1, 100_000])
def test_any_length_is_answered(small: SecondOpinion, length: int) -> None:
    assert np.isfinite(small.logits(["好差" * length])).all()


def test_an_empty_text_has_no_leaning(small: SecondOpinion) -> None:
    assert small.logits(["", "\u200b"]).tolist() == [[0, 0, 0]] * 2


def test_of_a_long_text_it_reads_head_and_tail(small: SecondOpinion) -> None:
    head, tail = "很喜欢，" * (HEAD // 4), "太差。好" * (TAIL // 4)
    one, other, short = small.logits([head + "喜" * 9 + tail, head + "差很" * 99 + tail, tail])
    assert one.tolist() == other.tolist() != short.tolist()
    assert len(seen(HEAD + TAIL + 5)) == HEAD + TAIL


def test_unknown_characters_are_one() -> None:
    codes = read(["好\ud800猫好"]).codes[:-1]
    numbers = characters(codes, KNOWN).tolist()
    assert numbers[1:3] == [UNKNOWN, UNKNOWN]
    assert numbers[0] == numbers[3] > UNKNOWN


def test_a_pair_tells_its_order_and_the_end() -> None:
    first = pairs(read(["好差好"]).codes[:-1]).tolist()
    assert len(set(first)) == 3
    assert all(0 < bucket < 1 << PAIR_BITS for bucket in first)


def test_it_comes_back_as_it_was_saved(small: SecondOpinion, tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    small.save(path)
    back = SecondOpinion.load(path)
    assert (back.general, back.by_type) == (small.general, small.by_type)
    assert back.logits([MIXED]).tolist() == small.logits([MIXED]).tolist()
    again = io.BytesIO()
    back.save(again)
    assert again.getvalue() == path.read_bytes()


@pytest.mark.parametrize(
    "fault",
    [
        {"version": np.int64(999)},
        {"known": KNOWN[:3]},
        {"pair": np.zeros((3, 4), dtype=np.int8)},
        {"blends": np.ones((1, 5))},
        {"blends": np.ones((2, 2))},
        {"source_types": np.array([{}], dtype=object)},
        {"mix1": np.zeros((24, 16))},
    ],
)
def test_a_file_of_another_form_is_refused(
    small: SecondOpinion, tmp_path: Path, fault: Mapping[str, np.ndarray]
) -> None:
    path = tmp_path / "net.npz"
    small.save(path)
    with np.load(path) as found:
        np.savez(path, allow_pickle=True, **{**found, **fault})
    with pytest.raises(SettingsError, match="train"):
        SecondOpinion.load(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
def test_a_torn_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "net.npz"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"net\.npz"):
        SecondOpinion.load(path)


def test_a_blend_is_the_mean_of_log_probabilities() -> None:
    first, second = np.array([[0.7, 0.2, 0.1]]), np.array([[0.2, 0.2, 0.6]])
    found = Blend(0.5, 0.5, (0, 0, 0)).probabilities(np.log(first), np.log(second))
    wanted = np.sqrt(first * second)
    assert np.allclose(found, wanted / wanted.sum())


def doubtful_and_sure(ngram: NgramScorer) -> tuple[list[str], list[str]]:
    alone = NgramScorer(Path(__file__).parents[2] / "sentiment/models/ngram.npz")
    texts = [MIXED, "还可以吧", "一般般，说不上好", "非常喜欢，很漂亮", "太差了，垃圾，再也不买了"]
    likeliest = alone.probabilities(texts).max(axis=1)
    doubtful = [text for text, p in zip(texts, likeliest, strict=True) if p < DOUBT]
    sure = [text for text in texts if text not in doubtful]
    assert doubtful
    assert sure
    assert ngram.score(sure) == alone.score(sure)
    return doubtful, sure


def test_only_texts_in_doubt_get_a_second_opinion(ngram: NgramScorer) -> None:
    doubtful, _sure = doubtful_and_sure(ngram)
    for text in doubtful:
        codes = ngram.probabilities([text])
        blend = shipped().general
        logits, _spoken = ngram._model.logits([text])
        assert np.allclose(codes, blend.probabilities(logits, shipped().logits([text])))


def test_each_source_type_has_its_blend(ngram: NgramScorer) -> None:
    text = doubtful_and_sure(ngram)[0][0]
    kinds = ("weibo", "news", "finance", "forum", "review", None)
    found = {ngram.score([text], kind)[0] for kind in kinds}
    assert len(found) > 3


@pytest.mark.parametrize("text", [MIXED, "还可以吧", "不" * 300, "好，" * 300])
def test_contributions_of_a_text_in_doubt_sum_to_its_log_odds(ngram: Scorer, text: str) -> None:
    score = ngram.score([text])[0]
    odds = math.log(score.p_positive / score.p_negative)
    parts = ngram.explain([text])[0].clauses
    assert math.isclose(sum(part.weight for part in parts), odds, abs_tol=1e-9)


def test_the_shares_of_the_places_sum_to_the_answer_but_for_the_bias(small: SecondOpinion) -> None:
    reading = read(["很喜欢，太差。"])
    heard = small.hear(reading)
    assert heard.answer.tolist() == small.logits(["很喜欢，太差。"])[0].tolist()
    assert heard.shares.all(axis=1).all()
    assert len(heard.shares) == len(heard.places) == reading.lengths[0]
    bias = small.net.vectors["answer_bias"]
    assert heard.shares.sum(axis=0) + bias == pytest.approx(heard.answer, abs=1e-5)


def test_the_net_is_read_only_when_somebody_doubts() -> None:
    code = (
        "from sentiment.engines import charnet, ngram\n"
        "scorer = ngram.NgramScorer()\n"
        "scorer.score(['太差了，垃圾，再也不买了', ''])\n"
        "print(charnet.shipped.cache_info().currsize)\n"
        "scorer.score(['还可以吧'])\n"
        "print(charnet.shipped.cache_info().currsize)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.split() == ["0", "1"]


def test_weights_of_another_file_stand_alone(tmp_path: Path) -> None:
    assert "net" not in NgramScorer(tmp_path / "own.npz").name
    assert "net" in NgramScorer().name
