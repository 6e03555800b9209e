"""What MediaCrawler writes: columns of seven platforms in both generations, and files of them."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

# Columns in common | until 2026-06-30 | since 2026-07-01, as the programs' users have them on disk.
_TABLES = {
    ("xhs", "contents"): (
        "note_id type title desc video_url time last_update_time nickname liked_count"
        " collected_count comment_count share_count image_list tag_list last_modify_ts note_url"
        " source_keyword xsec_token",
        "user_id avatar ip_location",
    ),
    ("xhs", "comments"): (
        "comment_id create_time note_id content nickname sub_comment_count pictures"
        " parent_comment_id last_modify_ts like_count",
        "ip_location user_id avatar",
    ),
    ("douyin", "contents"): (
        "aweme_id aweme_type title desc create_time nickname liked_count collected_count"
        " comment_count share_count last_modify_ts aweme_url cover_url video_download_url"
        " music_download_url note_download_url source_keyword",
        "user_id sec_uid short_user_id user_unique_id user_signature avatar ip_location",
    ),
    ("douyin", "comments"): (
        "comment_id create_time aweme_id content nickname sub_comment_count like_count"
        " last_modify_ts parent_comment_id pictures",
        "ip_location user_id sec_uid short_user_id user_unique_id user_signature avatar",
    ),
    ("kuaishou", "contents"): (
        "video_id video_type title desc create_time nickname liked_count viewd_count"
        " last_modify_ts video_url video_cover_url video_play_url source_keyword",
        "user_id avatar",
    ),
    ("kuaishou", "comments"): (
        "comment_id create_time video_id content nickname sub_comment_count last_modify_ts",
        "user_id avatar",
    ),
    ("bilibili", "contents"): (
        "video_id video_type title desc create_time nickname liked_count disliked_count"
        " video_play_count video_favorite_count video_share_count video_coin_count video_danmaku"
        " video_comment last_modify_ts video_url video_cover_url source_keyword",
        "user_id avatar",
    ),
    ("bilibili", "comments"): (
        "comment_id parent_comment_id create_time video_id content nickname sub_comment_count"
        " like_count last_modify_ts",
        "user_id sex sign avatar",
    ),
    ("weibo", "contents"): (
        "note_id content create_time create_date_time liked_count comments_count shared_count"
        " last_modify_ts note_url nickname source_keyword",
        "ip_location user_id gender profile_url avatar",
    ),
    ("weibo", "comments"): (
        "comment_id create_time create_date_time note_id content sub_comment_count"
        " comment_like_count last_modify_ts parent_comment_id nickname",
        "ip_location user_id gender profile_url avatar",
    ),
    ("tieba", "contents"): (
        "note_id title desc note_url publish_time user_nickname tieba_name tieba_link"
        " total_replay_num total_replay_page source_keyword last_modify_ts",
        "user_link user_avatar ip_location",
    ),
    ("tieba", "comments"): (
        "comment_id parent_comment_id content user_nickname publish_time sub_comment_count note_id"
        " note_url tieba_id tieba_name tieba_link last_modify_ts",
        "user_link user_avatar ip_location",
    ),
    ("zhihu", "contents"): (
        "content_id content_type content_text content_url question_id title desc created_time"
        " updated_time voteup_count comment_count source_keyword user_nickname last_modify_ts",
        "user_id user_link user_avatar user_url_token",
    ),
    ("zhihu", "comments"): (
        "comment_id parent_comment_id content publish_time sub_comment_count like_count"
        " dislike_count content_id content_type user_nickname last_modify_ts",
        "ip_location user_id user_link user_avatar",
    ),
}

PLATFORMS = {
    "xhs": "xiaohongshu",
    "douyin": "douyin",
    "kuaishou": "kuaishou",
    "bilibili": "bilibili",
    "weibo": "weibo",
    "tieba": "tieba",
    "zhihu": "zhihu",
}
FORMATS = ("jsonl", "json", "csv", "xlsx")
GENERATIONS = ("old", "new")

# 2025-11-03 12:30 in China.
AT_S = 1762144200
_VALUES: dict[str, Any] = {
    "type": "normal",
    "title": "星澜净化器使用感受",
    "desc": "星澜净化器用了一周就漏水",
    "content": "星澜净化器的滤芯太贵",
    "content_text": "星澜净化器用了一周就漏水",
    "content_type": "answer",
    "time": AT_S * 1000,
    "create_time": AT_S,
    "created_time": AT_S,
    "create_date_time": "2025-11-03 12:30:00+08:00",
    "publish_time": "2025-11-03 12:30",
    "nickname": "林小雨",
    "user_nickname": "林小雨",
    "creator_hash": "9f86d081884c7d65",
    "user_id": "5f00aa",
    "liked_count": "1.5万",
    "like_count": "1.5万",
    "comment_like_count": "1.5万",
    "voteup_count": "1.5万",
    "comment_count": "28",
    "comments_count": "28",
    "video_comment": "28",
    "total_replay_num": 28,
    "share_count": "3",
    "shared_count": "3",
    "video_share_count": "3",
    "viewd_count": "28k",
    "video_play_count": "28k",
    "sub_comment_count": "2",
    "source_keyword": "星澜",
    "last_modify_ts": AT_S * 1000 + 3_600_000,
}


def columns(platform: str, of: str, generation: str) -> list[str]:
    """The columns of one table in one generation."""
    common, old = _TABLES[platform, of]
    return common.split() + (old.split() if generation == "old" else ["creator_hash"])


def row(platform: str, of: str, generation: str = "new", **given: Any) -> dict[str, Any]:
    """A row as MediaCrawler writes it, with what is *given* in place of the usual."""
    ids = {
        "note_id": "5180000000000001",
        "aweme_id": "7380000000000001",
        "video_id": "113000001",
        "content_id": "3100000001",
        "comment_id": "9000000001",
        "note_url": f"https://{platform}.example/note/1",
        "aweme_url": f"https://{platform}.example/video/1",
        "video_url": f"https://{platform}.example/video/1",
        "content_url": f"https://{platform}.example/answer/1",
    }
    known = _VALUES | ids | given
    return {name: known.get(name, "") for name in columns(platform, of, generation)}


def write(path: Path, rows: Sequence[dict[str, Any]], encoding: str = "utf-8") -> Path:
    """Write *rows* in the format of the path's ending, as MediaCrawler does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jsonl":
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
        path.write_text(lines, encoding=encoding)
    elif path.suffix == ".json":
        text = json.dumps(list(rows), ensure_ascii=False, indent=4)
        path.write_text(text, encoding=encoding)
    elif path.suffix == ".csv":
        mark = "utf-8-sig" if encoding == "utf-8" else encoding
        with path.open("w", encoding=mark, newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.append(list(rows[0]))
        for each in rows:
            sheet.append([str(value) for value in each.values()])
        workbook.save(path)
    return path


def sheet_xml(rows: Sequence[str]) -> str:
    """A sheet whose rows are given as their XML."""
    body = "".join(f"<row>{each}</row>" for each in rows)
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return f"{head}<sheetData>{body}</sheetData></worksheet>"


def text_cell(text: str) -> str:
    """A cell with its own text."""
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def workbook(path: Path, sheet: str, **members: str) -> Path:
    """Write a workbook of one sheet from the sheet's XML; *members* replace other parts."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": (
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
            f' xmlns:r="{relations}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>"
        ),
        "xl/worksheets/sheet1.xml": sheet,
    } | {f"xl/{name}.xml": text for name, text in members.items()}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path
