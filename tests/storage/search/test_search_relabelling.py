"""A person's label in the index: every way of asking sees it, nothing else changes."""

from dataclasses import replace

import pytest
from search_mention_engines import ENGINES
from search_mentions import brand, mention

from storage.mentions import Engagement, Label, Mention
from storage.search import (
    Filters,
    HistogramRequest,
    MentionIndex,
    SearchRequest,
    Selection,
)

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def relabelled(given: Mention, label: Label, marked: int) -> Mention:
    values = {each: float(label == each) for each in ("negative", "neutral", "positive")}
    shares = {f"p_{name}": value for name, value in values.items()}
    brands = tuple(replace(each, label=label, **shares) for each in given.brands)  # type: ignore[arg-type]
    return replace(given, label=label, brands=brands, marked=marked, **shares)  # type: ignore[arg-type]


@pytest.fixture
def held(index: MentionIndex) -> Mention:
    given = mention(
        "m",
        "净化器漏水",
        title="投诉",
        label="negative",
        engagement=Engagement(3, None, 1, None),
        brands=(brand("b1", "negative"), brand("b2")),
    )
    index.create_many([given, mention("other", "净化器很好", brands=(brand("b1"),))])
    index.sync()
    return given


def test_what_was_stored_changes_in_its_sentiment_alone(index: MentionIndex, held: Mention) -> None:
    wanted = relabelled(replace(held, text="别的", platform="x", brands=()), "neutral", 7)
    assert index.relabel_many([wanted]) == 1
    expected = replace(
        held, label="neutral", p_negative=0.0, p_neutral=1.0, p_positive=0.0, marked=7
    )
    assert index.get("m") == expected
    assert index.get("other") == mention("other", "净化器很好", brands=(brand("b1"),))


def test_every_way_of_asking_sees_the_new_label(index: MentionIndex, held: Mention) -> None:
    index.relabel_many([relabelled(held, "positive", 1)])
    for selection in (
        Selection(q="label:positive"),
        Selection(filters=Filters(labels=("positive",))),
        Selection(q="漏水", filters=Filters(labels=("positive",), brand_ids=("b1",))),
        Selection(filters=Filters(labels=("positive",), brand_ids=("b2",))),
    ):
        assert [each.id for each in index.scan(selection)] == ["m"]
        assert index.count(selection) == 1
        (bucket,) = index.histogram(HistogramRequest(q=selection.q, filters=selection.filters))
        assert bucket.counts == {"negative": 0, "neutral": 0, "positive": 1}
    assert index.count(Selection(q="label:negative")) == 0
    facets = index.search(SearchRequest(facets=True)).facets
    assert facets is not None
    assert facets.labels == {"positive": 1, "neutral": 1}
    assert facets.brands == {"b1": 2, "b2": 1}


def test_who_comes_late_changes_nothing(index: MentionIndex, held: Mention) -> None:
    assert index.relabel_many([relabelled(held, "positive", 5)]) == 1
    assert index.relabel_many([relabelled(held, "neutral", 5)]) == 0
    assert index.relabel_many([relabelled(held, "neutral", 4)]) == 0
    assert index.relabel_many([relabelled(mention("unknown"), "neutral", 9)]) == 0
    found = index.get("m")
    assert found is not None
    assert (found.label, found.marked) == ("positive", 5)


def test_a_later_sight_keeps_the_label_and_grows_the_counts(
    index: MentionIndex, held: Mention
) -> None:
    index.relabel_many([relabelled(held, "neutral", 1)])
    index.create_many([replace(held, engagement=Engagement(50, 2, 1, None))])
    found = index.get("m")
    assert found is not None
    assert (found.label, found.engagement) == ("neutral", Engagement(50, 2, 1, None))


def test_a_relabelled_mention_leaves_nothing_when_it_is_deleted(
    index: MentionIndex, held: Mention
) -> None:
    index.relabel_many([relabelled(held, "neutral", 1)])
    assert index.delete(["m", "other"]) == 2
    assert index.histogram(HistogramRequest()) == []
    assert index.count(Selection(q="漏水")) == 0


def test_the_calibration_of_a_mention_and_its_brands_is_kept(index: MentionIndex) -> None:
    given = mention("c", calibration=4, brands=(replace(brand("b1"), calibration=9),))
    index.create_many([given])
    assert index.get("c") == given
