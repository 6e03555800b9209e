"""The sample's library as data: what it promises is there, and fits the rules of the library."""

from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from itertools import combinations

import pypdfium2
import pytest
from PIL import Image

from assets import wording
from assets.sample.documents import make_file
from assets.sample.pictures import COMPOSITIONS, draw_picture
from assets.sample.plan import days_on, office_hour, planned_files, planned_messages
from assets.words import CHANNELS

STARTED = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # already the 24th in Shanghai


def manual(name: str) -> list[str]:
    document = pypdfium2.PdfDocument(make_file(f"file:{name}"))
    try:
        return [document[page].get_textpage().get_text_range() for page in range(len(document))]
    finally:
        document.close()


def test_twelve_messages_are_approved_over_six_scenarios_with_two_each() -> None:
    approved = [one for one in planned_messages() if one.end == "published"]
    assert len(approved) == 12
    assert set(Counter(one.scenario for one in approved).values()) == {2}
    assert len({one.scenario for one in approved}) == 6
    for one in approved:
        assert one.body.variants, one.key
        assert one.body.do_not_say, one.key
        assert one.body.keywords, one.key


def test_a_draft_and_one_under_review_wait_too() -> None:
    assert {one.end for one in planned_messages()} == {"published", "draft", "in_review"}


def test_no_message_says_what_its_list_forbids() -> None:
    for one in planned_messages():
        said = "\n".join(one.body.places().values())
        assert [words for words in one.body.do_not_say if words in said] == [], one.key


def test_no_message_holds_a_forbidden_word() -> None:
    rules, today = wording.load_rules(), days_on(STARTED, 0)
    for one in planned_messages():
        for text in (one.title, one.description, *one.body.places().values()):
            found = wording.check(text, rules, today)
            assert [hit.matched for hit in found if hit.severity == "block"] == [], one.key


def test_twenty_pictures_have_rights_of_every_sort() -> None:
    pictures = [one for one in planned_files() if one.kind == "media"]
    assert len(pictures) == 20
    assert {one.key for one in pictures} == set(COMPOSITIONS)
    limits = [right for one in pictures for right in one.rights]
    assert len(limits) == 20
    assert sum(right.until is not None and 0 < right.until <= 14 for right in limits) == 1
    assert sum(right.until is not None and right.until < 0 for right in limits) == 1
    assert {"xiaohongshu", "wechat"} in [set(right.channels) for right in limits]
    assert all(set(right.channels) <= set(CHANNELS) for right in limits)
    assert [one.key for one in pictures if one.recalled] == ["store"]


def test_keys_and_titles_are_each_used_once() -> None:
    keys = [one.key for one in (*planned_files(), *planned_messages())]
    titles = [one.title for one in (*planned_files(), *planned_messages())]
    assert len(set(keys)) == len(keys) == len(set(titles))


def test_evidence_is_a_file_that_came_before() -> None:
    came = {one.key: one.versions[0].day for one in planned_files()}
    proofs = [
        (one, each) for one in (*planned_files(), *planned_messages()) for each in one.evidence
    ]
    assert proofs
    for one, proof in proofs:
        day = one.versions[0].day if hasattr(one, "versions") else one.day
        assert came[proof.file] > day


def test_pictures_are_large_and_none_is_like_another() -> None:
    small = {}
    for name in COMPOSITIONS:
        with Image.open(BytesIO(draw_picture(name))) as picture:
            assert picture.format == "JPEG"
            assert 1350 <= min(picture.size) <= max(picture.size) <= 2400
            small[name] = picture.convert("L").resize((16, 16)).tobytes()
    for one, other in combinations(small, 2):
        apart = sum(abs(a - b) for a, b in zip(small[one], small[other], strict=True)) / 256
        assert apart > 8, (one, other)


def test_a_picture_is_drawn_the_same_each_time() -> None:
    assert draw_picture("store") == draw_picture("store")


def test_the_manual_has_colours_and_logo_rules_in_real_words() -> None:
    pages = manual("vi-manual.pdf")
    assert len(pages) >= 12
    text = "\n".join(pages)
    for words in ("标志", "最小尺寸", "安全空间", "标准色", "#1B4DDB", "CMYK", "错误用法"):
        assert words in text
    assert len(manual("vi-manual-1.pdf")) < len(pages)
    assert len(make_file("file:vi-manual.pdf")) < 1_500_000


def test_every_planned_file_can_be_made() -> None:
    for one in planned_files():
        for version in one.versions:
            if not version.made.startswith("picture:"):
                assert make_file(version.made), version.made
    with pytest.raises(KeyError):
        make_file("document:nothing")


def test_days_are_those_where_the_company_sits() -> None:
    assert days_on(STARTED, 0).isoformat() == "2026-11-24"
    assert office_hour(STARTED, 1, 10, 5) == datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
