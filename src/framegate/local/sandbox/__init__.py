"""The sandbox: an engine that makes real videos and pictures offline, and misbehaves when it is asked to.

`create` gives an engine and its ASGI app, which `transport` reaches at `local://sandbox`; `providers/sandbox` speaks to
it. Rendering runs in processes of its own (`pool`, `worker`); what was accepted is on disk (`records`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from framegate.local.sandbox.api import App
    from framegate.local.sandbox.engine import Engine

__all__ = ["Sandbox", "create"]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """An engine with its door."""

    engine: Engine
    app: App

    async def start(self) -> None:
        """Take up what was left unfinished."""
        await self.engine.start()

    async def stop(self) -> None:
        """Stop at once; what is unfinished starts over with the next start."""
        await self.engine.stop()


def create(folder: Path, *, workers: int, profile: Literal["full", "tiny"] = "full") -> Sandbox:
    """An engine that keeps its state in `folder` and renders in at most `workers` processes."""
    # the workers import this package too, and start in half the time without the server's half of it
    from framegate.local.sandbox.api import app  # noqa: PLC0415
    from framegate.local.sandbox.engine import Engine  # noqa: PLC0415

    engine = Engine(folder, workers=workers, profile=profile)
    return Sandbox(engine, app(engine))
