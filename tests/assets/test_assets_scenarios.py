"""Scenarios as data: the file is whole, and it reads posts as people would."""

import json
from importlib.resources import files
from typing import Any

import pytest

from assets.scenarios import ScenarioReader, read_scenarios, scenario_reader
from assets.words import SCENARIOS
from core.errors import InvalidInput


def _raw() -> Any:
    return json.loads(files("assets").joinpath("data/scenarios.json").read_text(encoding="utf-8"))


def _first(text: str) -> str | None:
    fits = scenario_reader().fits([text])
    return fits[0].scenario if fits else None


def test_the_file_tells_of_every_scenario_under_its_name() -> None:
    read = read_scenarios(json.dumps(_raw()))
    assert {code: signals.name for code, signals in read.scenarios.items()} == dict(SCENARIOS)
    assert all(signals.topics for signals in read.scenarios.values())


def test_no_topic_has_the_name_of_another() -> None:
    names = [name for signals in _raw()["scenarios"].values() for name in signals["topics"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("接口一直漏水，质量太差", "quality"),
        ("客服电话没人接，推来推去", "service"),
        ("刚买就降价，差价也不补", "price"),
        ("充电的时候冒烟起火", "safety"),
        ("友商请水军抹黑吧", "smear"),
        ("说明书看不懂，还以为坏掉", "misunderstanding"),
        ("又裁员，年终奖也没了", "labour"),
        ("抽奖内定，中奖名单都是员工号", "launch"),
    ],
)
def test_a_post_is_read_as_what_it_is_about(text: str, scenario: str) -> None:
    assert _first(text) == scenario


def test_traditional_and_full_width_writing_is_read_alike() -> None:
    assert _first("淨水器漏水，質量真差") == "quality"
    assert _first("ＨＲ让我签自愿离职") == "labour"


def test_a_text_about_none_of_them_fits_none() -> None:
    assert scenario_reader().fits(["今天天气很好，出门散步"]) == ()
    assert scenario_reader().fits([]) == ()


def test_a_word_that_is_repeated_counts_once_and_shares_leave_room_for_doubt() -> None:
    once = scenario_reader().fits(["漏水"])[0]
    often = scenario_reader().fits(["漏水" * 500])[0]
    assert (once.score, once.share) == (often.score, often.share)
    assert 0 < once.share < 1
    assert once.words == ("漏水",)


def test_a_word_inside_a_longer_one_says_nothing_of_its_own() -> None:
    given = _raw()
    given["scenarios"]["price"]["words"]["漏水费"] = 4
    reader = ScenarioReader(read_scenarios(json.dumps(given)))
    assert [fit.scenario for fit in reader.fits(["漏水费"])] == ["price"]


def test_more_texts_say_more_but_copies_less_each_time() -> None:
    one = scenario_reader().fits(["漏水了"])[0].score
    two = scenario_reader().fits(["漏水了", "漏水啊"])[0].score
    assert one < two < 2 * one


def test_topics_name_what_a_text_touches_with_the_words_that_say_so() -> None:
    assert scenario_reader().topics("固件升级之后一直掉线") == {
        "断连与死机": ("升级", "固件", "掉线")
    }


def test_a_hostile_text_is_read_in_bounded_work() -> None:
    scenario_reader().fits(["买了" * 500_000])
    assert scenario_reader().topics("x" * 1_000_000 + "漏水") == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda raw: raw["scenarios"].pop("smear"), "lacks smear"),
        (lambda raw: raw["scenarios"]["price"]["words"].update({"贵了": 9}), "贵了"),
        (lambda raw: raw["scenarios"]["price"].update(patterns={"贵.*": 1}), "without a bound"),
        (lambda raw: raw["scenarios"].update(other=raw["scenarios"]["price"]), "other"),
        (lambda raw: raw["scenarios"]["price"].update(words={}), "words"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(change: Any, told: str) -> None:
    raw = _raw()
    change(raw)
    with pytest.raises(InvalidInput, match=told):
        read_scenarios(json.dumps(raw))


def test_a_file_that_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"scenarios\.json"):
        read_scenarios("{")
