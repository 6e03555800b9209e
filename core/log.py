"""Structured logs on stderr: one line an event, with the trace id of what it belongs to."""

import logging
import sys
from typing import Any, TextIO, cast

import structlog


def configure(level: str = "INFO", *, json: bool | None = None) -> None:
    """Set up logging for this process. *json* defaults to true when stderr is no terminal."""
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer()
    )
    if not as_json:
        shared.remove(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )


class _Stderr:
    """The stderr of the moment: a process may be given another one, and the first one closed."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def logger(room: str, **values: Any) -> structlog.typing.FilteringBoundLogger:
    """Return a logger that marks its lines with *room*."""
    return cast(structlog.typing.FilteringBoundLogger, structlog.get_logger(room=room, **values))
