"""The sample tells the stories it promises."""

from collections import Counter
from itertools import pairwise

import pytest

from crawlers.sample.load import SampleBrand, SampleMention, brands, mentions

FORGED, SMELL, PRICE = "forged-floor-plans", "filter-smell", "price-protection"


def by_id(wanted: str) -> SampleMention:
    return next(one for one in mentions() if one.id == wanted)


def story(name: str) -> list[SampleMention]:
    return [one for one in mentions() if one.story == name]


def bigrams(text: str) -> set[str]:
    return {first + second for first, second in pairwise(text)}


def is_near_copy(text: str, original: str) -> bool:
    """Jaccard of character bigrams ≥ 0.5, or at least 0.8 of the smaller one is in the other."""
    ours, theirs = bigrams(text), bigrams(original)
    shared = len(ours & theirs)
    contained = shared / min(len(ours), len(theirs))
    return shared / len(ours | theirs) >= 0.5 or contained >= 0.8


def names(brand: SampleBrand, text: str) -> bool:
    """Say whether *text* speaks of *brand*, by its full name or an alias that is meant so."""
    if brand.name in text:
        return True
    for phrase in brand.exclude:
        text = text.replace(phrase, "")
    meant = not brand.context or any(word in text for word in brand.context)
    return meant and any(alias in text for alias in brand.aliases)


def test_there_are_sixty_six_over_three_sites() -> None:
    assert Counter(one.site for one in mentions()) == {"forum": 28, "news": 20, "feed": 18}


def test_texts_are_forty_to_four_hundred_characters_and_all_different() -> None:
    texts = [one.text for one in mentions()]
    assert all(40 <= len(text) <= 400 for text in texts)
    assert len(set(texts)) == len(texts)
    assert len({one.author for one in mentions()}) > 50


def test_news_is_in_paragraphs() -> None:
    news = [one for one in mentions() if one.site == "news"]
    assert sum("\n" in one.text for one in news) >= len(news) - 1


def test_every_one_is_in_the_past_and_at_its_own_minute() -> None:
    minutes = [one.minutes_ago for one in mentions()]
    assert 5 <= min(minutes) < max(minutes) <= 4000
    assert len(set(minutes)) == len(minutes)


def test_a_feed_knows_no_engagement_and_the_pages_do() -> None:
    for one in mentions():
        counts = (one.likes, one.comments, one.shares, one.views)
        assert all(count is None for count in counts) == (one.site == "feed")


def test_the_smell_complaint_has_twenty_copies_on_every_site() -> None:
    copies = story(SMELL)
    assert len(copies) == 20
    assert {one.site for one in copies} == {"forum", "news", "feed"}


def test_the_complaint_began_as_one_post_within_the_last_day() -> None:
    original = max(story(SMELL), key=lambda one: one.minutes_ago)
    assert original.id == "t-001"
    assert original.minutes_ago < 24 * 60
    assert len(original.text) >= 120


@pytest.mark.parametrize("original", ["t-001", "t-010"])
def test_copies_are_near_duplicates_of_the_original(original: str) -> None:
    first = by_id(original)
    assert first.story is not None
    strangers = [one.id for one in story(first.story) if not is_near_copy(one.text, first.text)]
    assert strangers == []


@pytest.mark.parametrize("original", ["t-001", "t-010"])
def test_nothing_outside_a_story_looks_like_a_copy_of_it(original: str) -> None:
    first = by_id(original)
    others = [one for one in mentions() if one.story != first.story]
    assert [one.id for one in others if is_near_copy(one.text, first.text)] == []


def test_the_forged_screenshot_and_the_misread_rule_have_three_posts_each() -> None:
    assert len(story(FORGED)) == 3
    assert all("户型图" in one.text for one in story(FORGED))
    assert len(story(PRICE)) == 3
    assert all("价保" in one.text for one in story(PRICE))


@pytest.mark.parametrize("brand", brands(), ids=lambda brand: brand.name)
def test_a_text_names_a_brand_exactly_when_it_is_about_it(brand: SampleBrand) -> None:
    wrong = [
        one.id
        for one in mentions()
        if names(brand, f"{one.title}\n{one.text}") != (brand.name in one.about)
    ]
    assert wrong == []


def test_three_texts_are_about_nobody_though_they_hold_the_names() -> None:
    strays = [one for one in mentions() if not one.about]
    assert len(strays) == 3
    aliases = [alias for brand in brands() for alias in brand.aliases]
    assert all(any(alias in one.text for alias in aliases) for one in strays)


def test_a_few_texts_weigh_us_against_a_rival() -> None:
    own = brands()[0].name
    both = [one for one in mentions() if own in one.about and len(one.about) > 1]
    assert len([one for one in both if one.story is None]) >= 5
