"""Small true files of each type, and the pieces that hostile ones are made of."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>'
EXE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def picture(form: str, width: int = 40, height: int = 30) -> bytes:
    """Return a red picture in a format of Pillow's, ``PNG`` say."""
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, form)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that says it is this large and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", size), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def archive(members: Mapping[str, bytes], compressed: bool = True) -> bytes:
    """Return a ZIP with these members."""
    out = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def office(kind: str) -> bytes:
    """Return an empty docx, pptx or xlsx as the usual libraries write it."""
    out = io.BytesIO()
    if kind == "docx":
        import docx

        docx.Document().save(out)
    elif kind == "pptx":
        import pptx

        pptx.Presentation().save(out)
    else:
        import openpyxl

        openpyxl.Workbook().save(out)
    return out.getvalue()


def changed(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """Return the ZIP *data* with these members added, or put in the place of its own."""
    with zipfile.ZipFile(io.BytesIO(data)) as before:
        kept = {name: before.read(name) for name in before.namelist()}
    return archive(kept | dict(members))


def box(kind: bytes, content: bytes = b"") -> bytes:
    """Return a box of an ISO media file."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def film(size: int = 0, brand: bytes = b"isom") -> bytes:
    """Return the bones of an MP4 with *size* bytes of pictures."""
    return box(b"ftyp", brand + bytes(4) + brand) + box(b"moov") + box(b"mdat", bytes(size))


def font(mark: bytes = b"\x00\x01\x00\x00") -> bytes:
    """Return a font with the directory of three empty tables."""
    tables = sorted([b"head", b"name", b"cmap"])
    start = 12 + 16 * len(tables)
    rows = b"".join(struct.pack(">4sIII", tag, 0, start, 4) for tag in tables)
    return mark + struct.pack(">HHHH", len(tables), 0, 0, 0) + rows + bytes(4)
