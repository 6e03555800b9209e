"""The labelled lines and what is learned from them."""

import io
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bench.activity import FIRST_RULES, by_rules
from core.errors import InvalidInput
from sentiment.activity import ACTIVITIES, OTHER, ActivityRules
from sentiment.activity_model import ActivityModel
from sentiment.training.activity import __main__ as command
from sentiment.training.activity.fit import fit
from sentiment.training.activity.lines import Line, brand_names, load_lines, parse_lines, renamed
from sentiment.training.activity.measure import named_score, precision_recall, table
from sentiment.training.activity.pipeline import train

LINES, HELD = load_lines("lines"), load_lines("held")


def line(text: str, *brands: str, template: str = "t") -> Line:
    return Line(text=text, type=OTHER, template=template, brands=brands)


def test_there_are_enough_lines_of_every_type() -> None:
    assert len(LINES) >= 900
    assert len(HELD) >= 150
    assert min(Counter(each.type for each in LINES).values()) >= 100
    assert min(Counter(each.type for each in HELD).values()) >= 14
    assert {each.type for each in LINES} == {each.type for each in HELD} == set(ACTIVITIES)


def test_no_line_stands_twice() -> None:
    texts = [each.text for each in LINES + HELD]
    assert len(set(texts)) == len(texts)


def test_the_held_lines_are_about_other_brands() -> None:
    assert not set(brand_names(LINES)) & set(brand_names(HELD))
    assert not {each.template for each in LINES} & {each.template for each in HELD}


def test_a_template_is_on_one_side_only_and_every_type_is_on_both() -> None:
    test = {each.template for each in LINES if each.for_test}
    assert not test & {each.template for each in LINES if not each.for_test}
    assert {each.type for each in LINES if each.for_test} == set(ACTIVITIES)


def test_the_named_brands_stand_in_their_lines() -> None:
    for each in LINES + HELD:
        assert all(brand in each.text for brand in each.brands)


def test_a_brand_gets_another_name_even_where_one_name_holds_another() -> None:
    rng = np.random.default_rng(0)
    assert renamed([line("星河汽车降价，星河跟进", "星河", "星河汽车")], ["X"], rng) == [
        "X降价，X跟进"
    ]
    assert renamed([line("路过")], ["X"], rng) == ["路过"]


@pytest.mark.parametrize(
    "fault", [{"type": "闲聊"}, {"text": ""}, {"colour": "red"}, {"template": ""}]
)
def test_a_bad_line_is_named(fault: dict[str, str]) -> None:
    good = {"text": "路过", "type": OTHER, "template": "t"}
    rows = "\n".join(json.dumps(row) for row in (good, good | fault))
    with pytest.raises(InvalidInput, match=r"mine\.jsonl:2"):
        parse_lines(rows, "mine.jsonl")
    with pytest.raises(InvalidInput, match=r"mine\.jsonl:1"):
        parse_lines("no json", "mine.jsonl")


def test_training_again_gives_the_same_bytes() -> None:
    some = [each for each in LINES if not each.for_test][::20]
    first, again, other = io.BytesIO(), io.BytesIO(), io.BytesIO()
    train(some, 1).save(first)
    train(some, 1).save(again)
    train(some, 2).save(other)
    assert first.getvalue() == again.getvalue()
    assert first.getvalue() != other.getvalue()


def test_it_learns_from_the_wording_alone() -> None:
    some = [each for each in LINES if not each.for_test][::4]
    model = ActivityModel.quantised(*fit(some, 1, unheard=1), 0)
    assert not model.evidence[:-1].any()
    said = model.choose([each.text for each in some])
    assert np.mean([a == b.type for a, b in zip(said, some, strict=True)]) > 0.8


def test_the_command_writes_weights_and_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"lines": LINES[::16], "held": HELD[::8]}
    monkeypatch.setattr(command, "load_lines", few.__getitem__)
    assert command.main(["--out", str(tmp_path / "new" / "activity.npz"), "--seed", "3"]) == 0
    card = (tmp_path / "new" / "activity.md").read_text(encoding="utf-8")
    assert "--seed 3" in card
    assert card.count("| 资本 |") == 2


def test_figures_by_hand() -> None:
    truth, said = ["价格", "价格", "资本", OTHER], ["价格", OTHER, "价格", OTHER]
    assert precision_recall(truth, said, "价格") == (0.5, 0.5)
    assert precision_recall(truth, said, "资本") == (0, 0)
    # one hit of two named, of three there: precision 1/2, recall 1/3
    assert named_score(truth, said) == pytest.approx(1.25 * (1 / 6) / (0.25 / 2 + 1 / 3))
    lines = [Line(text=str(at), type=kind, template="t") for at, kind in enumerate(truth)]
    shown = table(lines, {"mine": lambda _texts: said})
    assert "| 价格 | 2 | 0.500 | 0.500 |" in shown
    assert "| **right of all** | 4 | 0.500 | |" in shown


def test_the_peer_of_the_benchmark_is_the_first_rules() -> None:
    first = ActivityRules.model_validate(json.loads(FIRST_RULES.read_text(encoding="utf-8")))
    assert first.version == 1
    assert by_rules(first)(["全场8折", "路过"]) == ["价格", OTHER]
