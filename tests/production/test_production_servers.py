"""The real servers of tests and contributors: found, started, told about, ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import servers_of_their_own
from child_process import hear, kill, start_python
from left_out import leave_out
from local_servers import Unavailable, cache, shared_run
from local_servers.accounts import server_user
from local_servers.ports import free_port
from local_servers.processes import Started, end, identify, launch, until

ROOT = Path(__file__).parents[2]


def servers(*arguments: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "servers", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )


def select(url: str, statement: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5) as connection:
        row = connection.execute(statement).fetchone()
    return None if row is None else row[0]


def is_refused(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0


def test_a_server_killed_or_stopped_comes_back_with_its_data_at_its_address() -> None:
    with servers_of_their_own.postgres() as server:
        with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("create table kept as select 7 as number")
        for leave in (server.kill, server.stop):
            leave()
            assert not server.runs
            assert is_refused(server.port)
            server.start()
            assert select(server.url, "select number from kept") == 7
    assert not server.runs
    assert not server.folder.exists()


def test_a_server_that_hangs_takes_connections_and_says_nothing() -> None:
    with servers_of_their_own.minio() as server:
        server.pause()
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(f"{server.endpoint}/minio/health/live", timeout=0.5)
        server.resume()
        server.wait()


def test_a_drive_can_be_taken_away_and_brought_back() -> None:
    with servers_of_their_own.minio(drives=4) as server:
        server.take_drive_away(1)
        assert not server.paths[1].exists()
        assert server.answers()
        server.bring_drive_back(1)
        assert server.paths[1].exists()


def test_servers_end_with_the_process_that_started_them() -> None:
    with servers_of_their_own.postgres():
        pass  # Left out where there is none.
    code = """
import json, servers_of_their_own
with servers_of_their_own.postgres() as server:
    print(json.dumps([server.started.as_json(), str(server.folder)]), flush=True)
    input()
"""
    child = start_python(code, PYTHONPATH=f"{ROOT / 'tests'}:{ROOT}")
    told, folder = json.loads(hear(child))
    assert Started(**told).runs
    kill(child)
    assert until(lambda: not Started(**told).runs and not Path(folder).exists(), 20)


def test_servers_are_started_told_about_and_ended_by_one_command(tmp_path: Path) -> None:
    with servers_of_their_own.postgres() as other:
        state = other.folder.parent / f"{other.folder.name}-state"
        started = servers("start", "postgres", "minio", "--state", state)
        if "scripts/servers get" in started.stderr:
            leave_out(started.stderr)
        try:
            assert started.returncode == 0, started.stderr
            path = Path(started.stdout.strip())
            assert path.stat().st_mode & 0o077 == 0
            told = json.loads(path.read_text())
            assert select(told["database_url"], "select 1") == 1
            assert servers("status", "--state", state).returncode == 0
            again = servers("start", "--state", state)
            assert (again.returncode, "run in" in again.stderr) == (1, True)
        finally:
            assert servers("stop", "--state", state).returncode == 0
        assert is_refused(urlsplit(told["s3"]["endpoint"]).port or 0)
        assert not state.exists()
        assert other.runs
        assert servers("stop", "--state", state).returncode == 0


def test_a_state_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").touch()
    with pytest.raises(Unavailable, match="choose another"):
        shared_run.start(tmp_path)
    shared_run.stop(tmp_path)
    assert (tmp_path / "letter").exists()


def test_a_process_that_took_over_an_id_is_not_ended() -> None:
    sleeper = launch(["sleep", "60"], Path(os.devnull))
    mine = identify(sleeper.pid)
    other = Started(mine.pid, "1")
    end(other, signal.SIGTERM, 0.1)
    assert mine.runs
    end(mine, signal.SIGTERM, 5.0)
    assert sleeper.wait(5) == -signal.SIGTERM


def test_what_is_missing_is_named_with_what_to_do(tmp_path: Path) -> None:
    told = servers("get", "minio", SHENGYU_SERVER_CACHE=str(tmp_path), PATH=str(tmp_path))
    assert told.returncode == 1
    assert "Go 1.24 or newer is needed" in told.stderr
    told = servers("start", "minio", "--state", tmp_path / "s", SHENGYU_SERVER_CACHE=str(tmp_path))
    assert (told.returncode, told.stdout) == (1, "")
    assert "scripts/servers get" in told.stderr
    assert not (tmp_path / "s").exists()


def test_without_servers_a_run_goes_on_and_in_ci_it_fails(tmp_path: Path) -> None:
    server_user()  # As root it is made once for all.
    # Neither apt nor Go is in reach, so nothing is fetched.
    given = {
        "PATH": str(tmp_path),
        "SHENGYU_TEST_SERVERS": "",
        "SHENGYU_SERVER_CACHE": str(tmp_path / "cache"),
    }

    def run(**environ: str) -> "subprocess.CompletedProcess[str]":
        return servers("run", "--", sys.executable, "-c", "print('ran')", **given, **environ)

    told = run(CI="")
    assert (told.returncode, told.stdout) == (0, "ran\n"), told.stderr
    assert "The tests of minio are left out." in told.stderr
    told = run(CI="true")
    assert (told.returncode, told.stdout) == (1, "")


def test_the_cache_holds_a_thing_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))

    def half(made: Path) -> None:
        (made / "license").touch()

    with pytest.raises(Unavailable, match="has no program"):
        cache.kept("minio-1", "program", half)
    assert not list((tmp_path / "cache").glob("[!.]*-1"))
    whole = cache.kept("minio-1", "program", lambda made: (made / "program").touch())
    assert cache.kept("minio-1", "program", half) == whole
    (tmp_path / "cache" / "mine").touch()
    cache.remove()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mine"]


def test_ports_lie_below_those_of_clients_and_are_given_once() -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50
    assert all(is_refused(port) for port in ports)
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(ports) < lowest
