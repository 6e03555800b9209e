"""What every local server has in common: a folder, a log, a life."""

import os
import secrets
import signal
import subprocess
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from . import keeper
from .accounts import give, require_entry
from .errors import Unavailable
from .lifetime import Lifetime
from .processes import Started, end, identify, is_stopped, kill, launch, members, send, until

_STOPS_WITHIN_S = 5.0


def new_password() -> str:
    """Return a password that nobody can guess."""
    return secrets.token_urlsafe(18)


class Server(Lifetime):
    """A server process on loopback, its data in *folder* (a temporary one unless given).

    ``stop`` and ``kill`` keep the data and the address: ``start`` brings the server back.
    With *kept*, the server ends at the latest when this process ends, even by SIGKILL.
    """

    name: ClassVar[str]
    #: What asks for a quick, clean end.
    end_signal: ClassVar[signal.Signals] = signal.SIGTERM
    #: How long a start may take on a machine that has other things to do.
    patience_s: ClassVar[float] = 60.0

    def __init__(self, folder: Path | None = None, *, kept: bool = True) -> None:
        super().__init__(folder, kept=kept)
        self.log = self.folder / "server.log"
        self.kept = kept
        self._process: subprocess.Popen[bytes] | None = None
        self._started: Started | None = None
        self._is_prepared = False

    @property
    def started(self) -> Started:
        """The process; raises RuntimeError before the first start."""
        if self._started is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._started

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._started is not None and self._started.runs

    def start(self) -> Self:
        """Start the server where it does not run and wait until it answers.

        Raises Unavailable when it cannot be had, ends, or does not answer in time.
        """
        self.launch()
        self.wait()
        return self

    def launch(self) -> None:
        """Start the server where it does not run, and return at once."""
        if self.runs:
            return
        if not self._is_prepared:
            self.folder.mkdir(exist_ok=True)
            give(self.folder)
            require_entry(self.folder)
            self.prepare()
            self._is_prepared = True
        self._process = launch(self.command(), self.log, self.environ())
        self._started = identify(self._process.pid)
        if self.kept:
            keeper.keep(self._started)

    def wait(self) -> None:
        """Wait until the server answers."""
        if not until(lambda: self._ended() or self.answers(), self.patience_s, 0.1):
            raise Unavailable(
                f"{self.name} did not answer in {self.patience_s:.0f} s.{self.said()}"
            )
        if self._ended():
            raise Unavailable(f"{self.name} ended while it started.{self.said()}")

    def stop(self) -> None:
        """End the server as its makers mean it; twice does no harm."""
        if self._started is not None:
            self.resume()
            end(self._started, self.end_signal, patience_s=20.0)
            self._reap()

    def kill(self) -> None:
        """End the server with SIGKILL."""
        if self._started is not None:
            kill(self._started)
            self._reap()

    def pause(self) -> None:
        """Let the server hang: connections are taken and nothing is answered (SIGSTOP)."""
        stopping = members(self.started)
        send(stopping, signal.SIGSTOP)
        until(lambda: all(is_stopped(pid) for pid in stopping), _STOPS_WITHIN_S)

    def resume(self) -> None:
        """Let a server that hangs go on."""
        send(members(self.started), signal.SIGCONT)

    @abstractmethod
    def prepare(self) -> None:
        """Make what the first start needs below ``folder``."""

    @abstractmethod
    def command(self) -> list[str | Path]:
        """Return what starts the server."""

    def environ(self) -> Mapping[str, str]:
        """Return what the server's environment has besides PATH."""
        return {}

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server is ready."""

    @abstractmethod
    def address(self) -> object:
        """Return what ``servers.json`` says of the server."""

    def said(self) -> str:
        """Return the end of the log, to stand behind a sentence."""
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return ""
        return os.linesep.join([" Its last words:", *lines[-15:]])

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait(20)
