"""Stops a crawl that takes too much memory, counting its own memory only."""

from pathlib import Path
from typing import Final

from scrapy.extensions.memusage import MemoryUsage

_STATUS: Final = Path("/proc/self/status")


class OwnMemoryUsage(MemoryUsage):
    """Scrapy's check, without what the process that started the crawl once needed.

    Scrapy asks ``getrusage``, and Linux hands the peak of the parent on to the child: a worker that
    once read a large file would have every later crawl stopped at its start.
    """

    def get_virtual_size(self) -> int:
        """Return the bytes in use now, or where the system does not tell, as Scrapy counts."""
        return resident_bytes() or int(super().get_virtual_size())


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes, 0 where ``/proc`` does not tell."""
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    found = next((line for line in lines if line.startswith("VmRSS:")), "")
    return int(found.split()[1]) * 1024 if found else 0
