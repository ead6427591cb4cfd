"""`kill -9` in the middle of a rendering: after a restart the task ends well and is charged once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from running import Gateway, start


@pytest.mark.parametrize("group", [False, True], ids=["process", "group"])
def test_a_task_survives_kill_9(tmp_path: Path, database: dict[str, str], group: bool) -> None:
    data = tmp_path / "data"
    gateway = start(data, **database)
    try:
        task = gateway.submit({"model": "gen3a_turbo", "prompt": "waves [sandbox:delay=3]", "seconds": 5})
        under_way(gateway, task["id"])
        gateway.kill(group=group)
        gateway = start(data, **database)
        ended = gateway.finished(task["id"])
        assert ("succeeded", "0.25") == (ended["status"], ended["cost"]["charged"])
        assert 1 == len(ended["artifacts"])
        entries = gateway.admin("GET", "/accounts/default/entries").json["data"]
        assert ["settle", "hold", "topup"] == [entry["kind"] for entry in entries]
        assert "99.75" == gateway.admin("GET", "/accounts/default").json["balance"]
        assert {"balanced": True, "findings": []} == gateway.admin("GET", "/ledger/check").json
        assert "balanced" == gateway.books()
    finally:
        gateway.stop()


def under_way(gateway: Gateway, task_id: str) -> None:
    """Returns when the upstream works on the task."""
    end = time.monotonic() + 20
    while gateway.call("GET", f"/v1/tasks/{task_id}").json["status"] != "running":
        assert time.monotonic() < end, gateway.tail()
        time.sleep(0.02)
