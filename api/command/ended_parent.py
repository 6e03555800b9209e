"""Ends this process when the supervisor that started it is gone, however it went."""

import os
import signal
import sys
import threading


def supervised() -> bool:
    """Say whether ``shengyu up`` started this process."""
    return os.environ.get("SHENGYU_SUPERVISED") == "1"


def watch() -> None:
    """Watch standard input, a pipe that only the supervisor holds open; its end is our end."""
    if not supervised():
        return

    def wait_for_end() -> None:
        # Unbuffered: a thread inside a buffered read would spoil the interpreter's exit.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_for_end, name="supervisor-watch", daemon=True).start()
