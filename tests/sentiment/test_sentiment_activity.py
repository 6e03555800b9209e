"""Competitor activity by rules."""

import json
from importlib.resources import files

import pytest
from pydantic import ValidationError

from sentiment.activity import (
    ACTIVITIES,
    ActivityRules,
    activity_rules,
    classify,
    explain_activity,
)

CASES = [
    ("蓝鲸智能发布全新一代智能音箱，搭载自研芯片", "产品迭代"),
    ("蓝鲸音箱3.2版本更新推送，新增多房间播放", "产品迭代"),
    ("星河汽车改款车型量产下线", "产品迭代"),
    ("新功能内测招募开始", "产品迭代"),
    ("藍鯨新品發佈會定檔十月", "产品迭代"),
    ("蓝鲸宣布召回一批充电器", "产品迭代"),
    ("蓝鲸官宣新代言人", "营销动作"),
    ("蓝鲸与故宫推出联名款", "营销动作"),
    ("蓝鲸冠名综艺节目", "营销动作"),
    ("蓝鲸携手音乐节发起城市挑战赛活动", "营销动作"),
    ("转发抽奖，送三台音箱", "营销动作"),
    ("蓝鲸音箱全系降价两百元", "价格"),
    ("蓝鲸宣布上调会员费", "价格"),
    ("双十一到手价仅199元，限时优惠", "价格"),
    ("价格战打响，星河官降三万", "价格"),
    ("全场8折", "价格"),
    ("蓝鲸第100家门店在成都开业", "渠道"),
    ("蓝鲸入驻山姆会员店，铺货全国商超", "渠道"),
    ("星河关闭30家体验店，经销商转型", "渠道"),
    ("蓝鲸进军东南亚市场，加速出海", "渠道"),
    ("蓝鲸任命张三为首席执行官", "人事"),
    ("蓝鲸副总裁李四离职", "人事"),
    ("蓝鲸被曝裁员两成", "人事"),
    ("王五出任蓝鲸总经理", "人事"),
    ("蓝鲸完成B轮融资，估值十亿美元", "资本"),
    ("蓝鲸递交招股书，拟赴港上市", "资本"),
    ("蓝鲸第三季度财报：营收增长两成，净利润转正", "资本"),
    ("星河收购一家传感器公司", "资本"),
    ("工信部出台智能音箱新规", "政策"),
    ("蓝鲸被市场监管总局约谈", "政策"),
    ("国务院印发促进消费的意见", "政策"),
    ("关税上调影响出口企业，商务部回应", "政策"),
    ("蓝鲸音箱用了两个月，音质真香，推荐", "用户评价"),
    ("我买了蓝鲸的灯，一周就坏，客服不理，差评", "用户评价"),
    ("蓝鲸音箱开箱评测", "用户评价"),
    ("蓝鲸的售后太差，避雷", "用户评价"),
    ("今天天气不错", "其他"),
    ("", "其他"),
    ("蓝鲸", "其他"),
    ("\ud800\x00😀", "其他"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_activity(text: str, expected: str) -> None:
    assert classify(text) == expected


def test_there_are_enough_cases_and_every_type_has_some() -> None:
    assert len(CASES) >= 30
    assert {expected for _text, expected in CASES} == set(ACTIVITIES)


def test_a_type_is_explained_by_what_was_found_and_where() -> None:
    text = "今天听说蓝鲸降价了"
    (evidence,) = explain_activity(text)
    assert (evidence.activity, evidence.found, evidence.start) == ("价格", "降价", 6)


def test_the_head_of_a_text_weighs_more() -> None:
    (front,) = explain_activity("降价")
    (behind,) = explain_activity("一" * 50 + "降价")
    assert front.weight > behind.weight


def test_the_rules_name_every_type_once() -> None:
    names = [kind.name for kind in activity_rules().types]
    assert sorted([*names, "其他"]) == sorted(ACTIVITIES)


@pytest.mark.parametrize(
    "fault",
    [
        {"threshold": 0},
        {"types": [{"name": "闲聊", "words": {"你好": 1}}]},
        {"colour": "red"},
        {"types": [{"name": "价格", "words": {"降价": 9}}]},
        {"types": [{"name": "价格", "words": {"降价": 1}, "patterns": {"[": 1}}]},
    ],
)
def test_broken_rules_are_refused(fault: dict[str, object]) -> None:
    raw = json.loads(files("sentiment").joinpath("activity_rules.json").read_text("utf-8"))
    with pytest.raises(ValidationError):
        ActivityRules.model_validate(raw | fault)
