"""Pictures: their size, colours and small versions, upright and in sRGB."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from assets.reading.colours import dominant_colours
from assets.reading.gathering import Gathered
from assets.reading.result import Unreadable, orientation

THUMB, PREVIEW = 480, 1600
# An A0 poster at 300 dpi has 140 million; this many fit the memory limit decoded.
MOST_PIXELS: Final = 160_000_000
# Pillow's names of what a media type may hold: nothing else is even tried.
FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
    "image/heic": ("HEIF",),
    "image/avif": ("AVIF",),
}
_ROTATED: Final = range(5, 9)  # EXIF orientations that swap width and height
_STRIP: Final = 64  # rows that one strip becomes
_EXIF_ORIENTATION: Final = 0x0112
_SPACES: Final = {"1": "gray", "L": "gray", "LA": "gray", "CMYK": "CMYK"}


def read_image(path: Path, media_type: str, found: Gathered) -> None:
    """Gather facts, thumb and preview of the first frame. Raises ``Unreadable``."""
    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with _decoding(), Image.open(path, formats=FORMATS[media_type]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        swapped = image.getexif().get(_EXIF_ORIENTATION) in _ROTATED
        width, height = (image.height, image.width) if swapped else image.size
        found.facts |= {
            "width": width,
            "height": height,
            "orientation": orientation(width, height),
            "color_space": _color_space(image.mode),
        }
        if getattr(image, "is_animated", False):
            found.facts["animated"] = True
        draw(_upright(image), found)


def draw(picture: Image.Image, found: Gathered) -> None:
    """Gather the colours, preview and thumb of *picture* (RGB or RGBA)."""
    found.facts["colours"] = dominant_colours(picture)
    found.picture("preview", picture, PREVIEW, PREVIEW)
    found.picture("thumb", on_white(picture), THUMB, THUMB)


def on_white(picture: Image.Image) -> Image.Image:
    """Return *picture* without transparency."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


@contextmanager
def _decoding() -> Iterator[None]:
    """Say in a sentence why a picture cannot be decoded."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(
            f"图片的像素太多，最多 {MOST_PIXELS // 10_000} 万像素；请缩小后再上传。"
        ) from error
    except UnidentifiedImageError as error:
        raise Unreadable("图片打不开，文件已损坏或类型不对；请重新导出后再上传。") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if getattr(error, "errno", None) is not None:
            raise
        raise Unreadable("图片不完整或已损坏；请重新导出后再上传。") from error


def _upright(image: Image.Image) -> Image.Image:
    """Return the whole picture at preview size, RGB or RGBA in sRGB, turned as it was taken."""
    profile = image.info.get("icc_profile")
    # A JPEG is decoded at a smaller scale at once; all of its data is read all the same.
    image.draft(None, (PREVIEW, PREVIEW))
    image.load()
    small = _shrunk(image)
    small.thumbnail((PREVIEW, PREVIEW), Image.Resampling.LANCZOS, reducing_gap=2.0)
    turned = ImageOps.exif_transpose(_with_exif(small, image))
    return _in_srgb(turned, profile)


def _shrunk(image: Image.Image) -> Image.Image:
    """Return a picture that can be made smaller well, itself at least twice a preview's size.

    In strips, for converting the whole of a large picture would take its memory once more.
    """
    factor = max(image.size) // (2 * PREVIEW)
    if factor < 2 or image.mode.startswith(("I", "F")):
        return _resizable(image)
    size = -(-image.width // factor), -(-image.height // factor)
    small: Image.Image | None = None
    for top in range(0, image.height, factor * _STRIP):
        bottom = min(image.height, top + factor * _STRIP)
        strip = _resizable(image.crop((0, top, image.width, bottom))).reduce(factor)
        small = small or Image.new(strip.mode, size)
        small.paste(strip, (0, top // factor))
    assert small is not None
    return small


def _resizable(image: Image.Image) -> Image.Image:
    """Return *image* in a mode whose values can be averaged."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("1", "HSV", "LAB"):
        return image.convert("L" if image.mode == "1" else "RGB")
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a deep gray picture in 8 bits: 16 bits by their upper half, others by their range."""
    if image.mode.startswith("I;16"):
        image = image.convert("I")
        low, high = 0.0, 65535.0
    else:
        extrema = image.getextrema()
        low, high = float(extrema[0]), float(extrema[1])  # type: ignore[arg-type]
        if image.mode == "I" and low >= 0 and high <= 65535:
            low, high = 0.0, 65535.0
    scale = 255.0 / (high - low) if high > low else 0.0
    return image.convert("F").point(lambda value: value * scale + -low * scale).convert("L")


def _with_exif(small: Image.Image, image: Image.Image) -> Image.Image:
    """Let *small* know how *image* was taken."""
    turn = image.getexif().get(_EXIF_ORIENTATION)
    if turn is not None:
        small.getexif()[_EXIF_ORIENTATION] = turn
    return small


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if isinstance(profile, bytes) and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            held = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(
                image, held, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            made = None  # a broken profile, or one of another mode: Pillow's own conversion
        if made is not None:
            return made
    return image if image.mode == mode else image.convert(mode)


def _color_space(mode: str) -> str:
    if mode in _SPACES:
        return _SPACES[mode]
    if mode.startswith(("I", "F")):
        return "gray"
    return "RGB" if mode in ("RGB", "RGBA", "P", "PA", "RGBX", "YCbCr") else "other"
