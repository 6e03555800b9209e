"""PDF, ZIP and the three Office formats."""

import re
import zipfile
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assets.sniffing.archive import Budget, opened
from assets.sniffing.members import check_members
from assets.sniffing.structure import Check, Wrong, damaged, pieces, read_at

_LOCKED: Final = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_ACTS: Final = re.compile(rb"/(?:Launch|JavaScript)\b(?!\s*\))")
_OVERLAP: Final = 64
_END_WITHIN: Final = 4096
_PART_MOST: Final = 4 * 1024 * 1024
# Relations that load a file from elsewhere as soon as the document is opened.
_LOADING: Final = ("/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/externalLink")
_MAIN: Final = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml", "Word 文档"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml", "PowerPoint 演示文稿"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml", "Excel 工作簿"),
}


def _pdf(file: BinaryIO, size: int) -> None:
    if not read_at(file, 0, 8).startswith((b"%PDF-1.", b"%PDF-2.")):
        raise damaged(" PDF")
    if b"%%EOF" not in read_at(file, max(0, size - _END_WITHIN), _END_WITHIN):
        raise damaged(" PDF")
    for piece in pieces(file, _OVERLAP):
        if _LOCKED.search(piece):
            raise Wrong("PDF 带密码或使用限制，无法检查；请去掉密码后再上传。")
        if _ACTS.search(piece):
            raise Wrong("PDF 里有脚本或启动程序的动作；请用“打印为 PDF”重新导出后再上传。")


def _zip(file: BinaryIO, size: int) -> None:
    budget = Budget()
    with opened(file, size, budget) as archive:
        if any(main in archive.NameToInfo for main, _type, _name in _MAIN.values()):
            raise Wrong("这是 Office 文件，请把扩展名改回 .docx、.pptx 或 .xlsx。")
        check_members(archive, budget)


def _office(kind: str) -> Check:
    main, media_type, name = _MAIN[kind]

    def check(file: BinaryIO, size: int) -> None:
        budget = Budget()
        with opened(file, size, budget) as archive:
            if main not in archive.NameToInfo:
                raise damaged(name)
            types = _part(archive, "[Content_Types].xml", name)
            if b"macroEnabled" in types or b"vbaProject" in types:
                raise Wrong("Office 文件里有宏，请另存为不带宏的格式后再上传。")
            _parsed(types, name)
            if media_type.encode() not in types:
                raise damaged(name)
            for part in archive.namelist():
                if part.endswith(".rels"):
                    _check_relations(_parsed(_part(archive, part, name), name))
            check_members(archive, budget)

    return check


def _part(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    member = archive.NameToInfo.get(part)
    if member is None or member.file_size > _PART_MOST:
        raise damaged(name)
    with archive.open(member) as stream:
        return stream.read()


def _parsed(data: bytes, name: str) -> Element:
    try:
        root: Element = fromstring(data, forbid_dtd=True)
        return root
    except DefusedXmlException as error:
        raise Wrong("文件里的 XML 定义了实体，请重新导出后再上传。") from error
    except (ParseError, ValueError, LookupError) as error:
        raise damaged(name) from error


def _check_relations(relations: Element) -> None:
    for relation in relations:
        outside = relation.get("TargetMode", "").lower() == "external"
        if outside and relation.get("Type", "").endswith(_LOADING):
            raise Wrong("文档打开时会从别处载入内容（模板或嵌入对象），请去掉链接后再上传。")


CHECKS: Final[dict[str, Check]] = {"pdf": _pdf, "zip": _zip} | {
    kind: _office(kind) for kind in _MAIN
}
