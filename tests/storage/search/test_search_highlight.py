"""Highlights found by looking from place to place are those of the whole stream of tokens."""

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.mentions import Span
from storage.search.highlight import merged, spans
from storage.search.tokens import Phrase, phrase, tokens

TEXTS = st.text(alphabet="华为手机iPhone15 ，。ＡZ為😡👍_的", max_size=30)
QUERIES = st.text(alphabet="华为手机iPhone15，Ａ為😡的", min_size=1, max_size=4)


def by_stream(text: str, wanted: Phrase) -> list[Span]:
    stream = list(tokens(text))
    found: list[Span] = []
    for at in range(len(stream) - len(wanted.tokens) + 1):
        part = stream[at : at + len(wanted.tokens)]
        *heads, last = wanted.tokens
        if [token.text for token in part[:-1]] != heads:
            continue
        if part[-1].text == last:
            found.append(Span(part[0].start, part[-1].end))
        elif wanted.prefix and part[-1].text.startswith(last):
            found.append(Span(part[0].start, part[-1].start + len(last)))
    return found


@settings(max_examples=1000)
@given(TEXTS, QUERIES)
def test_every_place_of_the_token_stream_is_found_and_no_other(text: str, query: str) -> None:
    wanted = phrase(query)
    if wanted is not None:
        assert merged(spans(text, [wanted])) == merged(by_stream(text, wanted))


def test_a_phrase_stands_over_punctuation_and_never_inside_a_longer_run() -> None:
    wanted = phrase("华为 15")
    assert wanted is not None
    assert spans("华为，15 华为（15） 华为150 a华为", [wanted]) == [Span(0, 5), Span(6, 11)]
    letters = phrase("pro")
    assert letters is not None
    assert spans("Pro ProMax aPro 15Pro", [letters]) == [Span(0, 3), Span(18, 21)]


def test_an_endless_word_is_marked_whole_and_only_where_it_stands() -> None:
    wanted = phrase("a" * 300)
    assert wanted is not None
    assert spans(f"看 {'A' * 300}，{'a' * 299} {'a' * 300}b", [wanted]) == [Span(2, 302)]
