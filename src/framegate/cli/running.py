"""What the commands share: the settings of this call, and a store opened beside a running gateway."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from framegate.app import database_url, open_admin
from framegate.engine.admin import Admin
from framegate.settings import Settings, from_environment
from framegate.store import Store

T = TypeVar("T")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database, artifacts and sandbox.")]


def settings_for(data: Path | None) -> Settings:
    return from_environment(os.environ, data=data)


def with_admin(data: Path | None, act: Callable[[Store, Admin], Awaitable[T]], *, new: bool = False) -> T:
    """Run `act` over the store of this data folder; a gateway may be serving from it.

    Where there is none, a `new` one is made; else the command ends: a misspelt folder is no gateway, and its books
    would balance.
    """
    settings = settings_for(data)
    if not new and not has_database(settings):
        sys.exit(
            f"framegate: there is no database in {settings.data}: is it the right --data? `framegate serve` makes one"
        )

    async def run() -> T:
        async with open_admin(settings) as (store, admin):
            return await act(store, admin)

    return asyncio.run(run())


def has_database(settings: Settings) -> bool:
    """Whether there is one to open; PostgreSQL is asked only by opening it."""
    url = database_url(settings)
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()
