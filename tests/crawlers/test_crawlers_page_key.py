import re

from crawlers.page_key import page_key


def test_a_page_has_one_key_however_its_address_is_spelled() -> None:
    key = page_key("https://News.example.com/a/1?b=2&a=1#top")
    assert re.fullmatch("[0-9a-f]{16}", key)
    assert key == page_key("https://news.example.com:443/a/1?a=1&b=2&utm_source=rss")


def test_other_pages_have_other_keys() -> None:
    addresses = [f"https://news.example.com/a/{number}" for number in range(2000)]
    assert len({page_key(address) for address in addresses}) == 2000


def test_what_is_no_address_has_a_key_too() -> None:
    assert page_key("folder:日报.csv:120:1762128000") != page_key("folder:日报.csv:121:1762128000")
    assert re.fullmatch("[0-9a-f]{16}", page_key("http://["))
