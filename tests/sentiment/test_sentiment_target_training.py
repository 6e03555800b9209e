"""Training the target net on tiny sets made up here; what needs JAX is skipped without it."""

import gzip
import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidInput
from sentiment.engines.charnet import Blend, SecondOpinion
from sentiment.engines.charnet_model import MATRICES, Net
from sentiment.engines.charnet_text import FIRST, MASKED, PAIR_BITS
from sentiment.engines.target_net import TargetOpinion
from sentiment.engines.target_net_text import LONGEST
from sentiment.target import Aim
from sentiment.training.data import Rows, load_sets
from sentiment.training.measure import Figures
from sentiment.training.measure_targets import TargetFigures
from sentiment.training.target import __main__ as command
from sentiment.training.target.blend import Heard, crossed, fit_blends
from sentiment.training.target.card import Findings, target_card
from sentiment.training.target.data import TargetSet, load_target_sets
from sentiment.training.target.invented import invented
from sentiment.training.target.pipeline import Compared, Measured, PutFigures
from sentiment.training.target.rows import Examples, make_examples
from storage.mentions import Span

NEEDS_JAX = pytest.mark.skipif(
    find_spec("jax") is None, reason="training the net needs JAX: pip install 'shengyu[train]'"
)
SAID = {"negative": "太差了真失望", "neutral": "今天下午开会", "positive": "非常好很喜欢"}
THINGS = ("味道", "服务", "价格", "环境", "菜品", "位置", "交通", "装修")
KNOWN = np.array(sorted(set(map(ord, "".join((*SAID.values(), *THINGS, "，。"))))), dtype=np.uint32)


def write_targets(folder: Path, name: str, labels: list[str]) -> None:
    """Write texts that say one thing of one target and something else of another."""
    rng = np.random.default_rng(len(name))
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        for _ in range(120):
            one, two = rng.choice(THINGS, 2, replace=False)
            good, bad = rng.choice(labels, 2)
            noise = "".join(map(chr, rng.integers(0x4E00, 0x9FA5, 24)))
            text = f"{one}{SAID[good]}，{two}{SAID[bad]}。{noise}"
            for target, label in ((one, good), (two, bad)):
                start = text.index(target)
                row = {"text": text, "start": start, "end": start + 2, "label": str(label)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    for part in ("target", "sentiment"):
        (folder / part).mkdir()
    write_targets(folder / "target", "stance", ["negative", "neutral", "positive"])
    write_targets(folder / "target", "two", ["negative", "positive"])
    with gzip.open(folder / "sentiment/news.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(60):
            label = sorted(SAID)[number % 3]
            split = "dev" if number % 10 < 3 else "train"
            row = {"text": f"{SAID[label]}{number}", "label": label, "split": split}
            file.write(json.dumps({**row, "source_type": "news"}, ensure_ascii=False) + "\n")
    return folder


@pytest.fixture(scope="module")
def sets(data: Path) -> list[TargetSet]:
    return load_target_sets(data / "target")


@pytest.fixture(scope="module")
def examples(sets: list[TargetSet]) -> Examples:
    return make_examples(sets[0].train.aims, sets[0].train.labels, 0, KNOWN)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def text_net() -> Net:
    rng = np.random.default_rng(2)
    shapes = {"character": (len(KNOWN) + FIRST, 8), "pair": (1 << PAIR_BITS, 4)}
    shapes |= {"project": (12, 8), "answer": (16, 3)}
    shapes |= {name: (24, 16) for name in MATRICES if name.startswith("mix")}
    layers = {name: rng.normal(size=shape) * 0.3 for name, shape in shapes.items()}
    layers |= {f"{name}_bias": np.zeros(shapes[name][1]) for name in MATRICES}
    return Net.of(KNOWN, {name: layer.astype(np.float32) for name, layer in layers.items()})


def test_all_rows_of_a_text_are_on_one_side(sets: list[TargetSet]) -> None:
    for data in sets:
        fitted, held = ({aim.text for aim in part.aims} for part in (data.train, data.dev))
        assert fitted
        assert held
        assert not fitted & held


def test_near_duplicates_are_on_one_side(tmp_path: Path) -> None:
    text = "这家店的味道非常好，服务也很周到，下次还会再来的，推荐给大家，环境也不错"
    with gzip.open(tmp_path / "own.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(40):
            row = {"text": text + "！" * number, "start": 4, "end": 6, "label": "positive"}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    (found,) = load_target_sets(tmp_path)
    assert {len(found.train), len(found.dev)} == {0, 40}


@pytest.mark.parametrize(
    "fault", [{"label": "mixed"}, {"start": 5}, {"end": 99}, {"start": -1}, {"text": ""}]
)
def test_a_bad_row_is_named(tmp_path: Path, fault: dict[str, object]) -> None:
    row = {"text": "味道很好", "start": 0, "end": 2, "label": "positive", **fault}
    with gzip.open(tmp_path / "own.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    with pytest.raises(InvalidInput, match=r"own\.jsonl\.gz:1"):
        load_target_sets(tmp_path)


def test_the_other_targets_of_a_text_are_others(sets: list[TargetSet]) -> None:
    for aim in sets[0].train.aims:
        assert len(aim.others) == 1
        assert aim.others[0].start != aim.spans[0].start


def test_a_batch_holds_every_row_once(examples: Examples, rng: np.random.Generator) -> None:
    batches = examples.batches(rng)
    assert sorted(np.concatenate([rows for _length, rows in batches])) == list(
        range(len(examples.labels))
    )
    for length, rows in batches:
        numbers, _buckets, places, marks = examples.padded(length, rows, rng)
        assert numbers.shape == places.shape == marks.shape
        for row, at in enumerate(rows.tolist()):
            own = len(examples.rows[at].numbers)
            assert (numbers[row] > 0).sum() == own <= LONGEST
            assert (places[row, :own] == 0).sum() == 2
            assert not marks[row, own:].any()


def test_about_half_of_the_names_are_hidden(examples: Examples, rng: np.random.Generator) -> None:
    hidden = []
    for length, rows in examples.batches(rng):
        numbers, _buckets, places, _marks = examples.padded(length, rows, rng)
        inside = (places == 0) & (numbers > 0)
        hidden.append((numbers[inside] == MASKED).mean())
    assert 0.3 < np.mean(hidden) < 0.7


def test_invented_targets_stand_in_the_text_that_labels_them(rng: np.random.Generator) -> None:
    rows = Rows(("这个真的太差了", "那个真的非常好", " "), np.array([0, 2, 1]))
    aims, labels = invented(rows, 90, rng)
    assert set(labels.tolist()) == {0, 2}
    assert any(aim.others for aim in aims)
    for aim, label in zip(aims, labels.tolist(), strict=True):
        assert len(aim.spans) == 1
        clause = "太差了" if label == 0 else "非常好"
        assert clause in aim.text
        if aim.others:
            ours, theirs = aim.spans[0].start, aim.others[0].start
            end = len(aim.text) if ours > theirs else theirs
            assert clause in aim.text[ours:end]


def heard(name: str, source_type: str, rng: np.random.Generator, *, trusts_net: bool) -> Heard:
    """Return rows of which one opinion tells the labels, though not always, the other nothing."""
    labels = rng.integers(0, 3, 400)
    right = np.eye(3)[labels] * 3 + rng.normal(size=(400, 3))
    noise = rng.normal(size=(400, 3))
    windows, net = (noise, right) if trusts_net else (right, noise)
    return Heard(name, source_type, True, windows, windows, net, labels)


def test_a_blend_trusts_who_is_right(rng: np.random.Generator) -> None:
    sets = [
        heard("one", "news", rng, trusts_net=True),
        heard("two", "weibo", rng, trusts_net=False),
    ]
    found = fit_blends(sets)
    general, by_type = found.general, found.by_type
    assert set(by_type) == {"news", "weibo"}
    assert by_type["news"].second > by_type["weibo"].second > 0
    assert by_type["weibo"].first > by_type["news"].first > 0
    assert by_type["weibo"].second < general.second < by_type["news"].second


def test_figures_come_from_blends_that_did_not_see_the_rows(rng: np.random.Generator) -> None:
    one = heard("one", "news", rng, trusts_net=True)
    found = crossed([one])["one"]
    assert np.allclose(found.sum(axis=1), 1)
    by_type = fit_blends([one.half(1)]).by_type
    half = one.half(0)
    assert np.allclose(found[::2], by_type["news"].probabilities(half.windows, half.net))


def test_the_card_names_sets_and_figures(data: Path, sets: list[TargetSet]) -> None:
    figures = TargetFigures(0.9, 0.8, 0.7)
    put = PutFigures(*(Figures(0.8, 0.7, 0.1, 0.6, 0.05) for _ in range(2)))
    opinion = TargetOpinion.__new__(TargetOpinion)
    rows = Compared(30, 7, *([figures] * 5))
    found = Measured(opinion, {"stance": rows}, {"news": put}, {"news": put})
    card = target_card(
        Findings(sets, load_sets(data / "sentiment"), found, "python", date(2026, 1, 2))
    )
    assert "licences are unclear" in card
    assert "| stance | 30 | both | .900 | .800 (7) | .700 |" in card
    assert "| news | .800 | .800 | .100 | .100 |" in card


def test_without_jax_it_says_what_to_install(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    assert command.main(["--data", str(data)]) == 2
    assert "pip install 'shengyu[train]'" in capsys.readouterr().err


@NEEDS_JAX
def test_it_learns_who_is_praised(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentiment.training.target import descent

    monkeypatch.setattr(descent, "EPOCHS", 12)
    monkeypatch.setattr(descent, "RATE", 5e-3)
    monkeypatch.setattr(descent, "WARM_UP", 5)
    net, out = tmp_path / "net.npz", tmp_path / "target.npz"
    SecondOpinion(text_net(), Blend(1, 1, (0, 0, 0)), {}).save(net)
    assert command.main(["--data", str(data), "--net", str(net), "--out", str(out)]) == 0
    text = "味道非常好很喜欢，服务太差了真失望。"
    aims = [Aim(text, (Span(at, at + 2),)) for at in (0, text.index("服务"))]
    (praised, blamed), _spoken = TargetOpinion.load(out).logits(aims)
    assert praised[2] > praised[0]
    assert blamed[0] > blamed[2]
    assert "# Model card: target-" in out.with_suffix(".md").read_text(encoding="utf-8")
