"""Of several documents of one asset in a call, the one that holds."""

from collections.abc import Iterable

from storage.search.assets.interface import AssetDocument


def latest(documents: Iterable[AssetDocument]) -> list[AssetDocument]:
    """Return of each id the document with the highest revision, the first of equal ones."""
    found: dict[str, AssetDocument] = {}
    for each in documents:
        known = found.get(each.id)
        if known is None or known.revision < each.revision:
            found[each.id] = each
    return list(found.values())
