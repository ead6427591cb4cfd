"""The native tasks API against a running gateway: follow, wait, repeat, list, cancel."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from running import Gateway

TASK = {"model": "gen4_turbo", "prompt": "a heron over a lake", "seconds": 5}


def test_a_task_is_followed_by_its_events(gateway: Gateway) -> None:
    task = gateway.submit({**TASK, "prompt": "a heron [sandbox:delay=1]"})
    request = urllib.request.Request(
        f"{gateway.url}/v1/tasks/{task['id']}/events", headers={"authorization": f"Bearer {gateway.key}"}
    )
    with urllib.request.urlopen(request, timeout=60) as stream:
        assert "text/event-stream" == stream.headers["content-type"]
        assert (task["id"], "true") == (
            stream.headers["x-framegate-task"],
            stream.headers["x-framegate-sandbox"],
        )
        blocks = stream.read().decode().strip().split("\n\n")
    events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    assert ["update"] * (len(events) - 1) + ["done"] == [event["event"] for event in events]
    told = [json.loads(event["data"]) for event in events]
    progress = [item["progress"] for item in told]
    assert sorted(progress) == progress
    assert len(set(progress)) > 2
    assert "succeeded" == told[-1]["status"]


def test_head_of_the_events_does_not_wait_for_them(gateway: Gateway) -> None:
    task = gateway.submit({**TASK, "prompt": "a heron [sandbox:stall]"})
    head = gateway.call("HEAD", f"/v1/tasks/{task['id']}/events")
    assert (200, b"") == (head.status, head.body)
    assert "cancelled" == gateway.call("DELETE", f"/v1/tasks/{task['id']}").json["status"]


def test_nothing_is_held_for_a_task_that_was_settled(gateway: Gateway) -> None:
    task = gateway.submit(TASK)
    assert (task["cost"]["estimated"], None) == (task["cost"]["held"], task["cost"]["charged"])
    cost = gateway.finished(task["id"])["cost"]
    assert ("0.00", cost["estimated"]) == (cost["held"], cost["charged"])


def test_prefer_wait_answers_when_it_is_done_or_when_time_is_up(gateway: Gateway) -> None:
    done = gateway.call("POST", "/v1/tasks", TASK, headers={"prefer": "wait=60"})
    assert ("succeeded", "wait=60") == (done.json["status"], done.headers["preference-applied"])
    slow = {**TASK, "prompt": "a heron [sandbox:delay=30]"}
    early = gateway.call("POST", "/v1/tasks", slow, headers={"prefer": "wait=1"})
    assert early.json["status"] in {"queued", "sending", "running"}
    gateway.call("DELETE", f"/v1/tasks/{early.json['id']}")


def test_the_same_idempotency_key_is_the_same_task(gateway: Gateway) -> None:
    headers = {"idempotency-key": "order-1"}
    first = gateway.submit(TASK, headers=headers)
    assert first["id"] == gateway.submit(TASK, headers=headers)["id"]
    other = gateway.call("POST", "/v1/tasks", {**TASK, "seconds": 10}, headers=headers)
    assert (409, "Idempotency-Key") == (other.status, other.json["field"])


def test_an_sdks_own_retry_is_the_same_task(gateway: Gateway) -> None:
    body = {**TASK, "prompt": "sent again by its SDK"}
    first = gateway.submit(body, headers={"x-stainless-retry-count": "0"})
    again = gateway.submit(body, headers={"x-stainless-retry-count": "1"})
    anew = gateway.submit(body, headers={"x-stainless-retry-count": "0"})
    assert first["id"] == again["id"]
    assert first["id"] != anew["id"]


def test_tasks_are_listed_page_by_page(gateway: Gateway) -> None:
    gateway.admin("POST", "/accounts", {"name": "lister", "credit": "10"})
    key = gateway.admin("POST", "/keys", {"account": "lister"}).json["key"]
    made = [gateway.submit({**TASK, "prompt": f"number {n}"}, key=key)["id"] for n in range(5)]

    def page(query: str) -> Any:
        return gateway.call("GET", f"/v1/tasks?{query}", key=key).json

    first = page("limit=2")
    second = page(f"limit=2&after={first['next']}")
    third = page(f"limit=2&after={second['next']}")
    assert made[::-1] == [task["id"] for part in (first, second, third) for task in part["data"]]
    assert third["next"] is None
    for task_id in made:
        gateway.finished(task_id, key=key)
    assert 5 == len(page("status=succeeded&model=gen4_turbo")["data"])
    assert [] == page("status=failed")["data"]


def test_a_running_task_is_cancelled(gateway: Gateway) -> None:
    task = gateway.submit({**TASK, "prompt": "[sandbox:delay=60] slow"})
    answer = gateway.call("POST", f"/v1/tasks/{task['id']}/cancel", {})
    ended = gateway.finished(task["id"])
    assert ("cancelled", "0.00") == (ended["status"], ended["cost"]["charged"])
    assert 200 == answer.status
    assert "cancelled" == gateway.call("DELETE", f"/v1/tasks/{task['id']}").json["status"]


def test_models_in_both_forms(gateway: Gateway) -> None:
    openai = gateway.call("GET", "/v1/models").json
    assert "list" == openai["object"]
    assert "gen3a_turbo" in {model["id"] for model in openai["data"]}
    claude = gateway.call("GET", "/v1/models", headers={"anthropic-version": "2023-06-01"}).json
    assert {"data", "has_more", "first_id", "last_id"} == set(claude)
    assert "model" == claude["data"][0]["type"]


def test_prices_come_with_a_worked_example(gateway: Gateway) -> None:
    rows = gateway.call("GET", "/api/prices", key="").json["data"]
    row = next(row for row in rows if row["model"] == "gen4_turbo")
    assert ("second", "0.05") == (row["unit"], row["usd"])
    assert row["example"]
    assert row["source"]
    models = [model["id"] for model in gateway.call("GET", "/v1/models").json["data"]]
    assert models == list(dict.fromkeys(row["model"] for row in rows))
    assert ("gen4_turbo", ["sandbox"]) == (row["as"], [r["as"] for r in rows if r["model"] == "gen3a"])
