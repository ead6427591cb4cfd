"""`kill -9` at random instants, of the process, its group and its database, with everything in flight."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crash.storm import Summary, storm
from databases import postgres_server
from vendors import vendor

pytestmark = pytest.mark.slow


def sound(found: Summary) -> None:
    assert ([], 0, 0, 0, 0) == (found.flaws, found.lost, found.doubled, found.unbalanced, found.orphaned)
    assert found.tasks > 10
    assert found.ended["succeeded"] > 3


def test_kill_9_on_sqlite(tmp_path: Path) -> None:
    with vendor() as counting, storm(tmp_path / "sqlite", counting, 1) as it:
        sound(it.run(kills=6, seconds=20))


def test_kill_9_on_postgresql_and_of_postgresql(tmp_path: Path) -> None:
    with vendor() as counting, postgres_server() as server:
        url = asyncio.run(server.create())
        with storm(tmp_path / "postgres", counting, 2, url=url, server=server) as it:
            found = it.run(kills=6, seconds=20)
    sound(found)
    assert found.database_kills > 0
