"""An asset as a document of Elasticsearch, and what is read back from one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from storage.search import order
from storage.search.assets import position
from storage.search.assets.columns import apart, columns
from storage.search.assets.interface import AssetDocument
from storage.search.elastic.assets.layout import LAYERS, MARKS, PINYIN, TEXTS
from storage.search.elastic.strings import kept, told


@dataclass(frozen=True)
class Shown:
    """What of a document is shown with a hit; the layers are *bulk* characters long."""

    title: str
    tags: Sequence[str]
    description: str
    bulk: int


def body(document: AssetDocument) -> dict[str, Any]:
    """Return the fields of *document* as JSON values."""
    made = columns(document)
    updated = order.microseconds(document.updated_at)
    layers = dict(document.layers)
    title, tagged, described, text = made.texts
    tags = [kept(each) for each in dict.fromkeys(document.tags)]
    return {
        **dict(zip(TEXTS, (*accumulate((title, tagged, described), _joined), text), strict=True)),
        PINYIN: made.pinyin,
        MARKS: made.marks,
        LAYERS: [f"{page} {kept(text)}" for page, text in sorted(layers.items())],
        "kind": kept(document.kind),
        "state": kept(document.state),
        "brand": _kept(document.brand_id),
        "media_type": _kept(document.media_type),
        "tags": tags,
        "number": order.number(document.id, updated),
        "tie": position.tie(document.id),
        "updated": updated,
        "revision": document.revision,
        "usable_from": document.usable_from and document.usable_from.toordinal(),
        "usable_until": document.usable_until and document.usable_until.toordinal(),
        "shown": {
            "title": kept(document.title),
            "tags": [kept(each) for each in document.tags],
            "description": kept(document.description),
            "bulk": sum(map(len, layers.values())),
        },
    }


def shown(source: Mapping[str, Any]) -> Shown:
    """Return what is shown of the document with this ``_source``."""
    held = source["shown"]
    tags = [told(each) for each in held["tags"]]
    return Shown(told(held["title"]), tags, told(held["description"]), held["bulk"])


def layers(fields: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield page and text from the stored fields of a document, the first page first."""
    for layer in fields.get(LAYERS, ()):
        page, _, text = layer.partition(" ")
        yield int(page), told(text)


def _kept(value: str | None) -> str | None:
    return None if value is None else kept(value)


def _joined(above: str, tokens: str) -> str:
    return apart((above, tokens))
