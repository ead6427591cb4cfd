"""Fifty thousand tasks in flight at one vendor, measured as in `flight`. It takes twenty-five minutes."""

from __future__ import annotations

from bench import flight
from bench.figures import Figure

RUN = (50_000, 600.0, 1_500)


def run() -> list[Figure]:
    return flight.of(*RUN)
