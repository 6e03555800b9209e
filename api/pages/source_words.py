"""What kinds of sources and their health are called on the pages."""

from datetime import timedelta

from api.pages.i18n import _
from api.pages.parts import Chip
from api.pages.times import in_words
from crawlers.health import Health, State
from storage.records.watch import Source


def kinds() -> list[tuple[str, str, str]]:
    """Return every kind: its code, its name, and when to take it."""
    return [
        ("feed", _("订阅源"), _("RSS、Atom 或 JSON Feed 的地址。有订阅源就用它，最省事。")),
        ("listing", _("列表页"), _("论坛版面、新闻栏目：从列表进入文章，按 CSS 规则取字段。")),
        ("sitemap", _("站点地图"), _("新闻网站：按 sitemap.xml 找最近几天的文章，正文自动识别。")),
        ("json_api", _("JSON 接口"), _("返回 JSON 的接口：用 JMESPath 对应字段，支持翻页。")),
        ("folder", _("文件夹"), _("别的工具导出的文件放进服务器的文件夹，自动读入新增的行。")),
    ]  # fmt: skip


def kind_name(kind: str) -> str:
    """Return what a kind of source is called."""
    return {code: name for code, name, _when in kinds()}.get(kind, kind)


def state_chip(state: State, *, running: bool = False) -> Chip:
    """Return the chip of a state; a source that is being read says so."""
    if running and state in {"ok", "waiting"}:
        return Chip(_("采集中"), "act")
    return {
        "ok": Chip(_("正常"), "good"),
        "waiting": Chip(_("等待首次采集"), "act"),
        "silent": Chip(_("静默"), "soon"),
        "duplicates": Chip(_("只有重复"), "soon"),
        "failing": Chip(_("失败"), "bad"),
        "paused": Chip(_("停用")),
    }[state]


def trouble(source: Source, health: Health) -> str:
    """Return what is wrong with a source, nothing where all is well."""
    if health.state == "failing":
        return _("连续失败 %(n)s 次：%(why)s", n=source.failures, why=source.last_error or "—")
    quiet = in_words(health.quiet_for)
    if health.state == "duplicates":
        return _("%(span)s 没有新内容，采到的都是已收录的", span=quiet)
    if health.state == "silent":
        if health.usual_gap:
            return _(
                "%(span)s 没有新内容，平时最多隔 %(usual)s",
                span=quiet,
                usual=in_words(health.usual_gap),
            )
        return _("%(span)s 没有新内容", span=quiet)
    return ""


def advice(source: Source, health: Health) -> str:
    """Return what to do about it, or what the last visit had to say."""
    if health.state == "duplicates":
        return _("看看它是不是与另一个来源重复，或者停在旧的一页、不再更新。")
    if health.state == "silent" and health.reason == "unrelated":
        return _("它有内容，但都没有提到关注的品牌：换一个更相关的地址，或补充品牌的别名。")
    if health.state == "silent" and not source.last_hint:
        return _("打开网址看看有没有新内容；有的话，多半是页面结构变了，请用“试采”改规则。")
    return source.last_hint or ""


def span(seconds: int | timedelta | None) -> str:
    """Return a length of time in words, a dash for none; under a minute in seconds."""
    if seconds is None:
        return "—"
    length = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
    if length < timedelta(minutes=1):
        return _("%(n)s 秒", n=max(0, int(length.total_seconds())))
    return in_words(length)
