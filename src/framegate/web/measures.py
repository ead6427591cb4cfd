"""Prometheus metrics: requests by dialect, and how long they took."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram, generate_latest


class Measures:
    """One registry for a server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "framegate_request_seconds",
            "Time to serve a request",
            ["dialect", "method"],
            registry=self._registry,
            buckets=(0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60),
        )
        self._known: dict[tuple[str, str], Histogram] = {}

    def count(self, dialect: str, method: str, seconds: float) -> None:
        """One request served."""
        key = (dialect, method)
        if key not in self._known:
            self._known[key] = self._seconds.labels(
                dialect, method if method.isalpha() and len(method) < 8 else "other"
            )
        self._known[key].observe(seconds)

    def text(self) -> bytes:
        """The exposition."""
        return generate_latest(self._registry)
