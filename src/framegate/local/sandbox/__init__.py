"""The sandbox: an engine that makes real videos and pictures offline, and misbehaves when it is asked to.

`create` gives an engine and its ASGI app, which `transport` reaches at `local://sandbox`; `providers/sandbox` speaks to
it. Rendering runs in processes of its own (`pool`, `worker`); what was accepted is on disk (`records`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from framegate.local.sandbox.api import Message, Receive, Send, app
from framegate.local.sandbox.engine import Engine

__all__ = ["Engine", "Sandbox", "create"]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """An engine with its door."""

    engine: Engine
    app: Callable[[Message, Receive, Send], Awaitable[None]]

    async def start(self) -> None:
        """Take up what was left unfinished."""
        await self.engine.start()

    async def stop(self) -> None:
        """Stop at once; what is unfinished starts over with the next start."""
        await self.engine.stop()


def create(folder: Path, *, workers: int, profile: Literal["full", "tiny"] = "full") -> Sandbox:
    """An engine that keeps its state in `folder` and renders in at most `workers` processes."""
    engine = Engine(folder, workers=workers, profile=profile)
    return Sandbox(engine, app(engine))
