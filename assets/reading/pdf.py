"""PDF: text of its pages and pictures of the first ones."""

import math
import time
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image

from assets.reading.gathering import Gathered
from assets.reading.images import PREVIEW, draw
from assets.reading.result import Unreadable, orientation

TEXT_PAGES: Final = 2_000
PICTURE_PAGES: Final = 40
PAGE_WIDTH: Final = 1_200
# A page may be a ribbon: this bounds what one costs.
_PAGE_HEIGHT: Final = 3_600
# Pictures of a heavy document stop here, so that its text is not lost to the time limit.
_DRAWING_S: Final = 40.0


def read_pdf(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather text, the number of pages and pictures. Raises ``Unreadable``."""
    document = _opened(path)
    count = len(document)
    if not count:
        raise Unreadable("PDF 里没有能读出的页面，文件可能已损坏；请重新导出后再上传。")
    found.facts["pages"] = count
    _read_texts(document, count, found)
    _draw_pages(document, count, found)


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise Unreadable("PDF 有密码；请去掉密码后再上传。") from error
        raise Unreadable("PDF 打不开，文件不完整或已损坏；请重新导出后再上传。") from error


def _read_texts(document: pypdfium2.PdfDocument, count: int, found: Gathered) -> None:
    for index in range(min(count, TEXT_PAGES)):
        if not found.text(index + 1, "embedded", _page_text(document, index)):
            return
    if count > TEXT_PAGES:
        found.cut()


def _page_text(document: pypdfium2.PdfDocument, index: int) -> str:
    """Return the text of a page, none for a page that is broken: the others still count."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return ""
    try:
        text_page = page.get_textpage()
        try:
            return str(text_page.get_text_range(errors="ignore"))
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return ""
    finally:
        page.close()


def _draw_pages(document: pypdfium2.PdfDocument, count: int, found: Gathered) -> None:
    until = time.monotonic() + _DRAWING_S
    for index in range(min(count, PICTURE_PAGES)):
        if time.monotonic() > until:
            return
        picture = _rendered(document, index)
        if picture is None:
            continue
        if index == 0:
            found.facts["orientation"] = orientation(*document.get_page_size(0))
            draw(picture, found)
        found.picture(f"page-{index + 1}", picture, PAGE_WIDTH, _PAGE_HEIGHT)


def _rendered(document: pypdfium2.PdfDocument, index: int) -> Image.Image | None:
    """Return the picture of a page, the first larger for the preview; None for a broken page."""
    widest = PREVIEW if index == 0 else PAGE_WIDTH
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        width, height = page.get_size()
        if not (0 < width < math.inf and 0 < height < math.inf):
            return None
        scale = min(widest / width, _PAGE_HEIGHT / height)
        drawn: Image.Image = page.render(scale=scale).to_pil()
        return drawn.convert("RGB")
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()
