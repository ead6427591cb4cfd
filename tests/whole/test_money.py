"""A balance cannot be overdrawn by asking many times at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from running import Gateway, running

TASK = {"model": "gen3a_turbo", "prompt": "waves [sandbox:delay=2]", "seconds": 5}  # 5 s at $0.05
CREDIT_FOR_50 = "12.50"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_200_submits_at_once_with_credit_for_50(tmp_path: Path, database: dict[str, str]) -> None:
    with running(tmp_path / "data", bootstrap_credit=CREDIT_FOR_50, **database) as gateway:
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: gateway.call("POST", "/v1/tasks", TASK), range(200)))
        assert {201: 50, 402: 150} == dict(Counter(answer.status for answer in answers))
        refused = next(answer for answer in answers if answer.status == 402)
        assert "this costs $0.25 and the balance is $0.00" in refused.json["detail"]
        assert "0.00" == gateway.admin("GET", "/accounts/default").json["balance"]
        tasks = [gateway.finished(a.json["id"], within=200) for a in answers if a.status == 201]
        assert {("succeeded", "0.25")} == {(task["status"], task["cost"]["charged"]) for task in tasks}
        account = gateway.admin("GET", "/accounts/default").json
        assert ("0.00", "0.00") == (account["balance"], account["held"])
        assert {"balanced": True, "findings": []} == gateway.admin("GET", "/ledger/check").json


def test_a_cancelled_a_failed_and_a_moderated_task_cost_nothing(
    tmp_path: Path, database: dict[str, str]
) -> None:
    with running(tmp_path / "data", bootstrap_credit="5", **database) as gateway:
        made = [
            gateway.submit({**TASK, "prompt": f"waves {directive}"})
            for directive in ("[sandbox:delay=60]", "[sandbox:fail]", "[sandbox:moderate]")
        ]
        gateway.call("POST", f"/v1/tasks/{made[0]['id']}/cancel", {})
        ended = [gateway.finished(task["id"]) for task in made]
        assert ["cancelled", "failed", "failed"] == [task["status"] for task in ended]
        assert ["0.00"] * 3 == [task["cost"]["charged"] for task in ended]
        assert "moderated" == ended[2]["failure"]["code"]
        account = gateway.admin("GET", "/accounts/default").json
        assert ("5.00", "0.00") == (account["balance"], account["held"])
        assert {"balanced": True, "findings": []} == gateway.admin("GET", "/ledger/check").json


def test_an_edit_is_held_for_at_the_longest_and_charged_for_what_it_became(gateway: Gateway) -> None:
    """At $0.126 a second of 720p: 16 s at most, as long as the three seconds that are given in the end."""
    film = gateway.finished(gateway.submit({"model": "gen4.5", "prompt": "waves", "seconds": 3})["id"])
    body = {
        "model": "kling-3.0-omni",
        "prompt": "at night",
        "action": "edit",
        "inputs": [{"role": "video", "url": film["artifacts"][0]["url"]}],
    }
    task = gateway.finished(gateway.submit(body)["id"])
    assert ("2.016", "0.378") == (task["cost"]["estimated"], task["cost"]["charged"])
    assert 3.0 == task["artifacts"][0]["seconds"]
