"""A file that is not, or not any more, what we wrote is refused before anything is touched."""

import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from transfer_stores import LocalStores, backed_up, silent, verified

from storage.transfer import Archive, ArchiveFault
from storage.transfer.archive import HEAD, is_name
from storage.transfer.forms import demand_known


@pytest.fixture
def whole(full: LocalStores, tmp_path: Path) -> bytes:
    backed_up(full, tmp_path / "whole.tar")
    return (tmp_path / "whole.tar").read_bytes()


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes], str]:
    """Verify content and return the sentence of the refusal."""

    def check(content: bytes) -> str:
        path = tmp_path / "given.tar"
        path.write_bytes(content)
        with pytest.raises(ArchiveFault) as told:
            verified(path)
        return str(told.value)

    return check


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for header, content in members:
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return made.getvalue()


def unpacked(content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return [(each, tar.extractfile(each).read()) for each in tar]  # type: ignore[union-attr]


def test_the_whole_one_passes(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "given.tar").write_bytes(whole)
    found = verified(tmp_path / "given.tar")
    assert (found.manifest.mentions, found.manifest.files) == (30, 4)


@pytest.mark.parametrize("content", [b"", b"x", b"PK\3\4" * 200, bytes(4096), b"a" * 512])
def test_another_file_is_no_backup(content: bytes, refused: Callable[[bytes], str]) -> None:
    assert "声誉的备份" in refused(content) or "不完整" in refused(content)


def test_cut_short_anywhere_it_is_refused(whole: bytes, refused: Callable[[bytes], str]) -> None:
    chance = random.Random(5)
    end = len(whole.rstrip(b"\0")) - 1  # the zeros that follow say nothing
    for at in [*(chance.randrange(end) for _ in range(40)), 512, 1024, end]:
        assert refused(whole[:at])


def test_one_changed_bit_anywhere_is_noticed(
    whole: bytes, refused: Callable[[bytes], str], tmp_path: Path
) -> None:
    members = unpacked(whole)
    for number in range(len(members) - 1):
        changed = [(header, content) for header, content in members]
        header, content = changed[number]
        flipped = bytearray(content or b"\0")
        flipped[len(flipped) // 2] ^= 1
        changed[number] = (header, bytes(flipped))
        assert refused(packed(*changed)), header.name


def test_the_file_that_differs_is_named(whole: bytes, refused: Callable[[bytes], str]) -> None:
    at = whole.index("星澜".encode(), whole.index(b"mentions/000001.jsonl"))
    broken = whole[:at] + "星兰".encode() + whole[at + 6 :]
    assert "mentions/000001.jsonl 与它的 SHA-256 不符" in refused(broken)


def test_a_file_more_or_less_or_elsewhere_is_noticed(
    whole: bytes, refused: Callable[[bytes], str]
) -> None:
    members = unpacked(whole)
    extra = tarfile.TarInfo("mail/extra.eml")
    assert refused(packed(*members[:2], (extra, b"x"), *members[2:]))
    assert refused(packed(*members[:2], *members[3:]))
    assert refused(packed(members[0], members[2], members[1], *members[3:]))
    assert refused(packed(*members, (extra, b"x")))
    assert refused(packed(*members[1:]))


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "files/../../outside",
        "files/blobs/sha256/aa/short",
        "mail/../x",
        "mail/.hidden",
        "spool/a/b.jsonl",
        "records/users.jsonl",
        "records/../users-000001.jsonl",
        "mentions/1.jsonl",
        "secret_key/x",
        "anything",
        "",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    name: str, whole: bytes, refused: Callable[[bytes], str]
) -> None:
    assert not is_name(name)
    if name:
        members = unpacked(whole)
        stranger = tarfile.TarInfo(name)
        assert "不该出现" in refused(packed(members[0], (stranger, b"x"), *members[1:]))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE,
     tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.AREGTYPE],
)  # fmt: skip
def test_what_is_no_plain_file_is_refused(
    kind: bytes, whole: bytes, refused: Callable[[bytes], str]
) -> None:
    header = tarfile.TarInfo("mail/m.eml")
    header.type, header.linkname = kind, "/etc/passwd"
    block = header.tobuf(tarfile.GNU_FORMAT)
    first = whole[: 512 + 512]  # the head and what it says
    assert "不该出现" in refused(first + block + whole[1024:])


def test_a_size_beyond_the_file_is_refused_at_once(
    whole: bytes, refused: Callable[[bytes], str]
) -> None:
    header = tarfile.TarInfo("mail/m.eml")
    for size in (8**11 - 1, len(whole)):
        header.size = size
        assert "不完整" in refused(whole[:1024] + header.tobuf(tarfile.USTAR_FORMAT) + whole[1024:])


def test_a_newer_format_asks_for_the_newer_version(
    whole: bytes, refused: Callable[[bytes], str]
) -> None:
    members = unpacked(whole)
    header, head = members[0]
    assert header.name == HEAD
    newer = head.replace(b'"format": 1', b'"format": 2').replace(
        b'"version": "1"', b'"version": "9.9"'
    )
    assert "9.9" in refused(packed((header, newer), *members[1:]))


def test_records_of_an_unknown_form_ask_for_the_newer_version() -> None:
    demand_known("0001")
    with pytest.raises(ArchiveFault, match="升级"):
        demand_known("9999")


def test_a_huge_note_is_not_read(whole: bytes, refused: Callable[[bytes], str]) -> None:
    header = tarfile.TarInfo(HEAD)
    assert "太大" in refused(packed((header, bytes(2_000_000))))


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArchiveFault, match="打不开"):
        Archive(tmp_path / "missing.tar")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArchiveFault, match="打不开"):
        Archive(tmp_path / "folder").verify(silent)
