"""Sound and moving pictures: the container holds; what is in it is decoded elsewhere."""

from typing import BinaryIO, Final

from assets.sniffing.boxes import boxes, brands
from assets.sniffing.structure import Check, damaged, read_at

_STILL: Final = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}


def _film(name: str, quicktime: bool) -> Check:
    def check(file: BinaryIO, size: int) -> None:
        found = list(boxes(file, size, name))
        kinds = {box.kind for box in found}
        if b"moov" not in kinds and b"moof" not in kinds:
            raise damaged(name)
        if found[0].kind == b"ftyp":
            major = read_at(file, found[0].start, 4)
            if brands(file, found[0]) & _STILL or (major == b"qt  " and not quicktime):
                raise damaged(name)
        elif not quicktime:
            raise damaged(name)

    return check


def _webm(file: BinaryIO, size: int) -> None:
    head = read_at(file, 0, 128)
    if not head.startswith(b"\x1a\x45\xdf\xa3") or b"webm" not in head:
        raise damaged("WebM 视频")


def _mp3(file: BinaryIO, size: int) -> None:
    head = read_at(file, 0, 10).ljust(10, b"\0")
    at = 0
    if head.startswith(b"ID3"):
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at = 10 + length + (10 if head[5] & 0x10 else 0)
    frame = read_at(file, at, 4096).lstrip(b"\0")[:2].ljust(2, b"\0")
    if at >= size or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        raise damaged("MP3 音频")


def _wav(file: BinaryIO, size: int) -> None:
    head = read_at(file, 0, 12)
    length = int.from_bytes(head[4:8], "little") + 8
    if head[:4] != b"RIFF" or head[8:] != b"WAVE" or not 0 <= size - length <= 1:
        raise damaged("WAV 音频")


CHECKS: Final[dict[str, Check]] = {
    "mp4": _film("MP4 视频", quicktime=False),
    "mov": _film("MOV 视频", quicktime=True),
    "webm": _webm,
    "mp3": _mp3,
    "wav": _wav,
}
