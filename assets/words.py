"""The words of the library: kinds, states, scenarios. Their Chinese names are for people."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from core.translation import to_translate

AssetKind = Literal["guideline", "message", "media", "font", "template", "report"]
AssetState = Literal["draft", "in_review", "rejected", "published", "recalled", "archived"]
VersionState = Literal["draft", "in_review", "rejected", "published", "superseded"]
Side = Literal["legal", "compliance"]
Scenario = Literal[
    "smear", "misunderstanding", "quality", "service", "price", "safety", "labour", "launch"
]

KINDS: Final[Mapping[str, str]] = {
    "guideline": to_translate("手册"),
    "message": to_translate("话术"),
    "media": to_translate("图片与视频"),
    "font": to_translate("字体与标志"),
    "template": to_translate("模板"),
    "report": to_translate("报告与证据"),
}
STATES: Final[Mapping[str, str]] = {
    "draft": to_translate("草稿"),
    "in_review": to_translate("审核中"),
    "rejected": to_translate("被退回"),
    "published": to_translate("已发布"),
    "recalled": to_translate("已召回"),
    "archived": to_translate("已归档"),
}
SIDES: Final[Mapping[str, str]] = {
    "legal": to_translate("法务"),
    "compliance": to_translate("合规"),
}
SCENARIOS: Final[Mapping[str, str]] = {
    "smear": to_translate("竞品抹黑"),
    "misunderstanding": to_translate("用户误解"),
    "quality": to_translate("产品质量"),
    "service": to_translate("服务"),
    "price": to_translate("价格"),
    "safety": to_translate("安全"),
    "labour": to_translate("劳资"),
    "launch": to_translate("新品与活动"),
}
# Where a material may be used; a usage right names these.
CHANNELS: Final[Mapping[str, str]] = {
    "weibo": to_translate("微博"),
    "xiaohongshu": to_translate("小红书"),
    "douyin": to_translate("抖音"),
    "wechat": to_translate("微信"),
    "bilibili": to_translate("哔哩哔哩"),
    "zhihu": to_translate("知乎"),
    "ecommerce": to_translate("电商页面"),
    "website": to_translate("官网"),
    "press": to_translate("新闻稿"),
    "offline": to_translate("线下门店"),
}
FILE_KINDS: Final = tuple(kind for kind in get_args(AssetKind) if kind != "message")
