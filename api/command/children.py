"""The two processes that the supervisor keeps alive."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.log import logger
from core.settings import Settings

# All processes end within five seconds of Ctrl-C; what does not listen is killed before.
_GRACE_S: Final = 4.0
_FIRST_REST_S: Final = 0.5
_LONGEST_REST_S: Final = 30.0
# One that ran this long was healthy: its next failure starts with a short rest again.
_HEALTHY_S: Final = 60.0


@dataclass
class _Child:
    command: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    rest_s: float = _FIRST_REST_S
    start_at: float = 0.0


@dataclass
class Children:
    """The web and the worker process."""

    env_file: Path | None
    settings: Settings
    _children: list[_Child] = field(default_factory=lambda: [_Child("serve"), _Child("work")])

    def start(self) -> None:
        """Start both."""
        for child in self._children:
            child.rest_s = _FIRST_REST_S
            self._start(child)

    def keep_alive(self) -> None:
        """Start again what has ended, after a rest that doubles while it keeps failing."""
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                if now - child.started_at > _HEALTHY_S:
                    child.rest_s = _FIRST_REST_S
                logger("up").error(
                    "process ended",
                    command=child.command,
                    status=child.process.returncode,
                    again_in_s=child.rest_s,
                )
                child.process = None
                child.start_at = now + child.rest_s
                child.rest_s = min(child.rest_s * 2, _LONGEST_REST_S)
            elif child.process is None and now >= child.start_at:
                self._start(child)

    def stop(self) -> None:
        """End both; returns within five seconds."""
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        give_up = time.monotonic() + _GRACE_S
        for process in running:
            try:
                process.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self._children:
            child.process = None

    def _start(self, child: _Child) -> None:
        options = ["--env-file", str(self.env_file)] if self.env_file else []
        child.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "api.cli", *options, child.command],
            # Ctrl-C reaches only the supervisor; the pipe's end tells a child that it is alone.
            stdin=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | {"SHENGYU_SUPERVISED": "1"},
        )
        child.started_at = time.monotonic()
