"""One server of each kind for many tests: a state folder says where they are and what runs."""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from . import keeper
from .elasticsearch import ElasticsearchCluster
from .errors import Unavailable
from .minio import MinioServer
from .postgres import PostgresServer
from .processes import Started, end
from .server import Server
from .telling import tell

#: What ``servers.json`` calls each server.
KEYS: Final = {"postgres": "database_url", "elasticsearch": "elasticsearch", "minio": "s3"}
NAMES: Final = tuple(KEYS)
_PROCESSES: Final = "processes.json"
_ADDRESSES: Final = "servers.json"


def default_state() -> Path:
    """Return the caller's own state folder among the temporary ones."""
    return Path(tempfile.gettempdir()) / f"shengyu-servers-of-{os.getuid()}"


def start(
    state: Path,
    names: Sequence[str] = NAMES,
    *,
    kept: bool = False,
    missing: Callable[[str, Unavailable], None] | None = None,
) -> Path:
    """Start the servers *names*, all at once, and return the file with their addresses.

    With *kept* they end with this process. *missing* is told of each that cannot be had or does
    not start; without it nothing stays started then and Unavailable is raised.
    """
    if running(state):
        raise Unavailable(f"Servers run in {state} already: scripts/servers stop first.")
    stop(state)
    _claim(state)
    if kept:
        keeper.keep_folder(state)
    servers: dict[str, Server] = {}

    def each(step: Callable[[str], object], among: Sequence[str]) -> None:
        for name in among:
            try:
                step(name)
            except Unavailable as error:
                if missing is None:
                    raise
                servers.pop(name, None)
                missing(name, error)

    def make(name: str) -> None:
        servers[name] = _make(name, state / name, kept=kept)

    def launch(name: str) -> None:
        servers[name].launch()
        _write(state / _PROCESSES, {name: _life(each) for name, each in servers.items()})

    try:
        each(make, names)
        tell(f"Starting {', '.join(servers) or 'no server'} …")
        each(launch, list(servers))
        each(lambda name: servers[name].wait(), list(servers))
    except BaseException:
        stop(state)
        raise
    told = state / _ADDRESSES
    _write(told, {KEYS[name]: server.address() for name, server in servers.items()})
    return told


def stop(state: Path) -> bool:
    """End what was started in *state*, and nothing else, and remove it; twice does no harm.

    Returns whether there was something to end.
    """
    lives = _lives(state)
    for life in lives.values():
        end(Started(**life["process"]), signal.Signals(life["end_signal"]), patience_s=20.0)
    if _is_state(state):
        shutil.rmtree(state, ignore_errors=True)
    return bool(lives)


def running(state: Path) -> dict[str, bool]:
    """Return every server that *state* knows, and whether it runs."""
    found = {name: Started(**life["process"]).runs for name, life in _lives(state).items()}
    return found if any(found.values()) else {}


def addresses(state: Path) -> Path:
    """Return the file with the addresses; raises Unavailable when none were started."""
    if not (state / _ADDRESSES).exists():
        raise Unavailable(f"No servers were started in {state}: scripts/servers start")
    return state / _ADDRESSES


def _make(name: str, folder: Path, *, kept: bool) -> Server:
    folder.mkdir()
    folder.chmod(0o711)
    if name == "postgres":
        return PostgresServer(folder, kept=kept)
    if name == "minio":
        return MinioServer(1, folder, kept=kept)
    return ElasticsearchCluster(1, folder, kept=kept).nodes[0]


def _claim(state: Path) -> None:
    """Make the state folder; one of another user, or with other things in it, is left alone."""
    state.mkdir(parents=True, exist_ok=True)
    if state.stat().st_uid != os.geteuid() or any(state.iterdir()):
        raise Unavailable(f"{state} is not empty or not yours: choose another with --state.")
    state.chmod(0o711)
    _write(state / _PROCESSES, {})


def _is_state(state: Path) -> bool:
    with suppress(FileNotFoundError):
        return (state / _PROCESSES).exists() and state.stat().st_uid == os.geteuid()
    return False


def _life(server: Server) -> dict[str, Any] | None:
    if not server.runs:
        return None
    return {"process": server.started.as_json(), "end_signal": int(server.end_signal)}


def _lives(state: Path) -> dict[str, dict[str, Any]]:
    if not _is_state(state):
        return {}
    read = json.loads((state / _PROCESSES).read_text("utf-8"))
    return {name: life for name, life in read.items() if life is not None}


def _write(path: Path, what: Mapping[str, object]) -> None:
    """Write JSON, whole or not at all, that only the caller can read: it holds passwords."""
    aside = path.with_suffix(".aside")
    aside.touch(0o600)
    aside.write_text(json.dumps(what, indent=1) + "\n", "utf-8")
    aside.rename(path)
