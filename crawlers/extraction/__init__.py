"""An article page becomes title, text, author and date."""

from crawlers.extraction.article import Article, extract
from crawlers.extraction.page import parse

__all__ = ["Article", "extract", "parse"]
