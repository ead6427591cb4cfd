"""Instants as clients write them: Unix milliseconds to RFC 3339 text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(milliseconds: int) -> str:
    """1730704359531 → `"2024-11-04T07:12:39.531Z"`: UTC, always three decimals."""
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
