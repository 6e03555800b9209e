"""The library's index in Elasticsearch."""

from storage.search.elastic.assets.index import ElasticAssetIndex

__all__ = ["ElasticAssetIndex"]
