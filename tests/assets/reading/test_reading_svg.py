from pathlib import Path

import pytest
from PIL import ImageFont
from reading_files import Read

from assets.reading.run import Unreadable

SVG = "image/svg+xml"
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" '


@pytest.mark.parametrize(
    ("head", "size", "shape"),
    [
        ('width="200" height="100px"', (200, 100), "landscape"),
        ('viewBox="0 0 30 40"', (30, 40), "portrait"),
        ('width="100%" height="100%" viewBox="0,0,50,50"', (50, 50), "square"),
        ('width="25.4mm" height="2in"', (96, 192), "portrait"),
    ],
)
def test_the_size_is_what_the_drawing_says(
    read: Read, head: str, size: tuple[int, int], shape: str
) -> None:
    reading = read(f"{OPEN}{head}/>".encode(), SVG)
    assert reading.facts == {"width": size[0], "height": size[1], "orientation": shape}
    assert reading.pictures == ()


def test_its_text_is_found_with_what_is_nested_in_it(read: Read) -> None:
    drawing = f"{OPEN}><title>标志</title><g><text>星<tspan>澜</tspan>科技</text></g></svg>"
    assert read(drawing.encode(), SVG).pages[0].text == "标志\n星澜科技"


@pytest.mark.parametrize(
    "given",
    [
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
        b"<svg><g></svg>",
        b"<html/>",
        b"<svg>" + b"<g>" * 100_000,
        b"",
    ],
)
def test_what_is_no_harmless_drawing_is_refused(read: Read, given: bytes) -> None:
    with pytest.raises(Unreadable):
        read(given, SVG)


def test_a_font_tells_its_name(read: Read, tmp_path: Path) -> None:
    font = ImageFont.load_default(12)
    assert isinstance(font, ImageFont.FreeTypeFont)
    reading = read(font.font_bytes, "font/ttf")
    assert reading.facts == {"fonts": [" ".join(font.getname())]}


def test_an_odd_font_is_a_font_all_the_same(read: Read) -> None:
    assert read(b"wOF2 and so on", "font/woff2").facts == {}


def test_of_a_video_nothing_is_read(read: Read) -> None:
    reading = read(b"", "video/mp4")
    assert (reading.pages, reading.facts, reading.pictures) == ((), {}, ())
