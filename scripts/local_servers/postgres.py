"""PostgreSQL: a cluster of its own from the programs of the system."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from . import apt
from .accounts import give
from .errors import Unavailable
from .ports import HOST, free_port
from .processes import launch
from .server import Server, new_password

OLDEST: Final = 15
USERNAME: Final = "shengyu"
_DEBIAN: Final = Path("/usr/lib/postgresql")
_LOCALE: Final = "C.UTF-8" if sys.platform == "linux" else "C"


def find() -> Path:
    """Return the folder with initdb, postgres and pg_isready; raises Unavailable."""
    found = sorted(
        (folder for folder in _DEBIAN.glob("*/bin") if (folder / "initdb").exists()), key=_version
    )
    in_path = shutil.which("initdb")
    if in_path is not None:
        found.append(Path(in_path).resolve().parent)
    for folder in reversed(found):
        if _version(folder) >= OLDEST:
            return folder
    raise Unavailable(
        f"PostgreSQL {OLDEST} or newer is missing. On Debian: apt-get install postgresql"
    )


def get() -> Path:
    """Return what ``find`` does, installed through apt where that can be."""
    return apt.found_or_installed(find, "postgresql")


class PostgresServer(Server):
    """A PostgreSQL server with the superuser ``shengyu``; a power cut may lose its data.

    ``url`` has SQLAlchemy's form with psycopg, ``url_of`` names another database.
    """

    name: ClassVar[str] = "PostgreSQL"
    # The quick stop: whoever is connected is sent away.
    end_signal: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(
        self, folder: Path | None = None, *, kept: bool = True, max_connections: int = 200
    ) -> None:
        super().__init__(folder, kept=kept)
        self.port = free_port()
        self.username = USERNAME
        self.password = new_password()
        self.max_connections = max_connections
        self._programs = find()

    @property
    def url(self) -> str:
        """The address of the database ``postgres``."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the address of *database*."""
        return (
            f"postgresql+psycopg://{self.username}:{quote(self.password)}"
            f"@{HOST}:{self.port}/{database}"
        )

    def prepare(self) -> None:
        """Run initdb."""
        given = self.folder / "password"
        given.touch(0o600)
        given.write_text(self.password, encoding="utf-8")
        give(given)
        made = launch(
            [
                self._programs / "initdb",
                f"--pgdata={self.folder / 'data'}",
                f"--username={self.username}",
                f"--pwfile={given}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                f"--locale={_LOCALE}",
                "--no-sync",
            ],
            self.log,
        )
        if made.wait(self.patience_s) != 0:
            raise Unavailable(f"initdb failed.{self.said()}")
        given.unlink()

    def command(self) -> list[str | Path]:
        """Return postgres with its settings."""
        settings = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": self.max_connections,
            "fsync": "off",
            "full_page_writes": "off",
        }
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._programs / "postgres", "-D", self.folder / "data", *given]

    def answers(self) -> bool:
        """Whether it takes connections."""
        asked = subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", HOST, "-p", str(self.port)], check=False
        )
        return asked.returncode == 0

    def address(self) -> str:
        """Return ``url``."""
        return self.url


def _version(folder: Path) -> int:
    told = subprocess.run(
        [folder / "initdb", "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"(\d+)", told.stdout)
    return 0 if number is None else int(number[1])
