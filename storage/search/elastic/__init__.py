"""The Elasticsearch engine of search."""

from storage.search.elastic.connection import ElasticAddress

__all__ = ["ElasticAddress"]
