"""What the rules of sources are called in their form, and how each is written."""

from api.pages.i18n import _


def group_names() -> dict[str, str]:
    """Return what the groups of rules are called."""
    return {
        "article": _("文章页怎么读（可不填，自动识别）"),
        "comment": _("评论"),
        "paging": _("翻页"),
        "more": _("请求方式与评论"),
        "request": _("请求头与回访"),
    }


def rule_words() -> dict[str, tuple[str, str]]:
    """Return label and hint of every rule, by its path."""
    select = _("CSS 选择器，取属性写 ::attr(name)。")
    path = _("JMESPath，如 data.list。")
    fields = {
        "native_id": _("编号"),
        "url": _("网址"),
        "title": _("标题"),
        "text": _("正文"),
        "author": _("作者"),
        "published_at": _("发布时间"),
        "likes": _("赞"),
        "comments": _("评论数"),
        "shares": _("转发"),
        "views": _("阅读"),
    }
    words = {name: (label, "") for name, label in fields.items()}
    words |= {f"fields.{name}": (label, "") for name, label in fields.items()}
    return words | {
        "follow": (_("读条目链接的文章"), _("订阅源只给摘要时打开：逐条打开文章取全文。")),
        "follow_below": (_("少于多少字才去读文章"), _("正文已有这么多字就不打开文章，默认 200。")),
        "item": (_("文章链接"), select),
        "next": (_("下一页链接"), _("不填就只读第一页。")),
        "newer_days": (_("最近几天的文章"), _("默认 7 天。")),
        "include": (_("只要这些网址"), _("每行一个样式，如 */news/*；不填就是全部。")),
        "exclude": (_("不要这些网址"), _("每行一个样式，比上一栏优先。")),
        "items": (_("条目列表"), path),
        "url_template": (_("网址模板"), _("接口不给网址时，用编号拼：https://…/{native_id}")),
        "fields.text": (_("正文"), _("正文和标题至少填一个。")),
        "method": (_("方法"), ""),
        "body": (_("请求内容（JSON）"), _("方法为 POST 时发送，{page} 会换成页码。")),
        "ok": (_("成功的标志"), _("JMESPath，结果为真才算成功。")),
        "error_message": (_("错误说明"), _("JMESPath，失败时把它显示出来。")),
        "paging.by": (_("怎样翻页"), ""),
        "paging.parameter": (_("翻页参数名"), _("如 page、offset、cursor。")),
        "paging.first": (_("从几开始"), ""),
        "paging.step": (_("每次加几"), ""),
        "paging.next": (_("下一页在哪里"), _("JMESPath，给出游标或网址。")),
        "folder": (_("文件夹名"), _("工作区 inbox 下的文件夹，可放 JSONL、JSON、CSV、XLSX。")),
        "comment": (_("一条评论"), _("CSS 选择器，下面各栏在每条评论里找。")),
        "comment_text": (_("评论正文"), ""),
        "comment_author": (_("评论作者"), ""),
        "comment_published_at": (_("评论时间"), ""),
        "comment_id": (_("评论编号"), ""),
        "comment_likes": (_("评论的赞"), ""),
        "headers": (
            _("请求头"),
            _(
                "每行一个，如 Authorization: secret:FORUM，"
                "密钥写在设置 SHENGYU_SOURCE_SECRET_FORUM 里，不存进数据库。"
            ),
        ),
        "revisit_hours": (
            _("几小时后回访"),
            _("默认 1, 6, 24, 72, 168，因为负面评论常常来得晚；填“从不”就不回访。"),
        ),
    }  # fmt: skip
