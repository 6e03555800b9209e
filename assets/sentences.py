"""The library's sentences for people, marked for the catalogue; see ``assets.words`` for names.

Whoever shows one passes gettext as *translate*, as with ``alerts.words``.
"""

from collections.abc import Mapping
from typing import Any, Final

from assets.block import Block
from assets.words import CHANNELS, SIDES
from core.translation import Translate, to_translate, untranslated

BLOCKS: Final[Mapping[str, str]] = {
    "not_published": to_translate("还没有发布，通过法务与合规审核后才能使用"),
    "recalled": to_translate("已召回：{reason}"),
    "archived": to_translate("已归档，不再使用"),
    "right_expired": to_translate("“{subject}”的授权已于 {until} 到期，续约后才能使用"),
    "right_not_begun": to_translate("“{subject}”的授权从 {until} 起生效"),
    "channel_not_licensed": to_translate("“{subject}”的授权不含{channel}，只可用于：{licensed}"),
    "territory_not_licensed": to_translate(
        "“{subject}”的授权不含{territory}，只可用于：{licensed}"
    ),
    "evidence_expired": to_translate("“{subject}”的证据已于 {until} 过期，更新证据后才能使用"),
}
_HISTORY: Final[Mapping[str, str]] = {
    "asset.created": to_translate("{who} 新建了资产，第 1 版"),
    "asset.version_added": to_translate("{who} 上传了第 {number} 版"),
    "asset.read_again": to_translate("{who} 让系统重新读取第 {number} 版"),
    "asset.edited": to_translate("{who} 修改了{fields}"),
    "asset.recalled": to_translate("{who} 召回：{reason}"),
    "asset.restored": to_translate("{who} 恢复了资产"),
    "asset.archived": to_translate("{who} 归档了资产"),
    "asset.downloaded": to_translate("{who} 下载了第 {number} 版"),
    "asset.right_added": to_translate("{who} 添加了“{subject}”的授权"),
    "asset.right_removed": to_translate("{who} 删除了“{subject}”的授权"),
    "asset.evidence_added": to_translate("{who} 添加了“{claim}”的证据"),
    "asset.evidence_removed": to_translate("{who} 删除了“{claim}”的证据"),
    "asset.finding_waived": to_translate("{who} 放行“{matched}”：{reason}"),
    "review.requested": to_translate("{who} 把第 {number} 版送审"),
    "review.approved": to_translate("{who} 以{side}身份通过第 {number} 版"),
    "review.published": to_translate("{who} 以{side}身份通过，第 {number} 版发布"),
    "review.rejected": to_translate("{who} 以{side}身份退回第 {number} 版：{comment}"),
    "review.withdrawn": to_translate("{who} 撤回了第 {number} 版的送审"),
    "review.voided": to_translate("内容有改动（{why}），第 {number} 版的审核及已有决定作废"),
}
FIELDS: Final[Mapping[str, str]] = {
    "title": to_translate("标题"),
    "description": to_translate("说明"),
    "tags": to_translate("标签"),
    "brand_id": to_translate("品牌"),
    "scenario": to_translate("场景"),
    "owner_id": to_translate("负责人"),
    "rights": to_translate("授权"),
    "evidence": to_translate("证据"),
    "file": to_translate("文件"),
    "body": to_translate("正文"),
}


def block_sentence(block: Block, translate: Translate = untranslated) -> str:
    """Say in words why a material may not be used."""
    return fill_block(block.code, block.values, translate)


def fill_block(code: str, values: Mapping[str, str], translate: Translate = untranslated) -> str:
    """Say in words what *code* means with *values*."""
    told = dict(values)
    if "channel" in told:
        told["channel"] = channel_name(told["channel"], translate)
        told["licensed"] = translate(to_translate("、")).join(
            channel_name(each, translate) for each in told.get("licensed", "").split(",")
        )
    return translate(BLOCKS[code]).format_map(_Missing(told))


def channel_name(channel: str, translate: Translate = untranslated) -> str:
    """Name a channel as people do."""
    return translate(CHANNELS[channel]) if channel in CHANNELS else channel


def history_sentence(
    action: str, detail: Mapping[str, Any], actor: str, translate: Translate = untranslated
) -> str:
    """Say in words what an audit row of an asset or review tells; an unknown action is named."""
    if action not in _HISTORY:
        return translate(to_translate("{who}：{text}")).format(who=actor, text=action)
    told = _Missing({name: str(value) for name, value in detail.items()}) | {"who": actor}
    if detail.get("side") in SIDES:
        told["side"] = translate(SIDES[detail["side"]])
    for name in ("fields", "why"):
        if isinstance(detail.get(name), list):
            told[name] = field_names(detail[name], translate)
    return translate(_HISTORY[action]).format_map(_Missing(told))


def field_names(fields: list[str], translate: Translate = untranslated) -> str:
    """Name fields of an asset: 标题、标签."""
    return translate(to_translate("、")).join(translate(FIELDS.get(name, name)) for name in fields)


class _Missing(dict[str, str]):
    """A field that an old row lacks reads as a dash instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "—"
