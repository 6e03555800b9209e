"""How far an import is, on a terminal; silent elsewhere."""

import sys
from types import TracebackType
from typing import Self


class RowsShown:
    """One line on stderr that is written over: rows read, rows stored."""

    def __init__(self) -> None:
        self._status = None
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("读取")

    def update(self, read: int, stored: int) -> None:
        """Show the counts."""
        if self._status is not None:
            self._status.update(f"已读 {read} 行，已入库 {stored} 行")

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()
