"""MinIO: one server over one or several drives, or one server a drive."""

import shutil
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

from .accounts import give
from .cluster import Cluster
from .minio_program import find
from .ports import HOST, free_port
from .server import Server, new_password

_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class _Minio(Server):
    """What every MinIO process is asked and told."""

    name: ClassVar[str] = "MinIO"

    def __init__(self, folder: Path | None, *, kept: bool) -> None:
        super().__init__(folder, kept=kept)
        self.port = free_port()
        self._console_port = free_port()
        self.access_key = "shengyu"
        self.secret_key = new_password()
        self._program = find()

    @property
    def endpoint(self) -> str:
        """The address, with its scheme."""
        return f"http://{HOST}:{self.port}"

    def drives(self) -> list[str]:
        """Return the drives as the command line names them."""
        raise NotImplementedError

    def command(self) -> list[str | Path]:
        """Return minio with its addresses and drives."""
        return [
            self._program,
            *("server", "--quiet", "--address", f"{HOST}:{self.port}"),
            *("--console-address", f"{HOST}:{self._console_port}"),
            *self.drives(),
        ]

    def environ(self) -> Mapping[str, str]:
        """Give the keys; nothing is asked of the makers' servers."""
        return {
            "HOME": str(self.folder),
            "MINIO_ROOT_USER": self.access_key,
            "MINIO_ROOT_PASSWORD": self.secret_key,
            "MINIO_UPDATE": "off",
            "MINIO_BROWSER": "off",
            # Several drives may be folders of one disk.
            "MINIO_CI_CD": "1",
        }

    def answers(self) -> bool:
        """Whether enough drives are there to write."""
        try:
            with _DIRECT.open(f"{self.endpoint}/minio/health/cluster", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def address(self) -> dict[str, str]:
        """Return the endpoint and its keys."""
        return {
            "endpoint": self.endpoint,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
        }


class MinioServer(_Minio):
    """One MinIO process over *drives* folders; from four on they are erasure-coded.

    A drive can be taken away and brought back while the server runs.
    """

    def __init__(self, drives: int = 1, folder: Path | None = None, *, kept: bool = True) -> None:
        super().__init__(folder, kept=kept)
        self.paths = [self.folder / f"d{number}" for number in range(1, drives + 1)]

    def prepare(self) -> None:
        """Make the drives' folders."""
        for path in self.paths:
            path.mkdir(exist_ok=True)
            give(path)

    def drives(self) -> list[str]:
        """Return every drive."""
        return [str(path) for path in self.paths]

    def take_drive_away(self, number: int) -> None:
        """Take drive *number*, from 0, away: its folder is gone from its place."""
        self.paths[number].rename(_away(self.paths[number]))

    def bring_drive_back(self, number: int) -> None:
        """Put drive *number* back as it was."""
        # Written to without it, the server may have begun a new one in its place.
        shutil.rmtree(self.paths[number], ignore_errors=True)
        _away(self.paths[number]).rename(self.paths[number])


class MinioNode(_Minio):
    """One process, with one drive, of a cluster."""

    def __init__(self, folder: Path, *, kept: bool) -> None:
        super().__init__(folder, kept=kept)
        self.path = folder / "drive"
        self.every: list[str] = []

    def prepare(self) -> None:
        """Make the drive's folder."""
        self.path.mkdir(exist_ok=True)
        give(self.path)

    def environ(self) -> Mapping[str, str]:
        """Say which of the drives is the node's own: in a container MinIO trusts no loopback."""
        return {**super().environ(), "_MINIO_SERVER_LOCAL": f"{HOST}:{self.port}"}

    def drives(self) -> list[str]:
        """Return every node's drive, as all nodes are told alike."""
        return self.every


class MinioCluster(Cluster[MinioNode]):
    """A MinIO cluster of *nodes* processes with one drive each; every node answers for all."""

    def __init__(self, nodes: int = 4, folder: Path | None = None, *, kept: bool = True) -> None:
        super().__init__(folder, kept=kept)
        self.nodes = [
            MinioNode(self.folder / f"n{number}", kept=kept) for number in range(1, nodes + 1)
        ]
        self.access_key = self.nodes[0].access_key
        self.secret_key = self.nodes[0].secret_key
        for node in self.nodes:
            node.every = [f"{each.endpoint}{each.path}" for each in self.nodes]
            node.secret_key = self.secret_key

    @property
    def endpoints(self) -> list[str]:
        """Every node's address."""
        return [node.endpoint for node in self.nodes]


def _away(path: Path) -> Path:
    return path.with_name(f"{path.name}-away")
