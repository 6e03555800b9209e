"""Training the net on a tiny set made up here; the part that needs JAX is left out without it."""

import gzip
import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from left_out import leave_out

from sentiment.engines.charnet import SecondOpinion
from sentiment.engines.charnet_model import EMBEDDINGS, MATRICES, Net
from sentiment.engines.charnet_text import FIRST, MASKED, PAIR_BITS, UNKNOWN
from sentiment.engines.ngram_features import BUCKETS
from sentiment.engines.ngram_model import Model
from sentiment.training.data import DataSet, load_sets
from sentiment.training.measure import Predictions
from sentiment.training.net import __main__ as command
from sentiment.training.net import rows as net_rows
from sentiment.training.net.card import Findings, Row, net_card
from sentiment.training.net.pipeline import blended, judge
from sentiment.training.net.rows import Rows, dropped, make_rows, masked, vocabulary

WORDS = {
    "negative": ["太差了", "很失望", "不好用", "垃圾", "别买"],
    "neutral": ["今天开会", "下周发布", "位于上海", "共三人", "报名开始"],
    "positive": ["非常好", "很喜欢", "值得买", "漂亮", "推荐"],
}


def write_set(folder: Path, name: str, labels: list[str], source_type: str) -> None:
    rng = np.random.default_rng(len(name))
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(300):
            label = labels[number % len(labels)]
            text = "，".join(rng.choice(WORDS[label], 2)) + f"{name}{number}"
            split = "dev" if number % 10 < 3 else "train"
            row = {"text": text, "label": label, "source_type": source_type, "split": split}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    write_set(folder, "three", ["negative", "neutral", "positive"], "news")
    write_set(folder, "two", ["negative", "positive"], "review")
    return folder


@pytest.fixture(scope="module")
def sets(data: Path) -> list[DataSet]:
    return load_sets(data)


@pytest.fixture(scope="module")
def rows(sets: list[DataSet]) -> Rows:
    return make_rows(sets, vocabulary(sets))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def untrained(sets: list[DataSet]) -> Net:
    known = vocabulary(sets)
    layers = {name: np.ones((24, 16), dtype=np.float32) for name in MATRICES}
    layers |= {"project": np.ones((12, 8)), "answer": np.ones((16, 3))}
    layers |= {"character": np.ones((len(known) + FIRST, 8)), "pair": np.ones((1 << PAIR_BITS, 4))}
    layers |= {f"{name}_bias": np.zeros(layers[name].shape[1]) for name in MATRICES}
    assert set(EMBEDDINGS) <= set(layers)
    return Net.of(known, layers)


def test_a_batch_holds_every_row_once(rows: Rows, rng: np.random.Generator) -> None:
    chosen = np.arange(len(rows.labels))
    batches = rows.batches(chosen, rng)
    assert sorted(np.concatenate([batch for _length, batch in batches])) == chosen.tolist()
    for length, batch in batches:
        numbers, buckets = rows.padded(length, batch)
        assert numbers.shape == buckets.shape
        assert ((numbers > 0) == (buckets > 0)).all()
        assert (numbers[len(batch) :] == 0).all()


def test_hidden_characters_are_told_by_nothing(rows: Rows, rng: np.random.Generator) -> None:
    length, chosen = rows.batches(np.arange(len(rows.labels)), rng)[0]
    numbers, buckets = rows.padded(length, chosen)
    found = masked(numbers, buckets, rng)
    asked = found.places[found.weights > 0]
    assert (found.wanted == numbers.ravel()[found.places]).all()
    assert (found.numbers.ravel()[asked] == MASKED).mean() > 0.5
    assert not found.buckets.ravel()[asked].any()
    before = asked[asked % length > 0] - 1
    assert not found.buckets.ravel()[before].any()


def test_dropping_makes_characters_unknown_not_absent(rows: Rows, rng: np.random.Generator) -> None:
    length, chosen = rows.batches(np.arange(len(rows.labels)), rng)[0]
    numbers, buckets = rows.padded(length, chosen)
    fewer, _left = dropped(numbers, buckets, rng)
    assert ((fewer > 0) == (numbers > 0)).all()
    assert (fewer[fewer != numbers] == UNKNOWN).all()


def test_blends_are_fitted_for_each_source_type(sets: list[DataSet]) -> None:
    model = Model.quantised(np.zeros((BUCKETS, 3), dtype=np.float32))
    second = blended(untrained(sets), model, sets)
    assert set(second.by_type) == {"news", "review"}
    both, share = judge(model, second, sets[0].dev, "news")
    assert share == 1
    assert np.allclose(both.sum(axis=1), 1)


def test_the_card_names_sets_and_figures(sets: list[DataSet]) -> None:
    labels = np.array([0, 0, 2, 2])
    wrong, right = np.array([0.2, 0.9, 0.9, 0.1]), np.array([0.9, 0.9, 0.2, 0.1])
    alone, both = (
        Predictions("review", False, np.stack([p, 0 * p, 1 - p], axis=1), labels)
        for p in (wrong, right)
    )
    card = net_card(Findings(sets, {"two": Row(alone, both, 0.25)}, {}, "python", date(2026, 1, 2)))
    assert "licences are unclear" in card
    cells = ".500 | 1.000 | .500 | 1.000 | – | – | .500 | 1.000 | .425 | .125 | .250"
    assert f"| two | {cells} |" in card
    assert f"| **mean** | {cells} |" in card
    assert "mean of the types: .425 and with the net .125." in card
    assert "None was left out" in card


def test_without_jax_it_says_what_to_install(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    assert command.main(["--data", str(data)]) == 2
    assert "pip install 'shengyu[train]'" in capsys.readouterr().err


def test_it_learns(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("jax") is None:
        leave_out("training the net needs JAX: pip install 'shengyu[train]'")
    from sentiment.training.net import descent

    # Few short steps of one shape: each shape is compiled anew, which takes longer than the steps.
    monkeypatch.setattr(net_rows, "LENGTHS", (24,))
    monkeypatch.setattr(net_rows, "BATCH_CHARACTERS", 512)
    monkeypatch.setattr(descent, "GUESSING_STEPS", 6)
    monkeypatch.setattr(descent, "EPOCHS", 3)
    monkeypatch.setattr(descent, "WARM_UP", 5)
    model = tmp_path / "ngram.npz"
    Model.quantised(np.zeros((BUCKETS, 3), dtype=np.float32)).save(model)
    out = tmp_path / "net.npz"
    arguments = ["--data", str(data), "--ngram", str(model), "--out", str(out)]
    assert command.main(arguments) == 0
    logits = SecondOpinion.load(out).logits(["真的太差了，垃圾", "漂亮，很喜欢"])
    assert logits[0][0] > logits[0][2]
    assert logits[1][2] > logits[1][0]
    assert "# Model card: net-" in out.with_suffix(".md").read_text(encoding="utf-8")
