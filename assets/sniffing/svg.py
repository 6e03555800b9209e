"""SVG: a drawing and nothing else. Whatever runs, loads or embeds is refused."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assets.sniffing.structure import Check, Wrong, damaged, read_at

_LARGEST: Final = 5 * 1024 * 1024
_SVG: Final = "http://www.w3.org/2000/svg"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_ACTIVE: Final = frozenset(
    {
        "script",
        "foreignobject",
        "iframe",
        "object",
        "embed",
        "handler",
        "listener",
        "audio",
        "video",
        "applet",
        "meta",
        "link",
        "base",
    }
)
_ANIMATES: Final = frozenset({"animate", "set", "animatetransform", "animatemotion"})
_PICTURE: Final = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,", re.I)
_OUTSIDE: Final = re.compile(
    r"@import|url\(\s*[\"']?\s*(?![\s\"'#])|expression\(|javascript:", re.I
)
_STYLESHEET: Final = re.compile(rb"<\?xml-stylesheet", re.I)
_ACTS: Final = "SVG 里有脚本或能运行的内容（{what}），请重新导出为纯图形。"
_LOADS: Final = "SVG 引用了外部内容（{what}），请把它嵌入或去掉后再导出。"


def _svg(file: BinaryIO, size: int) -> None:
    if size > _LARGEST:
        raise Wrong("SVG 最大 5 MB，请简化后再导出，或改用 PDF。")
    data = read_at(file, 0, size)
    if _STYLESHEET.search(data):
        raise Wrong(_LOADS.format(what="xml-stylesheet"))
    root = _parsed(data)
    if root.tag != f"{{{_SVG}}}svg":
        raise damaged("SVG 图形")
    for element in root.iter():
        if isinstance(element.tag, str):
            _check(element)


def _parsed(data: bytes) -> Element:
    try:
        # Other encodings of XML are ways past a filter.
        data.decode("utf-8")
        root: Element = fromstring(
            data, forbid_dtd=False, forbid_entities=True, forbid_external=True
        )
        return root
    except DefusedXmlException as error:
        raise Wrong("SVG 里定义了 XML 实体或引用外部文件，请重新导出后再上传。") from error
    except (ParseError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise damaged("SVG 图形") from error


def _check(element: Element) -> None:
    space, _, name = element.tag.rpartition("}")
    lower = name.lower()
    if lower in _ACTIVE or space.endswith(_XHTML):
        raise Wrong(_ACTS.format(what=name[:40]))
    texts = list(_texts(element))
    target = element.get("attributeName", "").lower().rpartition(":")[2]
    if lower in _ANIMATES and (target == "href" or target.startswith("on")):
        raise Wrong(_ACTS.format(what=name))
    for key, value in element.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        if attribute.startswith("on"):
            raise Wrong(_ACTS.format(what=attribute[:40]))
        if attribute in {"href", "src"} and not _inside(value.strip()):
            raise Wrong(_LOADS.format(what=value[:40]))
    if any(_OUTSIDE.search(text) for text in texts):
        raise Wrong(_LOADS.format(what=lower))


def _inside(target: str) -> bool:
    return not target or target.startswith("#") or _PICTURE.match(target) is not None


def _texts(element: Element) -> Iterator[str]:
    """Yield what is read as CSS: attributes, and the content of a style element."""
    yield from (value for key, value in element.attrib.items() if "href" not in key.lower())
    if element.tag.lower().endswith("}style"):
        # Escapes and comments would hide words from the pattern.
        text = "".join(element.itertext())
        yield re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        if "\\" in text:
            raise Wrong(_LOADS.format(what="style"))


CHECKS: Final[dict[str, Check]] = {"svg": _svg}
