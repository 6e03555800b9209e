"""What an asset can be filtered by, for every engine."""

from collections.abc import Iterator

from core.errors import InvalidInput
from core.folding import fold
from storage.search.assets.colours import family
from storage.search.assets.interface import AssetDocument
from storage.search.syntax import FieldName

# The channel of an asset that may be used on all.
ANY_CHANNEL = ""


def keywords(document: AssetDocument) -> Iterator[tuple[FieldName, str]]:
    """Yield the (field, value) pairs of *document*."""
    yield "kind", document.kind
    yield "state", document.state
    for tag in document.tags:
        yield "tag", tag
    for channel in document.channels or (ANY_CHANNEL,):
        yield "channel", channel
    for colour in document.colours:
        try:
            yield "colour", family(colour)
        except InvalidInput:
            continue  # a fact of a file, which nobody here can mend
    if document.media_type is not None:
        yield "media", document.media_type
        yield "media", document.media_type.partition("/")[0]
    if document.brand_id is not None:
        yield "brand", document.brand_id
    if document.scenario is not None:
        yield "scenario", document.scenario
    if document.orientation is not None:
        yield "orientation", document.orientation


def comparable(field: FieldName, value: str) -> str:
    """Return the form of *value* under which two values of *field* are the same."""
    return value if field == "brand" else fold(value.strip())
