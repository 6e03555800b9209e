"""The words of the library: kinds, states, scenarios. Their Chinese names are for people."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

AssetKind = Literal["guideline", "message", "media", "font", "template", "report"]
AssetState = Literal["draft", "in_review", "rejected", "published", "recalled", "archived"]
VersionState = Literal["draft", "in_review", "rejected", "published", "superseded"]
Side = Literal["legal", "compliance"]
Scenario = Literal[
    "smear", "misunderstanding", "quality", "service", "price", "safety", "labour", "launch"
]

KINDS: Final[Mapping[str, str]] = {
    "guideline": "手册",
    "message": "话术",
    "media": "图片与视频",
    "font": "字体与标志",
    "template": "模板",
    "report": "报告与证据",
}
STATES: Final[Mapping[str, str]] = {
    "draft": "草稿",
    "in_review": "审核中",
    "rejected": "被退回",
    "published": "已发布",
    "recalled": "已召回",
    "archived": "已归档",
}
SIDES: Final[Mapping[str, str]] = {"legal": "法务", "compliance": "合规"}
SCENARIOS: Final[Mapping[str, str]] = {
    "smear": "竞品抹黑",
    "misunderstanding": "用户误解",
    "quality": "产品质量",
    "service": "服务",
    "price": "价格",
    "safety": "安全",
    "labour": "劳资",
    "launch": "新品与活动",
}
# Where a material may be used; a usage right names these.
CHANNELS: Final[Mapping[str, str]] = {
    "weibo": "微博",
    "xiaohongshu": "小红书",
    "douyin": "抖音",
    "wechat": "微信",
    "bilibili": "哔哩哔哩",
    "zhihu": "知乎",
    "ecommerce": "电商页面",
    "website": "官网",
    "press": "新闻稿",
    "offline": "线下门店",
}
FILE_KINDS: Final = tuple(kind for kind in get_args(AssetKind) if kind != "message")
