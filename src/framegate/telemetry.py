"""Logs: one JSON object a line on standard error, or readable lines on a terminal. Secrets never reach a logger."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TextIO, cast

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Forgiving:
    """A stream that drops what cannot be written: a log on a full disk must not stop who writes it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure(level: str) -> None:
    """Set up logging for this process; `FRAMEGATE_LOG_FORMAT` is "json" or "text"."""
    wanted = os.environ.get("FRAMEGATE_LOG_FORMAT") or ("text" if sys.stderr.isatty() else "json")
    render = structlog.dev.ConsoleRenderer() if wanted == "text" else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(level.lower(), logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Forgiving(sys.stderr))),
        cache_logger_on_first_use=True,
    )
