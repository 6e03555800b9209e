"""Starts crawls as subprocesses and brings their reports back."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from core.errors import InvalidInput
from crawlers.job import WATCHED, CrawlJob, CrawlReport

# A crawl stops itself at its own limit; this much later it is taken for stuck.
_GRACE_S: Final = 45.0
_KILL_AFTER_S: Final = 5.0
_POLL_S: Final = 0.02
_Files = tuple[IO[bytes], IO[bytes]]
_ROOT: Final = Path(__file__).resolve().parent.parent


class CrawlProcess:
    """A crawl under way. Poll it; nothing here ever blocks or raises for a bad site."""

    def __init__(
        self, job: CrawlJob, process: "subprocess.Popen[bytes]", files: _Files, timeout_s: float
    ) -> None:
        self.job = job
        self._process = process
        self._output, self._errors = files
        self._deadline = time.monotonic() + timeout_s
        self._timed_out = False
        self._terminated_at: float | None = None
        self._report: CrawlReport | None = None

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its process group."""
        return self._process.pid

    def poll(self) -> CrawlReport | None:
        """Return the report once the crawl is over, None while it runs; stop it at its limit."""
        if self._report is None:
            if self._process.poll() is None:
                self._enforce_limits()
                return None
            self._report = self._read_report()
        return self._report

    def terminate(self) -> None:
        """Ask the crawl to stop with what it has; ``poll`` kills it if that takes too long."""
        if self._terminated_at is None:
            self._terminated_at = time.monotonic()
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the crawl at once; whole batches stay in the spool."""
        self._signal(signal.SIGKILL)

    def wait(self) -> CrawlReport:
        """Block until the report is there."""
        while (report := self.poll()) is None:
            time.sleep(_POLL_S)
        return report

    def _enforce_limits(self) -> None:
        now = time.monotonic()
        if self._terminated_at is None and now > self._deadline:
            self._timed_out = True
            self.terminate()
        elif self._terminated_at is not None and now > self._terminated_at + _KILL_AFTER_S:
            self.kill()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return  # it ended by itself in the meantime

    def _read_report(self) -> CrawlReport:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it died before it had read its job
            self._process.stdin.close()
        with self._output, self._errors:
            lines = _all_text(self._output).strip().split("\n")
            try:
                if lines[-1] and not self._timed_out:
                    return CrawlReport.from_json(lines[-1])
            except InvalidInput:
                pass  # killed in the middle of its last line: told below like every other death
            return self._without_report(_all_text(self._errors))

    def _without_report(self, errors: str) -> CrawlReport:
        if self._timed_out:
            return CrawlReport(
                "error",
                error=f"The crawl of {self.job.url} took too long and was stopped.",
                hint="超过了时间上限：请减少页数或调大上限。",
                complete=False,
            )
        last = errors.strip().splitlines()[-1:] or ["no message"]
        return CrawlReport(
            "error",
            error=f"The crawl process ended with status {self._process.returncode}: {last[0]}",
            hint="抓取进程意外退出，下次会自动再试；若一直如此，请查看日志。",
            complete=False,
        )

    @classmethod
    def start(cls, job: CrawlJob, timeout_s: float | None) -> "CrawlProcess":
        """Start *job*; its limit is *timeout_s* or what the job allows itself and some more."""
        # Files and not pipes: a full pipe would stop the crawl until somebody reads.
        output, errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-P", "-m", "crawlers.run", WATCHED],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            env=child_environment(),
            start_new_session=True,
        )
        limit = job.max_seconds + _GRACE_S if timeout_s is None else timeout_s
        crawl = cls(job, process, (output, errors), limit)
        # Thousands of known pages fill the pipe until the child has started; nobody waits for that.
        threading.Thread(target=_tell, args=(process, job), daemon=True).start()
        return crawl


def start_crawl(job: CrawlJob, timeout_s: float | None = None) -> CrawlProcess:
    """Start *job* and return at once; the crawl dies with this process."""
    return CrawlProcess.start(job, timeout_s)


def run_crawl(job: CrawlJob, timeout_s: float | None = None) -> CrawlReport:
    """Run *job* to its end and return the report; a bad site gives an error report, no raise."""
    crawl = start_crawl(job, timeout_s)
    try:
        return crawl.wait()
    finally:
        crawl.kill()


def child_environment() -> dict[str, str]:
    """Return the environment in which a child finds our packages wherever it is started.

    Job and report are UTF-8 whatever the locale is: on a GB18030 machine names were garbled.
    """
    path = os.environ.get("PYTHONPATH")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *([path] if path else [])]),
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }


def _tell(process: "subprocess.Popen[bytes]", job: CrawlJob) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(job.to_json().encode() + b"\n")
        process.stdin.flush()
    except (BrokenPipeError, ValueError):
        pass  # it died at once, or its report is already being read; poll() tells why


def _all_text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
