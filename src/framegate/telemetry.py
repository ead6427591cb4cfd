"""Logs: one JSON object a line on standard error, or readable lines on a terminal. Secrets never reach a logger."""

from __future__ import annotations

import logging
import os
import sys

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
