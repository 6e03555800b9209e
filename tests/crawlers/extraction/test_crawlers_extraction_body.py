"""The body of pages as Chinese sites make them, found without any rule for the host."""

import pytest

from crawlers.extraction.article import generic_text

URL = "https://pages.example/1.html"
ONE = "星澜科技的净化器滤芯上周涨价，不少用户在论坛里表示不满，客服回复称原材料成本上升。"
TWO = "记者走访了三家门店，店员说旧价格只到月底，下个月起按新价格卖，老用户也没有优惠。"
THREE = "行业人士认为，滤芯是净化器厂商主要的利润来源，涨价并不意外，但通知用户的方式可以更好。"
ARTICLE = [ONE, TWO, THREE]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in ARTICLE)
MENU = "<ul>" + "".join(f'<li><a href="/{at}">频道{at}新闻</a></li>' for at in range(20)) + "</ul>"
FOOTER = "<div class=bt><p>版权所有 江城晚讯，未经书面授权，不得转载、摘编。</p></div>"
TITLE = "净化器滤芯涨价，用户不满"


def page(inner: str, title: str = f"{TITLE}_江城晚讯") -> str:
    """A whole page with a menu above and a footer below."""
    return f"<html><head><title>{title}</title></head><body>{MENU}{inner}{FOOTER}</body></html>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<div id=artibody>{PARAGRAPHS}</div>",
        f"<div><div>{PARAGRAPHS}</div></div>",
        f"<table><tr><td>{MENU}</td><td>{'<br><br>'.join(ARTICLE)}</td></tr></table>",
        f"<div>{'<br>'.join(ARTICLE)}</div>",
        f"<pre>{chr(10).join(ARTICLE)}</pre>",
        "".join(f"<section><section><span>{text}</span></section></section>" for text in ARTICLE),
        f"<div><div><p>{ONE}</p></div><div><p>{TWO}</p><p>{THREE}</p></div></div>",
        f'<div id="js_content" style="visibility: hidden; opacity: 0;">{PARAGRAPHS}</div>',
        f"<font>{PARAGRAPHS}",
        f"<p>{ONE}</p><script>if(a<b){{x('</p>')}}</script><p>{TWO}</p><!-- <p>x</p> --><p>{THREE}",
        "<div>" * 1500 + PARAGRAPHS,
        f"</body></html><div>{PARAGRAPHS}</div>",
    ],
    ids=[
        "named", "unnamed", "table cell", "line breaks", "preformatted", "sections", "two parts",
        "drawn by a script", "unclosed", "scripts between", "deep", "after the end",
    ],
)  # fmt: skip
def test_the_body_is_found_whole_and_alone(inner: str) -> None:
    assert generic_text(page(inner), URL).split("\n") == ARTICLE


@pytest.mark.parametrize(
    "around",
    [
        '<div class="share-bar">分享到：<a>微博</a><a>微信</a></div>',
        f"<div class=related><h3>相关阅读</h3>{MENU}</div>",
        '<div class="cookie-banner">本网站使用 Cookie，继续浏览即表示您同意我们的隐私政策。</div>',
        f"<div id=comments>{'<p>用户甲：早就该涨了，我家用了三年，没坏过。</p>' * 9}</div>",
        '<div style="display:none">这一段是看不见的，读者不知道有它，所以它不是正文。</div>',
        "<div><p>声明：本文仅代表作者本人观点，不构成投资建议，版权归原作者，举报电话见下。</p></div>",
        "<div class=qrcode><p>扫描二维码，关注我们的公众号，第一时间看到新闻。</p></div>",
    ],
    ids=["share", "related", "cookies", "comments", "hidden", "notice", "code"],
)
def test_what_stands_around_is_left_out(around: str) -> None:
    body = (
        f"<div class=main><h1>{TITLE}</h1>{around}<div class=txt>{PARAGRAPHS}</div>{around}</div>"
    )
    assert generic_text(page(body), URL).split("\n") == ARTICLE


def test_what_stands_inside_is_left_out_unless_the_article_needs_it() -> None:
    inside = (
        f"<div class=article-content><h2>{TITLE}</h2><p>{ONE}</p><h3>涨价之后</h3>"
        f"<div class=recommend-list>{MENU}</div><p>{TWO}</p>"
        f"<ul><li>旧价 99 元</li><li>新价 129 元</li></ul><p>图：门店里的滤芯</p>"
        f"<p>{THREE}</p><p>责任编辑：林一</p></div>"
    )
    kept = [ONE, "涨价之后", TWO, "旧价 99 元", "新价 129 元", "图：门店里的滤芯", THREE]
    assert generic_text(page(inside), URL).split("\n") == [*kept, "责任编辑：林一"]


def test_the_first_post_of_a_thread_is_its_text() -> None:
    posts = "".join(
        f"<div class=post id=post{at}><div class=who><a>用户{at}</a> 发表于 2026-03-0{at} 10:0{at}"
        f" {at}楼</div><div class=words>{text}</div></div>"
        for at, text in enumerate(ARTICLE, 1)
    )
    assert generic_text(page(f"<div class=thread>{posts}</div>"), URL) == ONE


def test_code_keeps_its_lines() -> None:
    code = "def price(old):\n    return old * 1.3"
    text = generic_text(page(f"<article><p>{ONE}</p><pre>{code}</pre><p>{TWO}</p></article>"), URL)
    assert text.split("\n") == [ONE, "def price(old):", "return old * 1.3", TWO]


def test_the_captions_of_a_gallery_are_its_text() -> None:
    shown = "".join(f"<figure><img><figcaption>{text}</figcaption></figure>" for text in ARTICLE)
    assert generic_text(page(f"<div class=gallery>{shown}</div>"), URL).split("\n") == ARTICLE


def test_a_post_may_be_one_short_line() -> None:
    assert (
        generic_text(page("<div class=post>滤芯又涨价了，气人！</div>"), URL)
        == "滤芯又涨价了，气人！"
    )


@pytest.mark.parametrize("markup", [MENU, MENU * 30, "<p>首页</p>", "<form><input></form>"])
def test_a_page_of_links_has_no_article(markup: str) -> None:
    assert generic_text(f"<title>频道</title>{markup}", URL) == ""


def test_a_dialogue_of_short_lines_is_a_text() -> None:
    lines = ["好。", "行吗？", "行，走吧。", "好！"] * 10
    inner = "".join(f"<p>{line}</p>" for line in lines)
    assert generic_text(page(f"<div>{inner}</div>"), URL).split("\n") == lines


def test_drawn_pictures_of_feelings_keep_their_name() -> None:
    text = generic_text(page(f'<div><p>{ONE}<img alt="[怒]"></p><p>{TWO}</p></div>'), URL)
    assert "[怒]" in text
