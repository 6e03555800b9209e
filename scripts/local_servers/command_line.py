"""The commands of ``scripts/servers``."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from . import apt, cache, elasticsearch_archive, minio_program, postgres, shared_run
from .accounts import remove_server_user
from .elasticsearch_archive import JAVA_OF
from .errors import Unavailable
from .java import find as find_java
from .telling import tell

VARIABLE: Final = "SHENGYU_TEST_SERVERS"
_GET: Final = {
    "postgres": postgres.get,
    "elasticsearch": elasticsearch_archive.get,
    "minio": minio_program.get,
}
_GONE: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    # A kill must not leave servers behind that an exception would have ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return int(given.does(given))
    except Unavailable as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _get(given: argparse.Namespace) -> int:
    failed = 0
    for name in given.names or shared_run.NAMES:
        try:
            _GET[name]()
        except Unavailable as error:
            tell(f"{name}: {error}")
            failed = 1
    if given.all:
        for version, java in JAVA_OF.items():
            try:
                find_java(java)
            except Unavailable as error:
                tell(f"Elasticsearch {version} is left out. {error}")
            else:
                elasticsearch_archive.get(version)
    return failed


def _start(given: argparse.Namespace) -> int:
    with cache.lock("start"):
        told = shared_run.start(given.state, given.names or shared_run.NAMES)
    own = "" if given.state == shared_run.default_state() else f" --state {given.state}"
    tell(f"Set {VARIABLE} to the file below. To end them: scripts/servers stop{own}")
    print(told)
    return 0


def _stop(given: argparse.Namespace) -> int:
    tell("Stopped." if shared_run.stop(given.state) else f"Nothing runs in {given.state}.")
    return 0


def _status(given: argparse.Namespace) -> int:
    told = shared_run.addresses(given.state)
    found = shared_run.running(given.state)
    for name in shared_run.NAMES:
        if name in found:
            print(f"{name}: {'runs' if found[name] else 'has ended, see its server.log'}")
    print(told)
    return 0 if found and all(found.values()) else _GONE


def _clean(given: argparse.Namespace) -> int:
    shared_run.stop(given.state)
    cache.remove()
    remove_server_user()
    return 0


def _run(given: argparse.Namespace) -> int:
    """Run a command with servers of its own; outside CI it runs without what cannot be had."""
    if os.environ.get(VARIABLE):
        return subprocess.run(given.command, check=False).returncode
    is_strict = bool(os.environ.get("CI"))
    if is_strict or apt.is_ours():
        _get(argparse.Namespace(names=[], all=False))

    def left_out(name: str, error: Unavailable) -> None:
        tell(f"The tests of {name} are left out. {error}")

    state = Path(tempfile.mkdtemp(prefix="shengyu-servers-"))
    try:
        told = shared_run.start(state, kept=True, missing=None if is_strict else left_out)
        return _foreground(given.command, {**os.environ, VARIABLE: str(told)})
    finally:
        shared_run.stop(state)
        shutil.rmtree(state, ignore_errors=True)


def _foreground(command: Sequence[str], environ: dict[str, str]) -> int:
    """Run *command* to its end: Ctrl-C reaches it as well, and it says when that end is."""
    with subprocess.Popen(command, env=environ) as child:
        while True:
            try:
                status = child.wait()
                # As shells tell that a signal ended it.
                return status if status >= 0 else 128 - status
            except KeyboardInterrupt:
                continue
            except SystemExit:
                child.terminate()
                raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/servers", description="The real servers that the tests use, on loopback."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, does: object, tells: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=tells, description=tells)
        added.set_defaults(does=does)
        return added

    get = add("get", _get, "fetch or build what is missing, once")
    get.add_argument("--all", action="store_true", help="every version of Elasticsearch")
    start = add("start", _start, "start one of each; print the file with their addresses")
    for each in (get, start):
        each.add_argument(
            "names", nargs="*", type=_name, metavar="NAME", help=", ".join(shared_run.NAMES)
        )
    stop = add("stop", _stop, "end them and remove their data")
    status = add("status", _status, "say which of them run")
    clean = add("clean", _clean, "end them and remove what get fetched")
    for each in (start, stop, status, clean):
        each.add_argument(
            "--state", type=lambda path: Path(path).absolute(), default=shared_run.default_state()
        )
    run = add("run", _run, f"run a command with {VARIABLE} set, and end the servers with it")
    run.add_argument("command", nargs="+", metavar="COMMAND", help="after --")
    return parser


def _name(given: str) -> str:
    if given not in shared_run.NAMES:
        raise argparse.ArgumentTypeError(f"{given!r} is none of {', '.join(shared_run.NAMES)}")
    return given
