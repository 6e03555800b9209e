"""Search over the asset library: one interface, and the engines behind it."""

from storage.search.assets.embedded import EmbeddedAssetIndex
from storage.search.assets.interface import (
    AssetDocument,
    AssetFacets,
    AssetHit,
    AssetIndex,
    AssetPage,
    AssetRequest,
    Place,
)

__all__ = [
    "AssetDocument",
    "AssetFacets",
    "AssetHit",
    "AssetIndex",
    "AssetPage",
    "AssetRequest",
    "EmbeddedAssetIndex",
    "Place",
]
