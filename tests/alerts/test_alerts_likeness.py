"""Which open case a text belongs to, and how little is read to find it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alerts_desk import COMPLAINT, Desk

from alerts.likeness import like_case
from sentiment import stories

HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3_000)]
LONG = COMPLAINT + "物业说这批滤网全小区都有人反映，厂家却只肯一家一家地换，谁也不肯说清楚原因。"


def written(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(HAN, k=length))


def found(desk: Desk, text: str) -> str | None:
    with desk.records.write() as session:
        return like_case(session, "brand_own", text)


@contextmanager
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts of cases that are compared word by word meanwhile."""
    texts: list[str] = []

    def noted(text: str, other: str) -> float:
        texts.append(other)
        return stories.containment(text, other)

    with monkeypatch.context() as patch:
        patch.setattr("alerts.likeness.containment", noted)
        yield texts


def test_it_finds_the_first_case_that_tells_the_same_story(desk: Desk) -> None:
    texts = [written(n, 40 + 17 * n) for n in range(12)]
    # Copies, excerpts of each share, texts around them, and one that is only noise longer.
    texts += [part for n in (3, 9) for share in range(1, 10) if (part := cut(texts[n], share))]
    texts += [texts[5] + written(50, length) for length in (1, 20, 40, 80, 200)]
    texts += [f"//@某人: {texts[6][:60]} https://example.cn/a/very/long/address/indeed", LONG, "坏"]
    ids = desk.add_cases(texts[::2])
    for text in texts:
        signed = stories.signature(text)
        same = (
            case_id
            for case_id, other in zip(ids, texts[::2], strict=True)
            if stories.same_story(text, signed, other, stories.signature(other))
        )
        assert found(desk, text) == next(same, None)


def cut(text: str, tenths: int) -> str:
    return text[: len(text) * tenths // 10]


def test_a_brand_without_open_cases_has_none_alike(desk: Desk) -> None:
    assert found(desk, COMPLAINT) is None


def test_a_copy_of_the_first_case_reads_no_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case_id,) = desk.add_cases([LONG])
    with compared(monkeypatch) as texts:
        assert found(desk, LONG) == case_id
    assert texts == []


def test_texts_of_about_the_same_length_are_not_compared_word_by_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add_cases([written(n, 100) for n in range(80)])
    with compared(monkeypatch) as texts:
        assert found(desk, written(99, 110)) is None
        assert found(desk, "太差了") is None
    assert texts == []


def test_an_excerpt_is_looked_for_in_the_fifty_newest_cases_that_can_hold_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_texts = [written(n, 300) for n in range(2_000)]
    same_length = [written(5_000 + n, 60) for n in range(200)]
    ids = desk.add_cases(written_texts + same_length)
    with compared(monkeypatch) as texts:
        assert found(desk, written_texts[1_950][:60]) == ids[1_950]
        assert found(desk, written_texts[1_949][:60]) is None
        assert found(desk, written_texts[7]) == ids[7], "copies are found among all of them"
    assert len(texts) <= 2 * 50
