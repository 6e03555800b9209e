"""``shengyu import --preview``: which column goes where, and what the first rows would become."""

from api.command.output import line, note, record
from crawlers.importing.context import Entry
from crawlers.importing.preview import FilePreview, Preview

_WAYS = {
    "mentions": "本系统的导入格式",
    "mediacrawler": "MediaCrawler 导出",
    "columns": "按列对应",
}
_SHOWN = 60


def show_preview(found: Preview, as_json: bool) -> int:
    """Print *found*; returns 1 when a row or file could not be read."""
    if as_json:
        record(found.to_record())
    else:
        for file in found.files:
            _show(file)
        for name, reason in found.left_out:
            note(f"未导入 {name}：{reason}")
        note("以上只是预览，没有写入任何内容。")
    bad = any(file.broken or any(row.reason for row in file.rows) for file in found.files)
    return 1 if bad else 0


def _show(file: FilePreview) -> None:
    line(f"{file.name}（{file.format}，{file.encoding}，{file.size} 字节）：{_WAYS[file.way]}")
    for field, column in file.columns.items():
        line(f"  {field} ← {column}")
    for row in file.rows:
        line(f"  第 {row.row} 行：{_row(row)}")
    if file.broken:
        note(f"  {file.broken}")


def _row(row: Entry) -> str:
    mention = row.mention
    if mention is None:
        return row.reason
    published = mention.published_at.isoformat() if mention.published_at else "没有时间"
    title = f"《{_cut(mention.title)}》" if mention.title else ""
    remarks = "".join(f"；{remark}" for remark in row.remarks)
    return (
        f"[{mention.platform} {mention.kind}] {published} {mention.author or '没有作者'} "
        f"{title}{_cut(mention.text)} {mention.url or ''}{remarks}"
    )


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
