"""What the commands share: the settings of this call, and a store opened beside a running gateway."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from framegate.app import open_admin
from framegate.engine.admin import Admin
from framegate.settings import Settings, from_environment
from framegate.store import Store

T = TypeVar("T")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database, artifacts and sandbox.")]


def settings_for(data: Path | None) -> Settings:
    return from_environment(os.environ, data=data)


def with_admin(data: Path | None, act: Callable[[Store, Admin], Awaitable[T]]) -> T:
    """Run `act` over the store of this data folder; a gateway may be serving from it."""

    async def run() -> T:
        async with open_admin(settings_for(data)) as (store, admin):
            return await act(store, admin)

    return asyncio.run(run())
