import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms
from reading_files import Read, png_header

from assets.reading.run import Reading, Unreadable

RED = (215, 0, 15)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def picture(reading: Reading, name: str) -> Image.Image:
    path = next(one.path for one in reading.pictures if one.name == name)
    with Image.open(path) as image:
        image.load()
    return image


def near(one: object, other: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]


def two_halves() -> Image.Image:
    """Wide; more than half is red, on the left, the rest white."""
    image = Image.new("RGB", (2000, 1000), "white")
    image.paste(RED, (0, 0, 1200, 1000))
    return image


def test_a_photo_gives_facts_and_two_pictures(read: Read) -> None:
    reading = read(saved(two_halves(), "PNG"), "image/png")
    assert reading.facts == {
        "width": 2000,
        "height": 1000,
        "orientation": "landscape",
        "colours": ["#d7000f", "#ffffff"],
        "color_space": "RGB",
    }
    assert {one.name: (one.width, one.height) for one in reading.pictures} == {
        "preview": (1600, 800),
        "thumb": (480, 240),
    }
    assert reading.pages == ()


def test_a_photo_taken_upright_is_shown_upright(read: Read) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter to the right
    reading = read(saved(two_halves(), "JPEG", exif=exif), "image/jpeg")
    assert (reading.facts["width"], reading.facts["height"]) == (1000, 2000)
    assert reading.facts["orientation"] == "portrait"
    thumb = picture(reading, "thumb")
    assert thumb.size == (240, 480)
    assert near(thumb.getpixel((120, 40)), RED)


def test_what_a_camera_noted_is_gone(read: Read) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "相机", {1: "N", 2: (39.0, 54.0, 0.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    given = saved(two_halves(), "JPEG", exif=exif, icc_profile=profile, comment="某人")
    for one in read(given, "image/jpeg").pictures:
        with Image.open(one.path) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_print_colours_are_shown_on_screen(read: Read) -> None:
    cmyk = Image.new("CMYK", (300, 300), (0, 255, 255, 0))
    reading = read(saved(cmyk, "JPEG", quality=95), "image/jpeg")
    assert reading.facts["color_space"] == "CMYK"
    assert near(picture(reading, "thumb").getpixel((150, 150)), (255, 0, 0))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_of_gray_keep_their_tones(read: Read, form: str) -> None:
    row = b"\x00\x80" * 200 + b"\x00\x00" * 200
    deep = Image.frombytes("I;16", (400, 200), row * 200)
    reading = read(saved(deep, form), f"image/{form.lower()}")
    assert reading.facts["color_space"] == "gray"
    thumb = picture(reading, "thumb")
    assert near(thumb.getpixel((50, 100)), (128, 128, 128))
    assert near(thumb.getpixel((350, 100)), (0, 0, 0))


def test_of_what_moves_the_first_picture_is_shown(read: Read) -> None:
    first, second = Image.new("RGB", (100, 100), RED), Image.new("RGB", (100, 100), "blue")
    given = saved(first, "GIF", save_all=True, append_images=[second], duration=100)
    reading = read(given, "image/gif")
    assert reading.facts["animated"] is True
    assert near(picture(reading, "thumb").convert("RGB").getpixel((50, 50)), RED)


def test_what_is_transparent_lies_on_white_in_the_thumb_and_has_no_colour(read: Read) -> None:
    logo = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    logo.paste((*RED, 255), (50, 50, 150, 150))
    reading = read(saved(logo, "PNG"), "image/png")
    assert picture(reading, "thumb").getpixel((10, 10)) == (255, 255, 255)
    assert picture(reading, "preview").getpixel((10, 10))[3] == 0  # type: ignore[index]
    assert reading.facts["colours"] == ["#d7000f"]


def test_a_picture_of_nothing_has_no_colours(read: Read) -> None:
    reading = read(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"), "image/png")
    assert reading.facts["colours"] == []


def palette(image: Image.Image) -> Image.Image:
    return image.convert("P")


def one_bit(image: Image.Image) -> Image.Image:
    return image.convert("1")


def floats(image: Image.Image) -> Image.Image:
    return image.convert("F")


@pytest.mark.parametrize(
    ("made", "form", "media_type"),
    [
        (palette, "PNG", "image/png"),
        (one_bit, "TIFF", "image/tiff"),
        (floats, "TIFF", "image/tiff"),
        (lambda image: image.convert("LA"), "PNG", "image/png"),
        (lambda image: image.convert("YCbCr"), "TIFF", "image/tiff"),
        (lambda image: image, "BMP", "image/bmp"),
        (lambda image: image, "WEBP", "image/webp"),
        (lambda image: image, "AVIF", "image/avif"),
    ],
)
def test_every_kind_of_picture_gives_a_thumb(
    read: Read, made: Callable[[Image.Image], Image.Image], form: str, media_type: str
) -> None:
    reading = read(saved(made(two_halves()), form), media_type)
    assert {one.name for one in reading.pictures} == {"thumb", "preview"}


def test_a_phone_picture_gives_a_thumb(read: Read) -> None:
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(two_halves()).save(out)
    reading = read(out.getvalue(), "image/heic")
    assert (reading.facts["width"], reading.facts["height"]) == (2000, 1000)
    assert near(picture(reading, "thumb").getpixel((40, 100)), RED)


def test_a_bomb_is_refused_by_its_header(read: Read) -> None:
    with pytest.raises(Unreadable, match="像素太多"):
        read(png_header(30_000, 30_000), "image/png")


def test_a_picture_that_claims_what_it_does_not_hold_is_refused(read: Read) -> None:
    with pytest.raises(Unreadable, match="不完整"):
        read(png_header(12_000, 12_000), "image/png")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
def test_half_a_picture_is_refused(read: Read, form: str) -> None:
    noise = Image.effect_noise((600, 400), 90).convert("RGB")
    whole = saved(noise, form)
    with pytest.raises(Unreadable, match="损坏"):
        read(whole[: len(whole) // 2], f"image/{form.lower()}")


def test_a_picture_of_another_type_than_it_says_is_not_even_tried(read: Read) -> None:
    with pytest.raises(Unreadable, match="类型不对"):
        read(saved(two_halves(), "BMP"), "image/png")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_large_picture_keeps_its_places(read: Read, mode: str) -> None:
    large = Image.new("RGB", (7001, 4999), "white")
    large.paste((0, 0, 0), (3500, 2500, 7001, 4999))
    reading = read(saved(large.convert(mode), "PNG", compress_level=1), "image/png")
    assert (reading.facts["width"], reading.facts["height"]) == (7001, 4999)
    preview = picture(reading, "preview").convert("RGB")
    assert preview.size[0] == 1600
    assert abs(preview.size[1] - 1142) <= 1  # rows are halved before they are counted
    for place, colour in (((780, 560), 255), ((820, 560), 255), ((820, 590), 0), ((1599, 1141), 0)):
        assert near(preview.getpixel(place), (colour,) * 3)
