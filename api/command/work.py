"""``shengyu work``: the worker process."""

import signal
import threading
from pathlib import Path
from types import FrameType

from api.command import ended_parent
from api.command.opening import opened
from api.worker import run_worker


def run(env_file: Path | None) -> int:
    """Work until SIGTERM or SIGINT."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    ended_parent.watch()
    with opened(env_file) as service:
        run_worker(service, stop)
    return 0
