"""The mention as a document of Elasticsearch, and back."""

import hashlib
from typing import Any, Final

from storage.mentions import Engagement, Mention
from storage.search import order
from storage.search.columns import columns
from storage.search.elastic.strings import kept, told
from storage.search.fulltext import blob
from storage.search.mentions import counts, from_document, to_document

# An _id may have 512 bytes, a keyword 32,766.
_LONGEST: Final = 500
# A private-use character begins what stands for a longer value.
_HASHED: Final = "\ue004"


def keyword(value: str) -> str:
    """Return the form of *value* that an _id or a keyword takes: endless ones become a hash."""
    found = kept(value)
    if value and len(found.encode()) <= _LONGEST:
        return found
    return _HASHED + hashlib.blake2b(blob(value), digest_size=20).hexdigest()


def value_of(found: str) -> str | None:
    """Return the value of a ``keyword``, or None where only its hash is known."""
    return None if found.startswith(_HASHED) else told(found)


def document(mention: Mention) -> dict[str, Any]:
    """Return the fields of *mention* as JSON values."""
    title, text, tags = columns(mention)
    published = order.microseconds(mention.published_at)
    return {
        "title": title,
        "text": text,
        "tags": tags.split(),
        "published": published // 1000,
        "published_us": published,
        "number": order.number(mention.id, published),
        "tie": order.tie(mention.id),
        "label": mention.label,
        "platform": keyword(mention.platform),
        "brand": [keyword(brand.id) for brand in mention.brands],
        "batch_id": keyword(mention.batch_id),
        "engagement": {"counts": counts(mention.engagement)},
        "document": to_document(mention),
    }


def mention_of(source: dict[str, Any]) -> Mention:
    """Return the mention of a document's ``_source``."""
    return from_document(source["document"], Engagement(*source["engagement"]["counts"]))
