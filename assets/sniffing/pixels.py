"""How large a picture may be: what nobody could decode within a fair share of memory is refused."""

from typing import Final

from assets.sniffing.structure import Wrong

MOST_PIXELS: Final = 100_000_000
_LONGEST_SIDE: Final = 65_535


def check_pixels(width: int, height: int) -> None:
    """Raise ``Wrong`` unless a picture has 1 to 100 million pixels."""
    if width < 1 or height < 1:
        raise Wrong("图片的宽或高是 0，请重新导出。")
    if width * height > MOST_PIXELS or max(width, height) > _LONGEST_SIDE:
        raise Wrong(f"图片有 {width}×{height} 像素，最多 1 亿像素；请缩小后再上传。")
