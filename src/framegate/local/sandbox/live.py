"""A task while it is under way: how far it is, told by the clock and by the renderers. Pure but for its own fields."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from framegate.local.sandbox.directives import Directives
from framegate.local.sandbox.pool import Ticket
from framegate.local.sandbox.records import Record
from framegate.local.sandbox.wanted import Wanted

STALLS_AT = 0.6
RAMP = 2.0
"""Seconds in which a task that will stall gets there."""
NEARLY = 0.99


@dataclass(slots=True)
class Live:
    """An unfinished task. `wanted` is without its directives; times are the event loop's."""

    record: Record
    wanted: Wanted
    directives: Directives
    since: float = 0.0
    running: bool = False
    best: float = 0.0
    parts: list[float] = field(default_factory=list[float])
    tickets: list[Ticket] = field(default_factory=list[Ticket])
    task: asyncio.Task[None] | None = None
    ending: bool = False

    def begin(self, now: float) -> None:
        """From queued to running."""
        if not self.running:
            self.running, self.since = True, now

    def progress(self, now: float) -> float:
        """0 to 1; never less than it was."""
        if not self.running:
            return 0.0
        rendered = sum(self.parts) / len(self.parts) if self.parts else 0.0
        asked = self.directives
        if asked.stall:
            span = max(RAMP, asked.delay)
            value = STALLS_AT * min(1.0, (now - self.since) / span)
        elif asked.delay:
            waited = min(1.0, (now - self.since) / asked.delay)
            value = 0.5 * waited + 0.5 * rendered
        else:
            value = rendered
        self.best = max(self.best, min(NEARLY, value))
        return self.best
