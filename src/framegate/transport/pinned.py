"""Clients for guarded calls: each connects to the one address that was checked, and to no other.

To make one costs milliseconds, for the certificates of the world are read each time. So the last few are kept, by the
host and the address: a second call there finds one, and an open connection too. What a host's name leads to is checked
before every call all the same; another address is another client.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from pyreqwest.client import Client

KEPT = 32
"""Clients that are kept, beside those that are at work."""

Build = Callable[[str, str, int], Client]
"""Makes the client for a host, its checked address and the port."""


@dataclass(slots=True)
class Pin:
    """A client, and the calls that use it now."""

    client: Client
    calls: int = 0


class Pins:
    """The clients of one process."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._pins: dict[tuple[str, str, int], Pin] = {}  # the last used last

    @contextlib.asynccontextmanager
    async def client(self, host: str, address: str, port: int) -> AsyncGenerator[Client]:
        """The client for a checked address, for the length of one call."""
        key = (host, address, port)
        if (pin := self._pins.get(key)) is None:
            pin = self._pins[key] = Pin(self._build(host, address, port))
        pin.calls += 1
        try:
            yield pin.client
        finally:
            pin.calls -= 1
            if self._pins.pop(key, None) is pin:
                self._pins[key] = pin
            await self._close(self._spare())

    async def close(self) -> None:
        pins, self._pins = list(self._pins.values()), {}
        await self._close(pins)

    def _spare(self) -> list[Pin]:
        """Take out the clients that were not used for longest, beyond those that are kept."""
        idle = [key for key, pin in self._pins.items() if not pin.calls]
        return [self._pins.pop(key) for key in idle[: max(0, len(idle) - KEPT)]]

    async def _close(self, pins: list[Pin]) -> None:
        for pin in pins:
            await pin.client.close()
