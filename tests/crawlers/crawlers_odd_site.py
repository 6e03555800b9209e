"""A site that speaks proper HTTP and leads astray: elsewhere, in circles, to walls, on and on."""

from collections.abc import Callable
from urllib.parse import unquote

from crawlers_bad_site import HTML, STORY, XML, Answer, Site, item, rss

LOGIN = (
    "<html><head><title>登录</title></head><body><form action=/login method=post>"
    "<input name=user><input type=password name=pass><button>登录</button></form></body></html>"
)
CAPTCHA = (
    "<html><head><title>安全验证</title></head><body><p>拖动滑块完成拼图</p>"
    '<div id="captcha-box"></div><script src="https://captcha.example/load.js"></script></body></html>'
)
# News pages carry a login box in their heads: they are no walls.
MEMBERS = STORY.replace(
    "<div class=body>",
    "<form><input type='password'></form><div class='captcha-note'></div><div class=body>",
).replace(
    "客服回复称成本上升。", "客服回复称成本上升，安全验证没有问题。" + "用户还说滤芯太贵。" * 60
)


class OddSite(Site):
    """Answers by the first part of the path; what follows it is where to lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.robots_answer: Callable[[], Answer] | None = None

    def on_robots_txt(self, path: str, headers: dict[str, str]) -> Answer:
        if self.robots_answer is not None:
            return self.robots_answer()
        return super().on_robots_txt(path, headers)

    def on_to(self, path: str, headers: dict[str, str]) -> Answer:
        _, _, status, target = path.split("/", 3)
        return int(status), {"Location": unquote(target)}, b""

    def on_meta(self, path: str, headers: dict[str, str]) -> Answer:
        target = unquote(path.split("/", 2)[2])
        return 200, HTML, f'<meta http-equiv="refresh" content="0; url={target}">'.encode()

    def on_links(self, path: str, headers: dict[str, str]) -> Answer:
        target = unquote(path.split("/", 2)[2])
        body = f'<ul><li><a href="{target}">a</a></li><li><a href="/page/1">b</a></li></ul>'
        return 200, HTML, body.encode()

    def on_entry(self, path: str, headers: dict[str, str]) -> Answer:
        target = unquote(path.split("/", 2)[2])
        entry = (
            f"<item><title>涨价</title><link>{target}</link><description>短</description></item>"
        )
        return 200, XML, rss(entry)

    def on_map(self, path: str, headers: dict[str, str]) -> Answer:
        target = unquote(path.split("/", 2)[2])
        pages = f"<url><loc>{target}</loc></url><url><loc>{self.base}/page/1</loc></url>"
        return 200, XML, f'<?xml version="1.0"?><urlset>{pages}</urlset>'.encode()

    def on_later(self, path: str, headers: dict[str, str]) -> Answer:
        return 429, HTML | {"Retry-After": "Wed, 01 Jan 2099 00:00:00 GMT"}, b"later"

    def on_storm(self, path: str, headers: dict[str, str]) -> Answer:
        links = "".join(f'<li><a href="/down/{number}">a</a></li>' for number in range(30))
        return 200, HTML, f"<ul>{links}</ul>".encode()

    def on_down(self, path: str, headers: dict[str, str]) -> Answer:
        return 502, HTML, b"bad gateway"

    def on_calendar(self, path: str, headers: dict[str, str]) -> Answer:
        day = int(path.rsplit("/", 1)[-1])
        body = (
            f"<ul><li><a href=/page/{day}>a</a></li></ul><a class=next href=/calendar/{day + 1}>>"
        )
        return 200, HTML, body.encode()

    def on_guarded(self, path: str, headers: dict[str, str]) -> Answer:
        return 302, {"Location": "/passport/login?next=/guarded"}, b""

    def on_passport(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, LOGIN.encode()

    def on_form(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, LOGIN.encode()

    def on_captcha(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, CAPTCHA.encode()

    def on_sent_to_captcha(self, path: str, headers: dict[str, str]) -> Answer:
        return 302, {"Location": "/wappass/check"}, b""

    def on_wappass(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, "<html><body>网络不给力，请稍后重试</body></html>".encode()

    def on_members(self, path: str, headers: dict[str, str]) -> Answer:
        return 200, HTML, MEMBERS.encode()

    def on_changing(self, path: str, headers: dict[str, str]) -> Answer:
        body = rss(item(1), item(2)).decode()
        for number in (1, 2):
            changed = f"<guid>{number}-{len(self.asked)}</guid>"
            body = body.replace(f"<guid>{number}</guid>", changed)
        return 200, XML, body.encode()

    def on_skewed(self, path: str, headers: dict[str, str]) -> Answer:
        dates = ("Fri, 01 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "")
        items = (
            f"<item><title>第{number}条</title><guid>{number}</guid>"
            f"<description>净化器 {number}</description><pubDate>{date}</pubDate></item>"
            for number, date in enumerate(dates)
        )
        return 200, XML, rss(*items)
