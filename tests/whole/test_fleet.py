"""Several processes on one PostgreSQL: every task is driven once, the sandbox's by the one process that runs it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Server
from running import Gateway, start

TASK = {"model": "gen4_turbo", "prompt": "a lake [sandbox:delay=1]", "seconds": 5}


@pytest.fixture
def fleet(tmp_path: Path, cluster: Server) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways over one database and one data folder, as `serve --workers 2` makes them."""
    url = asyncio.run(cluster.create())
    first = start(tmp_path / "data", database_url=url)
    second = start(tmp_path / "data", database_url=url)
    yield first, second
    first.stop()
    second.stop()
    asyncio.run(cluster.drop(url))


@pytest.mark.slow
def test_the_sandbox_runs_in_one_process_and_moves_when_it_dies(fleet: tuple[Gateway, Gateway]) -> None:
    first, second = fleet
    made = [gateway.submit(TASK)["id"] for gateway in (first, second) for _ in range(3)]
    for task_id in made:
        assert "succeeded" == second.finished(task_id)["status"]
    calls = [call for task_id in made for call in second.admin("GET", f"/tasks/{task_id}").json["calls"]]
    assert 6 == sum(call["what"] == "submit" for call in calls)
    last = second.submit({**TASK, "prompt": "a lake [sandbox:delay=3]"})["id"]
    first.kill(group=True)
    ended = second.finished(last, within=90)
    assert ("succeeded", "0.25") == (ended["status"], ended["cost"]["charged"])
    assert {"balanced": True, "findings": []} == second.admin("GET", "/ledger/check").json
