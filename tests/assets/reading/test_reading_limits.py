import os
import signal
import threading
import time
from pathlib import Path

import pytest
from child_process import finished, start_python
from PIL import Image
from reading_files import Read

from assets.reading import run
from assets.reading.child import Ended
from assets.reading.folder import private_folder, sweep_folders
from assets.reading.limits import Limits
from assets.reading.run import Unreadable
from core.errors import StorageError


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that is never read to its end: nobody writes into the pipe."""
    path = tmp_path / "endless"
    os.mkfifo(path)
    return path


def readers_of(path: Path) -> list[Path]:
    """The processes in /proc that were told to read *path*."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"assets.reading" in said and str(path).encode() in said:
            found.append(process)
    return found


def wait_for(path: Path, count: int) -> list[Path]:
    give_up = time.monotonic() + 20
    while len(found := readers_of(path)) != count:
        assert time.monotonic() < give_up
        time.sleep(0.02)
    return found


def test_what_takes_too_long_is_ended_with_a_sentence(read: Read, endless: Path) -> None:
    with pytest.raises(Unreadable, match="秒内读不完"):
        read(endless, "text/plain", Limits(wall_s=0.5))
    assert readers_of(endless) == []


def test_what_computes_too_long_is_ended_with_a_sentence(read: Read, tmp_path: Path) -> None:
    Image.effect_noise((4000, 4000), 90).save(tmp_path / "noise.png")
    with pytest.raises(Unreadable, match="秒内读不完"):
        read(tmp_path / "noise.png", "image/png", Limits(cpu_s=0))


def test_what_needs_too_much_memory_is_refused_with_a_sentence(read: Read, tmp_path: Path) -> None:
    Image.new("RGBA", (8000, 8000)).save(tmp_path / "large.png", compress_level=1)
    with pytest.raises(Unreadable, match="内存"):
        read(tmp_path / "large.png", "image/png", Limits(memory=300 << 20))


def test_a_child_that_cannot_even_start_is_the_machine_s_fault(read: Read) -> None:
    with pytest.raises(StorageError):
        read(b"text", "text/plain", Limits(open_files=3))


def test_the_child_knows_no_settings(
    endless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENGYU_SECRET_KEY", "do-not-tell")
    folder = tmp_path / "out"
    folder.mkdir()
    reading = threading.Thread(target=lambda: _unread(endless, folder))
    reading.start()
    (child,) = wait_for(endless, 1)
    environment = (child / "environ").read_bytes()
    os.kill(int(child.name), signal.SIGKILL)
    reading.join()
    assert b"do-not-tell" not in environment
    assert b"SHENGYU" not in environment


def _unread(path: Path, folder: Path) -> None:
    with pytest.raises(Unreadable):
        run.read_file(path, "text/plain", folder)


def test_the_child_dies_with_the_process_that_started_it(endless: Path, tmp_path: Path) -> None:
    parent = start_python(
        "import sys; from pathlib import Path; from assets.reading.run import read_file\n"
        "read_file(Path(sys.argv[1]), 'text/plain', Path(sys.argv[2]))",
        endless,
        tmp_path,
    )
    wait_for(endless, 1)
    parent.kill()
    finished(parent)
    assert wait_for(endless, 0) == []


@pytest.fixture
def taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A child that obeys the file: it wrote what it liked into its folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(run, "run_child", lambda request: Ended(0, False, ""))
    return folder


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        '{"facts": {"owner": "me"}}',
        '{"facts": {"width": -1}}',
        '{"facts": {"colours": ["red; x"]}}',
        '{"pages": [{"page": 1, "source": "embedded", "text": "\\ud800"}]}',
        '{"pages": [{"page": 1, "source": "message", "text": "x"}]}',
        '{"pictures": [{"name": "../../thumb", "width": 1, "height": 1}]}',
        '{"pictures": [{"name": "thumb", "width": 1, "height": 1}]}',
    ],
)
def test_nothing_that_breaks_the_form_is_taken_from_the_child(
    taken_over: Path, tmp_path: Path, answer: str
) -> None:
    (taken_over / "answer.json").write_text(answer, encoding="utf-8")
    with pytest.raises(Unreadable):
        run.read_file(tmp_path / "file", "text/plain", taken_over)


def test_a_picture_that_is_a_link_or_no_picture_is_not_taken(
    taken_over: Path, tmp_path: Path
) -> None:
    (taken_over / "answer.json").write_text(
        '{"pictures": [{"name": "thumb", "width": 1, "height": 1}]}', encoding="utf-8"
    )
    secret = tmp_path / "secret"
    secret.write_bytes(b"RIFF....WEBP")
    (taken_over / "thumb.webp").symlink_to(secret)
    with pytest.raises(Unreadable):
        run.read_file(tmp_path / "file", "text/plain", taken_over)
    (taken_over / "thumb.webp").unlink()
    (taken_over / "thumb.webp").write_bytes(b"<html><script>")
    with pytest.raises(Unreadable):
        run.read_file(tmp_path / "file", "text/plain", taken_over)


def test_a_crash_in_a_library_is_told_as_a_broken_file(
    taken_over: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run_child", lambda request: Ended(-signal.SIGSEGV, False, ""))
    with pytest.raises(Unreadable, match="损坏"):
        run.read_file(tmp_path / "file", "text/plain", taken_over)


def test_private_folders_are_removed_also_those_of_killed_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_folder() as folder:
        (folder / "file").write_bytes(b"x")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert sweep_folders() == 0
        os.utime(folder, (0, 0))
        other = tmp_path / "another-folder"
        other.mkdir()
        os.utime(other, (0, 0))
        assert sweep_folders() == 1
    assert list(tmp_path.iterdir()) == [other]
