"""What a file really is, and what may not enter: every refusal says why."""

import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress
from typing import get_args

import pytest
from child_process import ROOT
from upload_files import (
    EXE,
    OLE,
    PDF,
    SVG,
    archive,
    box,
    changed,
    film,
    font,
    office,
    picture,
    png_header,
)

from assets.sniffing import check_name, file_types, sniff, type_of
from assets.words import AssetKind
from core.errors import InvalidInput

MIB = 1024 * 1024


def sniffed(name: str, data: bytes) -> str:
    return sniff(io.BytesIO(data), name)


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        sniffed(name, data)
    assert caught.value.field in {"file", "filename"}
    return str(caught.value)


TRUE_FILES = {
    "手册.pdf": (PDF, "application/pdf"),
    "a.PNG": (picture("PNG"), "image/png"),
    "a.jpg": (picture("JPEG"), "image/jpeg"),
    "a.jpeg": (picture("JPEG"), "image/jpeg"),
    "a.gif": (picture("GIF"), "image/gif"),
    "a.webp": (picture("WEBP"), "image/webp"),
    "a.tif": (picture("TIFF"), "image/tiff"),
    "a.bmp": (picture("BMP"), "image/bmp"),
    "a.heic": (picture("HEIF"), "image/heic"),
    "a.avif": (picture("AVIF"), "image/avif"),
    "a.svg": (SVG, "image/svg+xml"),
    "v1.2 final.docx": (
        office("docx"),
        type_of(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ).media_type,
    ),
    "a.pptx": (
        office("pptx"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "a.xlsx": (
        office("xlsx"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a.zip": (archive({"标志/logo.png": b"x", "说明.txt": b"y"}), "application/zip"),
    "a.mp4": (film(1000), "video/mp4"),
    "a.mov": (film(1000, b"qt  "), "video/quicktime"),
    "a.wav": (b"RIFF\x1c\0\0\0WAVEfmt \x10\0\0\0" + bytes(16), "audio/wav"),
    "a.mp3": (b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x44" + bytes(600), "audio/mpeg"),
    "a.ttf": (font(), "font/ttf"),
    "a.otf": (font(b"OTTO"), "font/otf"),
    "a.txt": ("星澜的第一份声明。\n".encode(), "text/plain"),
    "b.txt": ("星澜的第一份声明，全文如下。\n".encode("gbk"), "text/plain"),
    "c.txt": ("星澜".encode("utf-16"), "text/plain"),
    "a.md": ("# 声明\n\n- 第一\n".encode(), "text/markdown"),
    "a.csv": ("名称,数量\n甲,1\n".encode(), "text/csv"),
}


@pytest.mark.parametrize("name", TRUE_FILES)
def test_a_true_file_is_what_its_name_says(name: str) -> None:
    data, media_type = TRUE_FILES[name]
    assert sniffed(name, data) == media_type


def test_a_presentation_with_a_chart_holds_a_workbook_and_is_let_in() -> None:
    workbook = {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": office("xlsx")}
    assert sniffed("a.pptx", changed(office("pptx"), workbook))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", picture("JPEG")),
        ("a.pdf", picture("PNG")),
        ("a.jpg", PDF),
        ("a.docx", office("xlsx")),
        ("a.zip", office("docx")),
        ("a.docx", archive({"a.txt": b"x"})),
        ("a.mp4", film(10, b"qt  ")),
        ("a.heic", picture("AVIF")),
        ("a.ttf", picture("PNG")),
        ("a.txt", picture("PNG")),
        ("a.txt", PDF[:5] + b"\0\1\2"),
        ("a.pdf", b"hello"),
    ],
)
def test_the_extension_of_another_type_is_refused(name: str, data: bytes) -> None:
    assert refusal(name, data)


@pytest.mark.parametrize("name", [n for n in TRUE_FILES if n[-3:] not in {"txt", ".md", "csv"}])
def test_a_file_that_was_cut_in_half_is_never_an_unforeseen_error(name: str) -> None:
    data, _ = TRUE_FILES[name]
    for size in {1, 3, 11, 23, len(data) // 2, len(data) - 1}:
        with suppress(InvalidInput):
            sniffed(name, data[:size])


@pytest.mark.parametrize("name", TRUE_FILES)
def test_a_file_whose_bytes_were_changed_is_never_an_unforeseen_error(name: str) -> None:
    data, _ = TRUE_FILES[name]
    chance = random.Random(name)
    for _turn in range(40):
        changed_data = bytearray(data)
        for _change in range(chance.choice([1, 3, 20])):
            at = min(int(chance.expovariate(1 / 60)), len(data) - 1)
            at = chance.choice([at, len(data) - 1 - at])
            changed_data[at] = chance.choice([0, 1, 0x7F, 0xFF, chance.randrange(256)])
        with suppress(InvalidInput):
            sniffed(name, bytes(changed_data))


@pytest.mark.parametrize("name", [f"a.{e}" for each in file_types() for e in each.extensions])
@pytest.mark.parametrize(
    "data",
    [
        EXE,
        b"\x7fELF\x02\x01\x01" + bytes(60),
        b"#!/bin/sh\nrm -rf /\n",
        b"<!doctype html><html><script>alert(1)</script></html>",
        b"<?php system($_GET['c']);",
        b"Rar!\x1a\x07\0" + bytes(100),
        OLE,
        bytes(100),
        b"",
    ],
)
def test_a_renamed_program_script_page_or_archive_is_refused(name: str, data: bytes) -> None:
    assert refusal(name, data)


def test_the_reason_names_what_a_renamed_program_is() -> None:
    assert "可执行程序" in refusal("手册.pdf", EXE)
    assert "脚本" in refusal("手册.txt", b"#!/bin/sh\nrm -rf /\n")
    assert "网页" in refusal("手册.txt", b"<!doctype html><html></html>")
    assert "空" in refusal("手册.pdf", b"")


@pytest.mark.parametrize(
    "name",
    [
        "a.exe", "a.pdf.exe", "a.exe.pdf", "a.js.png", "报价.scr", "a.html", "a.svgz", "a.docm",
        "a.doc", "a.rar", "a", ".pdf", "a.", "a.unknown", "a.pdf.", " a.pdf", "a.pdf ",
        "a\n.pdf", "a\0.pdf", "a\u202efdp.exe", "a\u202egnp.pdf", "a\u200b.pdf", "../a.pdf",
        "a/b.pdf", "a\\b.pdf", "字" * 252 + ".pdf", "", "\ud800.pdf", "a\u2028.pdf",
    ],
)  # fmt: skip
def test_a_name_that_lies_or_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_name(name)
    assert caught.value.field == "filename"


@pytest.mark.parametrize("name", ["v1.2.pdf", "字" * 251 + ".pdf", "👨‍👩‍👧.png", "A B (1).PDF"])
def test_an_odd_but_honest_name_is_let_in(name: str) -> None:
    assert check_name(name)


ZIP = archive({"a.txt": b"hidden"})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", PDF + ZIP),
        ("a.pdf", PDF[:-6] + ZIP + b"%%EOF\n"),
        ("a.png", picture("PNG") + ZIP),
        ("a.jpg", picture("JPEG") + ZIP),
        ("a.gif", picture("GIF") + ZIP),
        ("a.mp4", film() + box(b"free", ZIP)),
        (
            "a.wav",
            b"RIFF" + struct.pack("<I", 28 + len(ZIP)) + b"WAVEfmt \x10\0\0\0" + bytes(16) + ZIP,
        ),
        ("a.jpg", picture("JPEG") + b"Rar!\x1a\x07\0" + bytes(40)),
        ("a.gif", b"GIF89a/*\x01\0\x80\0\0" + b"*/=1;alert(1);"),
        ("a.gif", picture("GIF") + b"<script>alert(1)</script>"),
        ("a.gif", picture("GIF")[:-1] + b"\x21\xfe\x08<script>\0\x3b"),
        ("a.png", picture("PNG") + b"<html>"),
        ("a.jpg", picture("JPEG")[:20] + b"%PDF-1.4" + picture("JPEG")[20:]),
        ("a.webp", picture("WEBP") + b"<?php"),
        ("a.bmp", picture("BMP") + b"javascript:alert(1)"),
        ("a.docx", PDF + office("docx")),
        ("a.docx", office("docx") + b"x"),
        ("a.zip", EXE + ZIP),
        ("a.zip", ZIP + PDF),
    ],
)
def test_a_file_that_is_two_at_once_is_refused(name: str, data: bytes) -> None:
    assert refusal(name, data)


@pytest.mark.parametrize(
    "data",
    [
        changed(office("docx"), {"word/vbaProject.bin": OLE}),
        changed(office("docx"), {"word/VBAPROJECT.BIN": OLE}),
        changed(office("xlsx"), {"xl/macrosheets/sheet1.xml": b"<a/>"}),
        changed(office("pptx"), {"ppt/activeX/activeX1.bin": OLE}),
    ],
)
def test_office_with_macros_is_refused(data: bytes) -> None:
    kind = next(k for k in ("docx", "pptx", "xlsx") if _main(k) in zipfile_names(data))
    assert "宏" in refusal(f"a.{kind}", data)


def _main(kind: str) -> str:
    return {"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}.get(
        kind, "xl/workbook.xml"
    )


def zipfile_names(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_a_macro_type_under_the_name_of_a_plain_one_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(office("docx"))) as made:
        types = made.read("[Content_Types].xml")
    macro = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert macro != types
    assert "宏" in refusal("a.docx", changed(office("docx"), {"[Content_Types].xml": macro}))


def test_a_document_that_loads_its_template_from_elsewhere_is_refused() -> None:
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/attachedTemplate" Target="http://evil.example/t.dotm" '
        b'TargetMode="External"/></Relationships>'
    )
    data = changed(office("docx"), {"word/_rels/settings.xml.rels": rels})
    assert "别处" in refusal("a.docx", data)


def test_a_program_packed_into_a_document_is_refused() -> None:
    packed = OLE + "\x01Ole10Native".encode("utf-16-le") + EXE
    assert "嵌入" in refusal(
        "a.docx", changed(office("docx"), {"word/embeddings/oleObject1.bin": packed})
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_office_xml_with_entities_is_refused(encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'.encode(encoding)
    for part in ("word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"):
        assert refusal("a.docx", changed(office("docx"), {part: bomb}))


def test_what_needs_a_password_is_refused() -> None:
    encrypted = OLE + "EncryptedPackage".encode("utf-16-le")
    assert "密码" in refusal("a.docx", encrypted)
    locked = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 5 0 R")
    assert "密码" in refusal("a.pdf", locked)
    flagged = bytearray(ZIP)
    flagged[6] |= 1
    flagged[flagged.index(b"PK\x01\x02") + 8] |= 1
    assert "密码" in refusal("a.zip", bytes(flagged))


@pytest.mark.parametrize("action", [b"/Launch", b"/JavaScript"])
def test_a_pdf_that_acts_is_refused(action: bytes) -> None:
    assert refusal("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /S " + action))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert "炸弹" in refusal("a.zip", archive({"a.txt": bytes(80 * MIB)}))
    assert "炸弹" in refusal(
        "a.docx", changed(office("docx"), {"word/media/a.bin": bytes(80 * MIB)})
    )


def test_a_bomb_inside_an_archive_is_refused_too() -> None:
    inner = archive({"a.txt": bytes(80 * MIB)})
    assert "炸弹" in refusal("a.zip", archive({"inner.zip": inner}))


def test_archives_that_go_too_deep_are_refused() -> None:
    data = b"x"
    for depth in range(4):
        data = archive({f"{depth}.zip" if depth else "a.txt": data})
    assert "太深" in refusal("a.zip", data)


def test_what_all_archives_unpack_to_together_is_bounded() -> None:
    huge = bytearray(archive({"a.txt": b"x" * 100}, compressed=False))
    at = huge.index(b"PK\x01\x02")
    huge[at + 20 : at + 28] = struct.pack("<II", 2**32 - 2, 2**32 - 2)
    assert refusal("a.zip", bytes(huge))


def test_all_archives_together_hold_no_more_members_than_one_may() -> None:
    inner = archive({f"{number}.txt": b"" for number in range(4000)}, compressed=False)
    assert "10000" in refusal("a.zip", archive({f"{n}.zip": inner for n in range(3)}))


def test_members_that_overlap_are_refused() -> None:
    data = bytearray(archive({"a.txt": b"x" * 50, "b.txt": b"x" * 50}, compressed=False))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    assert refusal("a.zip", bytes(data))


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "/etc/passwd", "a/../../b.txt", "..\\a.txt", "C:\\a.txt", "\\\\host\\a", "a\x01b"],
)
def test_a_member_whose_name_leads_out_is_refused(name: str) -> None:
    assert "路径" in refusal("a.zip", archive({name: b"x"}))


def test_a_member_that_is_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("a.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert "链接" in refusal("a.zip", out.getvalue())


@pytest.mark.parametrize(
    "members",
    [
        {"setup.exe": b"x"},
        {"a.txt": EXE},
        {"a.txt": b"\x7fELF" + bytes(60)},
        {"a.html": b"x"},
        {"a.gz": b"\x1f\x8b\x08" + bytes(30)},
    ],
)
def test_an_archive_with_a_program_or_an_unreadable_archive_is_refused(
    members: dict[str, bytes],
) -> None:
    assert refusal("a.zip", archive(members))


def test_names_that_windows_wrote_in_gbk_are_let_in() -> None:
    # 誠 is B2 5C in GBK: its second byte is a backslash.
    data = archive({"AB.txt": b"x"}).replace(b"AB.txt", "誠.tx".encode("gbk") + b"t")
    assert sniffed("a.zip", data) == "application/zip"


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (100_001, 1), (0, 5)])
def test_a_picture_is_refused_by_its_header_before_anybody_decodes_it(
    width: int, height: int
) -> None:
    assert "像素" in refusal("a.png", png_header(width, height)) or not width
    gif = picture("GIF")
    sides = struct.pack("<HH", min(width, 65535), min(height, 65535))
    if width == height:
        assert "像素" in refusal("a.gif", gif[:6] + sides + gif[10:])
        bmp = picture("BMP")
        assert "像素" in refusal("a.bmp", bmp[:18] + struct.pack("<ii", width, -height) + bmp[26:])
        jpeg = picture("JPEG")
        at = jpeg.index(b"\xff\xc0") + 5
        large = jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]
        assert "像素" in refusal("a.jpg", large)
        heic = picture("HEIF")
        at = heic.index(b"ispe") + 8
        assert "像素" in refusal(
            "a.heic", heic[:at] + struct.pack(">II", width, height) + heic[at + 8 :]
        )


def test_a_picture_of_a_hundred_million_pixels_is_let_in() -> None:
    assert sniffed("a.png", png_header(10_000, 10_000)) == "image/png"


NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        "<foreignObject><p/></foreignObject>",
        '<p xmlns="http://www.w3.org/1999/xhtml"/>',
        '<rect onload="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"/>',
        '<a href="https://evil.example"/>',
        '<image href="https://evil.example/a.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<use xlink:href="//evil.example/a.svg#b"/>',
        "<style>@import 'https://evil.example/a.css';</style>",
        "<style>rect{fill:url(https://evil.example/a)}</style>",
        r"<style>rect{fill:\75rl(https://evil.example/a)}</style>",
        "<style>rect{fill:u/**/rl(https://evil.example/a)}</style>",
        '<rect style="fill:url(//evil.example/a)"/>',
        "<rect fill=\"url( 'http://evil.example')\"/>",
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="xlink:href" to="x"/>',
    ],
)
def test_a_drawing_that_runs_or_loads_something_is_refused(inside: str) -> None:
    assert refusal("a.svg", f"<svg {NS}>{inside}</svg>".encode())


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>' + SVG,
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG,
        b'<?xml-stylesheet href="https://evil.example"?>' + SVG,
        SVG.decode().encode("utf-16"),
        SVG.replace(b"2000/svg", b"2000/gvs"),
        b"<html><svg/></html>",
        SVG[:-3],
        SVG + b"<script/>",
    ],
)
def test_a_drawing_with_entities_or_other_xml_is_refused(data: bytes) -> None:
    assert refusal("a.svg", data)


@pytest.mark.parametrize(
    "inside",
    [
        '<rect fill="url(#a)"/>',
        "<rect fill=\"url('#a')\"/>",
        "<rect fill=\"url( '#a' )\"/>",
        '<use xlink:href="#a"/>',
        '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        "<style>.a{fill:#e60012}</style>",
        '<metadata xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:RDF/></metadata>',
        '<animate attributeName="x" to="5"/>',
    ],
)
def test_a_drawing_that_is_only_a_drawing_is_let_in(inside: str) -> None:
    data = f"<!-- Logo --><svg {NS}>{inside}</svg>".encode()
    assert sniffed("a.svg", data) == "image/svg+xml"


def test_a_type_that_is_none_of_ours_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        type_of("application/x-unknown")


def test_every_type_of_the_data_can_be_checked_and_has_a_kind() -> None:
    from assets.sniffing.sniff import _CHECKS

    extensions = [extension for each in file_types() for extension in each.extensions]
    assert len(extensions) == len(set(extensions))
    for each in file_types():
        assert each.check in _CHECKS
        assert each.kind in get_args(AssetKind)
        assert type_of(each.media_type) is each


def test_libmagic_is_the_one_we_bring_and_leaves_no_trace_in_the_environment() -> None:
    code = (
        "import ctypes, json, os\n"
        "load, before = ctypes.CDLL.__init__, dict(os.environ)\n"
        "from assets.sniffing.libmagic import magic_type\n"
        "found = magic_type(b'%PDF-1.4')\n"
        "import magic.loader, sys\n"
        "maps = open('/proc/self/maps').read()\n"
        "print(json.dumps([found, ctypes.CDLL.__init__ is load, dict(os.environ) == before,"
        " [line.split()[-1] for line in maps.splitlines() if 'libmagic' in line]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    found, same_loader, same_environment, places = json.loads(done.stdout)
    assert found == "application/pdf"
    assert same_loader
    assert same_environment
    assert places
    assert all("pylibmagic" in place for place in places)
