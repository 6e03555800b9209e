"""The Elasticsearch engine of search."""

from storage.search.elastic.connection import ElasticAddress
from storage.search.elastic.mentions import ElasticMentionIndex

__all__ = ["ElasticAddress", "ElasticMentionIndex"]
