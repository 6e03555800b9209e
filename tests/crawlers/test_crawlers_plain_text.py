"""Markup becomes plain text."""

from crawlers.plain_text import html_to_text


def test_markup_becomes_lines() -> None:
    assert (
        html_to_text("<p>一 二</p>三<br/>四<!-- x -->五<script>六</script>七<b>八</b>")
        == "一 二\n三\n四五七八"
    )
    assert html_to_text("&lt;p&gt; &amp;") == "<p> &"
    assert html_to_text("") == ""
    assert html_to_text("<" * 1000) is not None
