"""Starts the service's own processes on a data folder and ends them for sure."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Installation:
    """A data folder and the environment of every process on it."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, fault: str = "") -> subprocess.Popen[bytes]:
        """Start ``shengyu COMMAND…``; *fault* names the point where it kills itself."""
        environment = os.environ | self.environment
        environment["SHENGYU_DATA_DIR"] = str(self.data_dir)
        environment["SHENGYU_SAMPLE"] = "off"
        environment.pop("SHENGYU_FAULT", None)
        if fault:
            environment["SHENGYU_FAULT"] = fault
        log = (self.data_dir / "processes.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=Path(__file__).parents[2],
        )
        log.close()
        self.started.append(process)
        return process

    def run_import(self, file: Path, *options: str) -> dict[str, int]:
        """Import *file* and return the counts that the command prints."""
        process = self.start("import", str(file), "--json", *options)
        output, _ = process.communicate(timeout=900)
        assert process.returncode == 0, self.log()
        return json.loads(output)

    def log(self) -> str:
        """What the processes wrote to stderr, for the message of a failed assertion."""
        return (self.data_dir / "processes.log").read_text(encoding="utf-8")[-4000:]

    def end_all(self) -> None:
        """End what was started here and still runs."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
        for process in self.started:
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for *condition*; fail with *what* when it does not come."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)
