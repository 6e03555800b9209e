"""A short name for a page of a source, so that a crawl can be told which pages it knows."""

import hashlib

from crawlers.identity import canonical_url


def page_key(url: str) -> str:
    """Return 16 hex digits for *url* in its canonical spelling.

    64 bits: among the 20,000 keys of a source two pages share one with a chance of 1 in 10^11.
    """
    spelled = canonical_url(url).encode("utf-8", "replace")
    # sha1 names things here, it protects nothing.
    return hashlib.sha1(spelled, usedforsecurity=False).hexdigest()[:16]
