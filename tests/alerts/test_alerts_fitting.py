"""The choice among approved messages, and its measured quality."""

import json
from pathlib import Path

import pytest

from alerts.fitting import Asked, Candidate, best_fits
from alerts.shared_words import common_runs, content_words, outermost
from assets.words import SCENARIOS
from bench.answers import measured

LABELLED = Path(__file__).parent / "answers_labelled.json"
LEAK = Candidate("leak", "quality", "净水器漏水处置", ("漏水", "密封圈"), "", "请先关闭进水阀。")
SMELL = Candidate("smell", "quality", "新滤网气味说明", ("异味", "滤网"), "", "通风后会减弱。")
LAYOFF = Candidate("layoff", "labour", "组织调整说明", ("裁员", "补偿"), "", "依法给予补偿。")
ALL = (LEAK, SMELL, LAYOFF)


def _ids(*texts: str, ignored: tuple[str, ...] = ()) -> list[str]:
    return [fit.id for fit in best_fits(Asked.of(texts, ignored), ALL)]


def test_the_message_about_the_same_thing_comes_first_and_says_why() -> None:
    fits = best_fits(Asked.of(["装了一周就漏水，密封圈裂了"]), ALL)
    assert fits[0].id == "leak"
    assert fits[0].words == ("漏水", "密封圈")
    assert "漏水" in fits[0].signals
    assert fits[0].topics == ("漏水",)


def test_a_message_of_the_same_scenario_on_another_thing_is_left_out() -> None:
    assert _ids("厨房漏水了，密封圈坏了") == ["leak"]


def test_where_nothing_fits_there_is_nothing() -> None:
    assert _ids("冠名的综艺越来越没意思") == []
    assert best_fits(Asked.of(["漏水"]), ()) == ()


def test_the_brands_name_is_no_word_in_common() -> None:
    assert _ids("漏水科技的股价跌了") == ["leak"]
    assert _ids("漏水科技的股价跌了", ignored=("漏水科技",)) == []


def test_a_message_of_no_scenario_is_found_by_its_keywords() -> None:
    free = Candidate("free", None, "门店停车", ("停车",), "", "可停在北门。")
    assert [fit.id for fit in best_fits(Asked.of(["门店没法停车"]), (free, *ALL))] == ["free"]


def test_common_words_are_whole_words_as_people_read_them() -> None:
    assert common_runs("请检查密封圈和接口", "接口的密封圈裂了") == ("密封圈", "接口")
    assert outermost(["密封圈", "密封", "接口", "接口"]) == ("密封圈", "接口")


def test_words_of_grammar_and_numbers_are_no_content() -> None:
    assert set(content_words("我们的 2026 wifi 漏水了")) == {"wifi", "漏水"}


def test_the_labelled_set_covers_every_scenario_and_names_known_messages() -> None:
    labelled = json.loads(LABELLED.read_text(encoding="utf-8"))
    known = {one["id"] for one in labelled["messages"]}
    assert len(labelled["posts"]) >= 60
    assert len(known) >= 16
    assert {post["scenario"] for post in labelled["posts"]} == {*SCENARIOS, ""}
    assert {name for post in labelled["posts"] for name in post["accept"]} == known
    assert len({post["text"] for post in labelled["posts"]}) == len(labelled["posts"])


@pytest.mark.parametrize("part", ["tuning", "held back"])
def test_the_fitting_message_is_proposed(part: str) -> None:
    found = measured(json.loads(LABELLED.read_text(encoding="utf-8")))[part]
    assert found.top1 / found.answerable >= 0.85
    assert found.top3 / found.answerable >= 0.95
    assert found.falsely == 0
    assert found.without / found.answerable <= 0.15
