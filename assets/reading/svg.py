"""SVG: its size and its text. It is never drawn: what it may load or run is not ours."""

import re
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from assets.reading.gathering import Gathered
from assets.reading.package import local
from assets.reading.result import Unreadable, orientation

_TEXTS: Final = ("text", "title", "desc")
_LENGTH: Final = re.compile(r"\s*([0-9]{1,7}(?:\.[0-9]{1,6})?)\s*(px|pt|pc|mm|cm|in)?\s*")
# CSS pixels in a unit.
_PIXELS: Final = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_MOST_DEEP: Final = 500


def read_svg(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather size and text. Raises ``Unreadable``."""
    texts: list[str] = []
    depth = 0
    parents: list[Element] = []
    # Editors write a document type; entities are refused all the same.
    for event, element in iterparse(path, events=("start", "end")):
        if event == "start":
            if not parents:
                _measure(element, found)
            depth += 1
            if depth > _MOST_DEEP:
                raise Unreadable("SVG 的层次太深；请简化后再上传。")
            parents.append(element)
            continue
        depth -= 1
        parents.pop()
        if local(element) in _TEXTS:
            texts.append(" ".join("".join(element.itertext()).split()))
        # What is in a text is still needed at that text's end.
        if parents and not any(local(one) in _TEXTS for one in parents):
            parents[-1].remove(element)
    found.text(1, "plain", "\n".join(texts))


def _measure(root: Element, found: Gathered) -> None:
    if local(root) != "svg":
        raise Unreadable("文件不是 SVG 图片；请重新导出后再上传。")
    box = [float(part) for part in re.findall(r"[0-9.]+", root.get("viewBox", ""))[2:4]]
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    if (not width or not height) and len(box) == 2:
        width, height = box
    if width and height and max(width, height) < 10_000_000:
        found.facts |= {
            "width": max(1, round(width)),
            "height": max(1, round(height)),
            "orientation": orientation(width, height),
        }


def _pixels(length: str | None) -> float | None:
    match = _LENGTH.fullmatch(length or "")
    return float(match[1]) * _PIXELS[match[2] or "px"] if match else None
