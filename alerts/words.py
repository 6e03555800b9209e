"""Every Chinese word that cases and mails show and that no template holds.

Whoever shows them passes them through gettext: see ``core.translation``.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assets.words import CHANNELS
from core.translation import Translate, to_translate, untranslated

STATES: Mapping[str, str] = {
    "open": to_translate("待认领"),
    "acknowledged": to_translate("已认领"),
    "responding": to_translate("回应中"),
    "resolved": to_translate("已办结"),
    "dismissed": to_translate("已排除"),
    "reopened": to_translate("重新打开"),
}
SEVERITIES: Mapping[str, str] = {
    "normal": to_translate("一般"),
    "severe": to_translate("严重"),
}
ACTIONS: Mapping[str, str] = {
    "acknowledge": to_translate("确认"),
    "take": to_translate("认领"),
    "assign": to_translate("转交"),
    "respond": to_translate("开始回应"),
    "note": to_translate("记一笔"),
    "resolve": to_translate("办结"),
    "dismiss": to_translate("排除"),
    "reopen": to_translate("重新打开"),
}
CLOCKS: Mapping[str, str] = {
    "response": to_translate("首次响应"),
    "resolution": to_translate("处理"),
}
LABELS: Mapping[str, str] = {
    "negative": to_translate("负面"),
    "neutral": to_translate("中性"),
    "positive": to_translate("正面"),
}
PLATFORMS: Mapping[str, str] = {
    "weibo": to_translate("微博"),
    "xiaohongshu": to_translate("小红书"),
    "zhihu": to_translate("知乎"),
    "douyin": to_translate("抖音"),
    "bilibili": to_translate("哔哩哔哩"),
    "wechat": to_translate("微信公众号"),
    "tieba": to_translate("贴吧"),
    "heimao": to_translate("黑猫投诉"),
    "news": to_translate("新闻"),
    "forum": to_translate("论坛"),
}
_REASONS: Mapping[str, str] = {
    "reach": to_translate("互动量 {reach:,}（门槛 {minimum:,}）"),
    "trusted": to_translate("来自重点来源"),
    "severe_word": to_translate("出现严重词：{words}"),
    "similar": to_translate("{window_h} 小时内有 {count} 条相似内容"),
}
_EVENTS: Mapping[str, str] = {
    "opened": to_translate("发现并立案，{count} 条提及"),
    "joined": to_translate("新增 {count} 条同源提及"),
    "severity_raised": to_translate("升级为严重"),
    "acknowledged": to_translate("{who} 确认收到，首次响应 {response}"),
    "taken": to_translate("{who} 认领了事件"),
    "assigned": to_translate("{who} 把事件转交给 {to}"),
    "note": to_translate("{who}：{text}"),
    "responding": to_translate("{who} 开始回应"),
    "resolved": to_translate("{who} 办结：{outcome}"),
    "dismissed": to_translate("{who} 排除：{reason}"),
    "reopened": to_translate("{who} 重新打开"),
    "warning": to_translate("{clock}时限剩余 {left}%"),
    "breach": to_translate("{clock}已超时"),
    "mail_sent": to_translate("邮件已送出：{recipient}"),
    "mail_failed": to_translate("邮件未能送达：{recipient}（{error}）"),
    "relabelled": to_translate("{who} 把一条提及改判为{label}"),
    "label_restored": to_translate("{who} 撤回改判，一条提及恢复为{label}"),
    "copies_relabelled": to_translate("按{who}的修改，{count} 条同文的提及随之改判为{label}"),
    "copies_restored": to_translate("{who} 撤回改判，{count} 条同文的提及随之恢复为{label}"),
    "copies_kept_out": to_translate("又有 {count} 条同文的提及，已排除过，不再立案"),
    "message_used": to_translate("{who} 使用了口径《{title}》第 {number} 版{variant}{place}"),
}
_MAIL_KINDS: Mapping[str, str] = {
    "opened": to_translate("新的负面事件"),
    "severity_raised": to_translate("升级为严重"),
    "assigned": to_translate("事件转交给你"),
    "warning": to_translate("{clock}时限剩余 {left}%"),
    "breach": to_translate("{clock}已超时"),
}


def reason_sentence(rule: Mapping[str, Any], translate: Translate = untranslated) -> str:
    """Say in words why a rule of ``Case.reason["rules"]`` fired."""
    values = {**rule, "words": translate(to_translate("、")).join(rule.get("words", ()))}
    return translate(_REASONS[rule["rule"]]).format_map(values)


def event_sentence(
    kind: str,
    payload: Mapping[str, Any],
    actor_name: str | None,
    translate: Translate = untranslated,
) -> str:
    """Say in words what a ``CaseEvent`` tells."""
    values = {
        "who": actor_name or translate(to_translate("系统")),
        **{name: str(value) for name, value in payload.items()},
        **clock_values(payload, translate),
    }
    if kind == "message_used":
        values |= use_values(payload, translate)
    if "label" in payload:
        values["label"] = translate(LABELS.get(payload["label"], payload["label"]))
    if "response_s" in payload:
        values["response"] = span_words(timedelta(seconds=payload["response_s"]), translate)
    return translate(_EVENTS[kind]).format_map(_Missing(values))


def use_values(payload: Mapping[str, Any], translate: Translate) -> dict[str, str]:
    """Words for the variant and the place of a used message, empty where it names none."""
    variant, place = str(payload.get("variant", "")), str(payload.get("place", ""))
    channel = translate(CHANNELS.get(variant, variant))
    return {
        "variant": translate(to_translate("（{channel}版）")).format(channel=channel)
        if variant
        else "",
        "place": translate(to_translate("，用于：{place}")).format(place=place) if place else "",
    }


def mail_kind(kind: str, payload: Mapping[str, Any], translate: Translate = untranslated) -> str:
    """Name the occasion of a mail, such as 首次响应时限剩余 50%."""
    return translate(_MAIL_KINDS[kind]).format_map(_Missing(clock_values(payload, translate)))


def clock_values(payload: Mapping[str, Any], translate: Translate) -> dict[str, str]:
    """Words for the clock and the share of time that is left, where the payload names them."""
    values = {}
    if "clock" in payload:
        values["clock"] = translate(CLOCKS[payload["clock"]])
    if "share" in payload:
        values["left"] = f"{round((1 - payload['share']) * 100)}"
    return values


def platform_name(platform: str, translate: Translate = untranslated) -> str:
    """Name a platform as people do; an unknown one keeps its own name."""
    return translate(PLATFORMS[platform]) if platform in PLATFORMS else platform


def span_words(span: timedelta, translate: Translate = untranslated) -> str:
    """Say a span of time in its two largest units: 1 小时 52 分, 18 分钟, 2 天 3 小时."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days and not hours:
        return translate(to_translate("{days} 天")).format(days=days)
    if days:
        return translate(to_translate("{days} 天 {hours} 小时")).format(days=days, hours=hours)
    if hours and rest:
        return translate(to_translate("{hours} 小时 {rest} 分")).format(hours=hours, rest=rest)
    if hours:
        return translate(to_translate("{hours} 小时")).format(hours=hours)
    return translate(to_translate("{rest} 分钟")).format(rest=rest)


class _Missing(dict[str, str]):
    """A field that an old payload lacks reads as a dash instead of breaking the timeline."""

    def __missing__(self, key: str) -> str:
        return "—"
