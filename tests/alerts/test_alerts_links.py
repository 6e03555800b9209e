"""Acknowledge links: for one case and one recipient, until they expire."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.links import acknowledge_token, acknowledge_url, verify_acknowledge_token
from core.errors import InvalidInput

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)


def token(secret: str = "key", case_id: str = "case_1", to: str = "林@example.cn") -> str:
    return acknowledge_token(secret, case_id, to, SOON)


def test_a_link_tells_for_whom_it_was_made() -> None:
    assert verify_acknowledge_token("key", "case_1", token(), NOW) == "林@example.cn"


def test_an_expired_link_says_so() -> None:
    verify_acknowledge_token("key", "case_1", token(), SOON - timedelta(seconds=1))
    with pytest.raises(InvalidInput, match="过期"):
        verify_acknowledge_token("key", "case_1", token(), SOON)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "秘密.b.c",
        "\ud800",
        token(secret="other"),
        token(case_id="case_2"),
        token()[:-1],
        token().replace(".", ".x", 1),
        "9" + token(),
        token() + "\n",
    ],
)
def test_a_link_that_was_touched_opens_nothing(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        verify_acknowledge_token("key", "case_1", wrong, NOW)


def test_every_single_changed_character_is_noticed() -> None:
    good = token()
    for at in range(len(good)):
        other = "A" if good[at] != "A" else "B"
        with pytest.raises(InvalidInput):
            verify_acknowledge_token("key", "case_1", good[:at] + other + good[at + 1 :], NOW)


def test_the_address_asks_at_the_case() -> None:
    assert acknowledge_url("https://pr.cn", "case_1", "1.2.3") == (
        "https://pr.cn/cases/case_1/acknowledge?k=1.2.3"
    )
