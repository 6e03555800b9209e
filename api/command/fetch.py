"""``shengyu fetch``."""

from pathlib import Path

from api.command.environment import command_settings
from api.command.output import progress, record
from crawlers.fetch import fetch_pages


def run(env_file: Path | None, urls: list[str], allow_private: bool, ignore_robots: bool) -> int:
    """Print one line of JSON for each URL; returns 1 when one could not be had."""
    command_settings(env_file)
    failed = False
    pages = fetch_pages(urls, allow_private=allow_private, ignore_robots=ignore_robots)
    for page in progress(pages, "取回网页", total=len(urls)):
        failed = failed or "error" in page
        record(page)
    return 1 if failed else 0
