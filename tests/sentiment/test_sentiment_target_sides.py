"""Who is praised and who is blamed in a text that names two, by the weights of the package."""

import os
import subprocess
import sys

import pytest

from sentiment.engines.target_net import shipped
from sentiment.engines.target_net_model import VERSION
from sentiment.scorer import Scorer
from sentiment.target import aim_window, aimed_scores, brand_aims, score_brands, score_towards
from storage.mentions import Span

# Texts that praise the first and blame the second.
ONE_SIDED = [
    ("华为的服务真好，小米的太差了", "华为", "小米"),
    ("小米的服务太差了，华为的真好", "华为", "小米"),
    ("青禾质量过硬，用着放心；蓝鲸做工粗糙，三天就坏了", "青禾", "蓝鲸"),
    ("蓝鲸做工粗糙，三天就坏了。青禾质量过硬，用着放心", "青禾", "蓝鲸"),
    ("味道很好，就是服务员态度太差", "味道", "服务员"),
    ("服务员态度太差，不过味道很好", "味道", "服务员"),
    ("环境优雅，菜品却难吃得要命", "环境", "菜品"),
]


def span(text: str, name: str) -> Span:
    at = text.index(name)
    return Span(at, at + len(name))


def lean(scorer: Scorer, text: str, name: str, *rivals: str, kind: str = "review") -> float:
    """Return by how much *text* is for *name* rather than against it."""
    others = [span(text, rival) for rival in rivals]
    score = score_towards(scorer, text, [span(text, name)], others, kind)
    return score.p_positive - score.p_negative


@pytest.mark.parametrize(("text", "praised", "blamed"), ONE_SIDED)
def test_with_both_known_each_gets_its_side(
    ngram: Scorer, text: str, praised: str, blamed: str
) -> None:
    assert lean(ngram, text, praised, blamed) > 0 > lean(ngram, text, blamed, praised)


@pytest.mark.parametrize(("text", "praised", "blamed"), ONE_SIDED)
def test_the_praised_stands_better_though_nobody_told_of_the_other(
    ngram: Scorer, text: str, praised: str, blamed: str
) -> None:
    assert lean(ngram, text, praised) > lean(ngram, text, blamed)


@pytest.mark.parametrize(
    ("text", "better", "worse"),
    [
        ("青禾比蓝鲸好用多了", "青禾", "蓝鲸"),
        ("青禾不如蓝鲸好用", "蓝鲸", "青禾"),
        ("蓝鲸比青禾差远了", "青禾", "蓝鲸"),
    ],
)
def test_in_a_comparison_the_better_does_not_stand_worse(
    ngram: Scorer, text: str, better: str, worse: str
) -> None:
    assert lean(ngram, text, better, worse) > lean(ngram, text, worse, better)


def test_members_of_a_list_are_alike(ngram: Scorer) -> None:
    text = "青禾、蓝鲸、白杨都参加了今天的展会"
    names = ("青禾", "蓝鲸", "白杨")
    scores = score_brands(ngram, text, {name: [span(text, name)] for name in names}, "news")
    shares = [score.p_positive for score in scores.values()]
    assert max(shares) - min(shares) < 0.1
    assert all(score.p_negative < 0.2 for score in scores.values())


def test_a_target_may_stand_at_either_end(ngram: Scorer) -> None:
    for text in ("青禾太差了，垃圾", "太差了，垃圾，说的就是青禾"):
        assert lean(ngram, text, "青禾") < 0


def test_scores_are_the_same_in_a_batch_and_alone(ngram: Scorer) -> None:
    aims = [
        aim
        for text, one, two in ONE_SIDED
        for aim in brand_aims(text, {one: [span(text, one)], two: [span(text, two)]})
    ]
    windows = ngram.score([aim_window(aim) for aim in aims])
    together = aimed_scores(ngram, aims, windows)
    for aim, window, score in zip(aims, windows, together, strict=True):
        assert aimed_scores(ngram, [aim], [window]) == [score]
        assert score_towards(ngram, aim.text, aim.spans, aim.others) == score


def test_emoji_before_a_target_do_not_shift_it(ngram: Scorer) -> None:
    text = "😀👍🏽😡味道很好，服务太差"
    assert lean(ngram, text, "味道") > lean(ngram, text, "服务")
    at = text.index("服务")
    assert at == 9  # code points, of which the hand has two
    assert ngram.score_target(text, at, at + 2, "review") == score_towards(
        ngram, text, [Span(at, at + 2)], (), "review"
    )


def test_a_name_tells_nothing_by_itself(ngram: Scorer) -> None:
    texts = [f"{name}今天在北京发布新品" for name in ("青禾", "华为", "特斯拉", "好再来", "苦瓜")]
    for text in texts:
        name = text.removesuffix("今天在北京发布新品")
        assert (
            score_brands(ngram, text, {name: [span(text, name)]}, "news")[name].label == "neutral"
        )


def test_the_target_net_is_read_only_when_somebody_aims() -> None:
    code = (
        "from sentiment.engines import ngram, target_net\n"
        "scorer = ngram.NgramScorer()\n"
        "scorer.score(['还可以吧'])\n"
        "print(target_net.shipped.cache_info().currsize)\n"
        "scorer.score_target('味道还可以', 0, 2)\n"
        "print(target_net.shipped.cache_info().currsize)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.split() == ["0", "1"]


def test_every_source_type_is_weighed(ngram: Scorer) -> None:
    assert ngram.name.endswith(f"+target-{VERSION}")
    for blends in (shipped().bare, shipped().beside):
        assert set(blends.by_type) == {"finance", "forum", "news", "review", "weibo"}
