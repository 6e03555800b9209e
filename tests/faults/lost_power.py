"""Power cuts on paper: notes what SQLite writes and syncs, and makes the files a cut would leave.

pysqlite3 has no file system layer in Python, and APSW's has no shared memory, so no write-ahead log
as the service uses it. So ctypes puts a function of ours where SQLite opens a file: it gives each
file a copy of its method table, in which write, truncate and sync note what they did after the real
ones did it. The service's own code runs unchanged on real files, with its own drivers.

A cut may then be played after any of the notes, any number of times: of each file stays what was
synced; of what came later each 512-byte sector is there or not, whatever the order. The memory that
processes share beside the file (``-shm``) is gone.
"""

import ctypes
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

SECTOR: Final = 512
_POINTER, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
# https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
_FCNTL_VFS_POINTER: Final = 27
_METHODS: Final = (
    19  # words of sqlite3_io_methods, third version: https://sqlite.org/c3ref/io_methods.html
)
_WRITE, _TRUNCATE, _SYNC = 3, 4, 5

_OPEN = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
_WRITES = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _LONG)
_TRUNCATES = ctypes.CFUNCTYPE(_INT, _POINTER, _LONG)
_SYNCS = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)

Kept = Literal["nothing", "everything", "some"]


class _Vfs(ctypes.Structure):
    """The beginning of sqlite3_vfs: https://www.sqlite.org/c3ref/vfs.html."""

    _fields_ = (
        ("version", _INT),
        ("file_size", _INT),
        ("longest_path", _INT),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        ("open", _POINTER),
    )


@dataclass(frozen=True)
class Note:
    """One thing that happened to a file; an acknowledgement has no file and counts in *at*."""

    kind: Literal["write", "truncate", "sync", "acknowledged"]
    file: str = ""
    at: int = 0
    data: bytes = b""


class Disk:
    """Notes what happens to the files that are opened while it watches."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._began: dict[str, bytes] = {}
        self._names: dict[int, str] = {}
        self._tables: dict[int, Any] = {}
        self._alive: list[Any] = []

    def acknowledge(self, number: int) -> None:
        """Note that *number* was promised to be kept."""
        self.notes.append(Note("acknowledged", at=number))

    def acknowledged(self, cut: int) -> int:
        """Return the last number that was promised before the first *cut* notes were over."""
        told = (note.at for note in reversed(self.notes[:cut]) if note.kind == "acknowledged")
        return next(told, 0)

    def after_cut(self, cut: int, kept: Kept, chance: random.Random, folder: Path) -> None:
        """Write the files as a cut after the first *cut* notes leaves them."""
        for name, began in self._began.items():
            notes = [note for note in self.notes[:cut] if note.file == name]
            synced = max((at for at, note in enumerate(notes) if note.kind == "sync"), default=-1)
            content = bytearray(began)
            for at, note in enumerate(notes):
                _apply(content, note, "everything" if at <= synced else kept, chance)
            (folder / name).write_bytes(content)

    @contextmanager
    def watching(self, vfs_address: int) -> Iterator[None]:
        """Watch every file that this SQLite opens; close them before the block ends."""
        vfs = _Vfs.from_address(vfs_address)
        real_address = vfs.open
        real = _OPEN(real_address)

        def opened(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
            code = real(vfs, name, file, flags, out)
            if code == 0 and name:
                self._watch(file, Path(ctypes.string_at(name).decode()))
            return code

        ours = _OPEN(opened)
        self._alive += [real, ours]
        vfs.open = ctypes.cast(ours, _POINTER).value
        try:
            yield
        finally:
            vfs.open = real_address

    def _watch(self, file: int, path: Path) -> None:
        self._names[file] = path.name
        self._began.setdefault(path.name, path.read_bytes())
        place = _POINTER.from_address(file)
        assert place.value is not None
        if place.value not in self._tables:
            self._tables[place.value] = self._watched_table(place.value)
        place.value = ctypes.addressof(self._tables[place.value])

    def _watched_table(self, address: int) -> Any:
        table = (_POINTER * _METHODS).from_buffer_copy(
            ctypes.string_at(address, ctypes.sizeof(_POINTER) * _METHODS)
        )
        write, truncate = _WRITES(table[_WRITE]), _TRUNCATES(table[_TRUNCATE])
        sync = _SYNCS(table[_SYNC])

        def writes(file: int, data: int, size: int, at: int) -> int:
            return self._noted(
                write(file, data, size, at), file, "write", at, ctypes.string_at(data, size)
            )

        def truncates(file: int, size: int) -> int:
            return self._noted(truncate(file, size), file, "truncate", size)

        def syncs(file: int, flags: int) -> int:
            return self._noted(sync(file, flags), file, "sync")

        ours = _WRITES(writes), _TRUNCATES(truncates), _SYNCS(syncs)
        for at, function in zip((_WRITE, _TRUNCATE, _SYNC), ours, strict=True):
            table[at] = ctypes.cast(function, _POINTER).value
        self._alive += [write, truncate, sync, *ours]
        return table

    def _noted(self, code: int, file: int, kind: Any, at: int = 0, data: bytes = b"") -> int:
        if code == 0:
            self.notes.append(Note(kind, self._names[file], at, data))
        return code


def vfs_of_pysqlite3() -> int:
    """Return the address of the file system layer in the driver of the records."""
    from pysqlite3 import _sqlite3

    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = _POINTER
    address = library.sqlite3_vfs_find(None)
    assert isinstance(address, int)
    return address


def vfs_of_apsw() -> int:
    """Return the address of the file system layer in the driver of the search file."""
    import apsw

    db, found = apsw.Connection(":memory:"), _POINTER()
    assert db.file_control("main", _FCNTL_VFS_POINTER, ctypes.addressof(found))
    db.close()
    assert found.value is not None
    return found.value


def _apply(content: bytearray, note: Note, kept: Kept, chance: random.Random) -> None:
    if note.kind == "write":
        for at in range(0, len(note.data), SECTOR):
            if _stays(kept, chance):
                sector = note.data[at : at + SECTOR]
                begin = note.at + at
                content.extend(bytes(max(0, begin + len(sector) - len(content))))
                content[begin : begin + len(sector)] = sector
    elif note.kind == "truncate" and _stays(kept, chance):
        del content[note.at :]


def _stays(kept: Kept, chance: random.Random) -> bool:
    return kept == "everything" or (kept == "some" and chance.random() < 0.5)
