import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage.records import Records
from storage.records.texts import json_text, storable
from storage.records.workspace import Fact

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("声誉 😀", "声誉 😀"),
        ("a\0b", "a\ufffdb"),
        ("a\ud800b\udc00", "a\ufffdb\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\\u0000", "\\u0000"),
    ],
)
def test_what_no_engine_takes_becomes_the_replacement_character(
    records: Records, given_text: str, kept: str
) -> None:
    with records.write() as session:
        session.add(Fact(name=given_text, value=given_text))
    with records.read() as session:
        # What is looked for is made storable too.
        assert session.scalars(select(Fact.value).where(Fact.name == given_text)).all() == [kept]


@given(ANY_TEXT)
def test_every_text_can_be_kept_and_is_kept_as_it_is_the_second_time(text: str) -> None:
    kept = storable(text)
    assert kept.encode().decode() == kept
    assert "\0" not in kept
    assert storable(kept) == kept


@given(ANY_TEXT)
def test_texts_in_json_become_what_they_become_alone(text: str) -> None:
    assert json.loads(json_text([text, {"in": text}])) == [storable(text), {"in": storable(text)}]


def test_numbers_that_json_has_not_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"p": float("nan")})
