"""Dying between any two steps of the lifecycle: no task lost, none ordered twice, no hold orphaned, books balanced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.deaths import LIVES, Life, live
from databases import Server
from vendors import Vendor, vendor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def all_deaths(tmp_path: Path, counting: Vendor, lived: Life, server: Server | None) -> int:
    """Die once at each step, on PostgreSQL at every fourth; how many steps there were."""
    n, flaws = 0, {}
    while True:
        n += 4 if server else 1
        url = await server.create() if server else ""
        found = await live(tmp_path / str(n), counting, lived, (n,), url)
        if server:
            await server.drop(url)
        if found.flaws:
            flaws[f"{n}: {found.steps[-1]}"] = found.flaws
        if not found.deaths:
            assert {} == flaws
            return n - 1


@pytest.mark.parametrize("lived", LIVES, ids=lambda lived: lived.name)
async def test_a_death_at_any_step_loses_and_doubles_nothing(
    tmp_path: Path, counting: Vendor, lived: Life
) -> None:
    assert await all_deaths(tmp_path, counting, lived, None) > 5


async def test_the_same_on_postgresql(tmp_path: Path, counting: Vendor, cluster: Server) -> None:
    lived = next(lived for lived in LIVES if lived.name == "its answer lost, sent again")
    assert await all_deaths(tmp_path, counting, lived, cluster) > 20


async def test_dying_again_and_again(tmp_path: Path, counting: Vendor) -> None:
    """Five deaths in one life, close together: recovery is itself interrupted."""
    for first in range(8, 20, 3):
        found = await live(tmp_path / f"again-{first}", counting, LIVES[1], (first, 4, 6, 3, 5))
        assert ([], 5) == (found.flaws, found.deaths)
