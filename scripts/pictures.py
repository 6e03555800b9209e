"""Takes the pictures of the README and the guides: starts the sample, signs in, photographs.

``python scripts/pictures.py [--out docs/pictures] [--all] [--language en]``; ``--all`` takes every
page at both widths and in both themes, for looking them over.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

PASSWORD = "pictures-of-the-sample"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = (1280, 900), (390, 844)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PAGES = {
    "today": "/",
    "mentions": "/mentions",
    "mentions-negative": "/mentions?q=brand:星澜科技 label:negative",
    "mentions-error": "/mentions?q=(净化器 OR",
    "mentions-empty": "/mentions?q=不存在的词语组合",
    "cases": "/cases",
    "assets": "/assets",
    "assets-list": "/assets?view=list",
    "assets-search": "/assets?q=标志",
    "assets-empty": "/assets?q=不存在的词语组合",
    "asset-new": "/assets/new",
    "reviews": "/reviews",
    "messages": "/messages",
    "message-new": "/messages/new?scenario=quality",
    "sources": "/admin/sources",
    "source-new": "/admin/sources/new",
    "brands": "/admin/brands",
    "brand-new": "/admin/brands/new",
    "routes": "/admin/routes",
    "outbox": "/admin/outbox",
    "competitors": "/competitors",
    "competitors-kind": "/competitors?activity=营销动作",
    "competitors-empty": "/competitors?q=不存在的词语组合",
    "reports": "/reports?period=7",
    "reports-late": "/reports/cases?period=7&which=all",
    "accounts": "/admin/accounts",
    "account-new": "/admin/accounts/new",
    "not-found": "/nowhere",
    "clear": "/setup/clear",
    "setup": "/setup",
    "api-docs": "/api/docs",
}


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--language", choices=LOCALES, default="zh")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with running_sample() as address, sync_playwright() as driver:
        executable = os.environ.get("SHENGYU_CHROMIUM") or shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        shots = all_shots() if options.all else readme_shots()
        for name, size, theme in shots:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if theme == "dark" else "light",
                locale=LOCALES[options.language],
            )
            file = options.out / f"{name}-{size[0]}-{theme}.png"
            take(context, address, name, file, whole=options.all)
            context.close()
        browser.close()


def readme_shots() -> Iterator[tuple[str, tuple[int, int], str]]:
    """What the README and the guide show."""
    yield "today", WIDE, "light"
    yield "case", WIDE, "light"
    yield "mentions", WIDE, "dark"
    yield "case", PHONE, "dark"
    yield "assets", WIDE, "light"
    yield "review", WIDE, "light"
    yield "reports", WIDE, "light"


def all_shots() -> Iterator[tuple[str, tuple[int, int], str]]:
    """Every page at both widths and in both themes."""
    for name in ("login", *PAGES, "case", "message", "review", "mail"):
        for size in (WIDE, PHONE):
            for theme in ("light", "dark"):
                yield name, size, theme


def take(context: BrowserContext, address: str, name: str, file: Path, *, whole: bool) -> None:
    """Take one picture into *file*."""
    page = context.new_page()
    if name != "login":
        sign_in(page, address)
    open_page(page, address, name)
    page.screenshot(path=file, full_page=whole)
    if not whole:
        lighten(file)
    print(file)


def lighten(file: Path) -> None:
    """Keep 256 colours: a picture that goes into the repository should be light."""
    with Image.open(file) as picture:
        fewer = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    fewer.save(file, optimize=True)


def open_page(page: Page, address: str, name: str) -> None:
    """Go to the page called *name*."""
    if name == "login":
        page.goto(f"{address}/login")
    elif name == "case":
        page.goto(f"{address}/cases")
        page.locator("main a[href^='/cases/case_']", has_text="刺鼻").first.click()
    elif name == "review":
        page.goto(f"{address}/reviews")
        page.locator("main a[href^='/reviews/review_']", has_text="详情页").first.click()
    elif name == "message":
        page.goto(f"{address}/messages")
        page.locator("main .row a[href^='/messages/asset_']").first.click()
    elif name == "mail":
        page.goto(f"{address}/admin/outbox")
        page.locator("main a[href^='/admin/outbox/']").first.click()
    else:
        page.goto(f"{address}{PAGES[name]}")
    page.wait_for_load_state("networkidle")


def sign_in(page: Page, address: str) -> None:
    """Sign in as the admin."""
    page.goto(f"{address}/login")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/$"))


@contextmanager
def running_sample() -> Iterator[str]:
    """Run ``shengyu up`` with the sample in a temporary folder until its mails are out."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "SHENGYU_DATA_DIR": folder,
            "SHENGYU_PORT": str(port),
            "SHENGYU_ADMIN_PASSWORD": PASSWORD,
            "SHENGYU_SAMPLE": "on",
        }
        process = subprocess.Popen([sys.executable, "-m", "api.cli", "up"], env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for_mails(address, Path(folder) / "sample" / "mail")
            wait_for_library(Path(folder) / "sample" / "records.sqlite")
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


def wait_for_mails(address: str, mails: Path) -> None:
    """Wait until the service answers and no mail has come for three seconds."""
    seen, since = -1, time.monotonic()
    give_up = time.monotonic() + 90
    while time.monotonic() < give_up:
        time.sleep(0.5)
        try:
            urllib.request.urlopen(f"{address}/health/ready")
        except (urllib.error.URLError, ConnectionError):
            continue
        count = len(list(mails.glob("*.eml")))
        if count != seen:
            seen, since = count, time.monotonic()
        elif count and time.monotonic() - since > 3:
            return
    raise SystemExit("The sample did not come up within 90 seconds.")


def wait_for_library(records: Path) -> None:
    """Wait until the sample's files are read and reviewed: before, they have no pictures."""
    give_up = time.monotonic() + 180
    while time.monotonic() < give_up:
        with closing(sqlite3.connect(f"file:{records}?mode=ro", uri=True)) as read:
            if read.execute("SELECT 1 FROM facts WHERE name = 'sample_settled_at'").fetchone():
                return
        time.sleep(1)
    raise SystemExit("The sample's library did not settle within 180 seconds.")


if __name__ == "__main__":
    main()
