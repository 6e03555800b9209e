"""Prints the sample company's manual of visual identity: pages of HTML and SVG → two PDF files.

Run ``python scripts/manual.py`` after changing a page; the PDFs in assets/sample/files are kept in
the repository, so that neither a browser nor a font is needed to make the sample. It needs
Chromium (``SHENGYU_CHROMIUM`` or on the PATH) and fonts-noto-cjk.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import sync_playwright

HERE: Final = Path(__file__).parent / "manual_pages"
FILES: Final = Path(__file__).parent.parent / "assets" / "sample" / "files"
# Page → its name in the contents. The first edition had fewer.
PAGES: Final = {
    "story": "品牌故事",
    "construction": "标志构成",
    "clear-space": "安全空间",
    "minimum": "最小尺寸",
    "versions": "标志版本",
    "wrong": "错误用法",
    "colours": "标准色",
    "proportion": "辅助色与配比",
    "type": "字体",
    "grid": "版式网格",
    "imagery": "图像风格",
    "packaging": "包装",
    "stationery": "办公用品",
    "avatars": "社交媒体头像",
    "voice": "语气",
    "cobranding": "联合品牌",
    "contact": "联系方式",
}
SECOND_ONLY: Final = {"proportion", "avatars", "voice", "cobranding"}
EDITIONS: Final = {
    "vi-manual-1.pdf": ("1.0", "2025 年 3 月", set(PAGES) - SECOND_ONLY),
    "vi-manual.pdf": ("2.0", "2026 年 9 月", set(PAGES)),
}
ARGS: Final = ["--no-sandbox", "--font-render-hinting=none"]


def main() -> None:
    """Print every edition."""
    templates = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined
    )
    with sync_playwright() as driver:
        executable = os.environ.get("SHENGYU_CHROMIUM") or shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=executable, args=ARGS)
        page = browser.new_page()
        for name, (edition, date, kept) in EDITIONS.items():
            pages = {key: title for key, title in PAGES.items() if key in kept}
            template = templates.get_template("manual.html")
            page.set_content(template.render(edition=edition, date=date, pages=pages))
            page.pdf(
                path=FILES / name,
                width="1280px",
                height="720px",
                print_background=True,
                prefer_css_page_size=True,
            )
            print(name, (FILES / name).stat().st_size)
        browser.close()


if __name__ == "__main__":
    main()
