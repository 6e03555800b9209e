"""How the library's index is laid out in Elasticsearch."""

from typing import Any, Final

# Counted up with every change of the mappings: the index is then made anew from the records.
VERSION: Final = 1

# The words of the title; with those of the tags; with those of the description; of the texts. So
# the tier of a word is one clause, two at most, and queries stay small.
TEXTS: Final = ("title", "named", "described", "text")
TEXT: Final = TEXTS[-1]
EVERYWHERE: Final = TEXTS[2:]
PINYIN: Final = "pinyin"
MARKS: Final = "marks"
LAYERS: Final = "layers"

_TOKENS: Final[dict[str, Any]] = {"type": "text", "analyzer": "whitespace", "norms": False}
_FACET: Final[dict[str, Any]] = {"type": "keyword", "ignore_above": 8000}
_NUMBER: Final[dict[str, Any]] = {"type": "long"}

MAPPINGS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    # Texts may be megabytes: what is read with every hit stays small.
    "_source": {"excludes": [*TEXTS, PINYIN, MARKS, LAYERS]},
    "properties": {
        **dict.fromkeys(TEXTS, _TOKENS),
        PINYIN: _TOKENS,
        MARKS: {"type": "keyword", "doc_values": False},
        # Not searched, but fetched on their own; a keyword holds no more than 32 KB.
        LAYERS: {"type": "text", "index": False, "store": True},
        **dict.fromkeys(("kind", "state", "brand", "media_type", "tags"), _FACET),
        **dict.fromkeys(("number", "tie", "updated", "revision"), _NUMBER),
        # Days since 0001-01-01, both included.
        **dict.fromkeys(("usable_from", "usable_until"), _NUMBER),
        "shown": {"type": "object", "enabled": False},
    },
}

SETTINGS: Final[dict[str, Any]] = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
