"""An address that no mail can be sent to is refused when it is typed."""

import pytest

from alerts.policy import check_recipients
from core.errors import InvalidInput


@pytest.mark.parametrize(
    "address",
    [
        "a..b@c.example",
        ".a@c.example",
        "张三@c.example",
        "a\u202e@c.example",
        f"a@{'b' * 300}.example",
        "a@c.example\r\nBcc: x@y.example",
    ],
)
def test_what_no_mail_can_be_headed_with_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="不是邮件地址"):
        check_recipients([address])


@pytest.mark.parametrize("address", ["pr+alert@c.example", "o'neil@c.example"])
def test_unusual_but_good_addresses_are_taken(address: str) -> None:
    assert check_recipients([address]) == [address]
