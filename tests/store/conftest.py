"""Every test of the store runs on both databases: `store` is one, `url` is where it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from framegate.store import Store, open_store

NOW = 1_000_000
"""What the clock of the SQLite stores says."""

Opener = Callable[[], Awaitable[Store]]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/framegate.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def open_again(url: str) -> AsyncIterator[Opener]:
    """Opens one more store on the same database, as another process would."""
    opened: list[Store] = []

    async def again() -> Store:
        opened.append(await open_store(url, clock=lambda: NOW, exclusive=False))
        return opened[-1]

    yield again
    await asyncio.gather(*(store.close() for store in opened))


@pytest.fixture
async def store(open_again: Opener) -> Store:
    return await open_again()
