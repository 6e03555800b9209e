"""The web server of the page tests: the one that all tests share."""

from web_server import serve

__all__ = ["serve"]
