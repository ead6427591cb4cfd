"""The database goes away under a running gateway: every client hears so in its own words, and nothing is paid twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from databases import Server, postgres_server
from running import Answer, Gateway, running

PRICE = 0.25
"""USD of five seconds of gen3a_turbo."""
TASK = {"model": "gen3a_turbo", "prompt": "waves", "seconds": 5}
SUBMITS: dict[str, tuple[str, Any]] = {
    "native": ("/v1/tasks", TASK),
    "runway": ("/runway/v2/tasks", {"taskType": "gen3a", "options": {"text_prompt": "waves"}}),
    "kling": ("/kling/v1/videos/text2video", {"model_name": "kling-v1", "prompt": "waves"}),
    "luma": ("/luma/dream-machine/v1/generations", {"model": "ray-2", "prompt": "waves"}),
    "cogvideox": ("/cogvideox/v1/videos/generations", {"model": "cogvideox-3", "prompt": "waves"}),
    "openai": ("/v1/videos", {"model": "sora-2", "prompt": "waves"}),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL of this file's own: it is killed here."""
    with postgres_server() as found:
        yield found


@pytest.fixture
def gateway(server: Server, tmp_path: Path) -> Iterator[Gateway]:
    url = asyncio.run(server.create())
    with running(tmp_path / "data", database_url=url) as found:
        yield found


def told(answer: Answer) -> str:
    return json.dumps(answer.json)


def test_every_client_hears_that_the_database_is_out_of_reach(server: Server, gateway: Gateway) -> None:
    known = gateway.submit(TASK)
    server.kill()
    try:
        answers = {name: gateway.call("POST", path, body) for name, (path, body) in SUBMITS.items()}
        answers |= {
            "show": gateway.call("GET", f"/v1/tasks/{known['id']}"),
            "list": gateway.call("GET", "/v1/tasks"),
        }
        answers |= {"admin": gateway.admin("GET", "/accounts"), "health": gateway.call("GET", "/health")}
    finally:
        server.start()
    assert dict.fromkeys(answers, 503) == {name: answer.status for name, answer in answers.items()}
    assert {} == {n: a.headers for n, a in answers.items() if not a.headers.get("retry-after", "").isdigit()}
    assert {} == {n: told(a) for n, a in answers.items() if "database" not in told(a)}
    forms = {name: sorted(answers[name].json) for name in SUBMITS}
    assert forms["native"] != forms["kling"], "each in its dialect's own form"
    assert "code" in answers["kling"].json
    assert "succeeded" == gateway.finished(known["id"])["status"], (
        "the gateway goes on when the database is back"
    )
    assert "balanced" == gateway.books()


def test_who_asks_again_after_the_database_died_pays_once(server: Server, gateway: Gateway) -> None:
    """Clients submit while it dies and come again with their keys: a task each, and one price each."""
    under_way, gone = Event(), Event()

    def submit(number: int) -> Answer:
        if number == 8:
            under_way.set()
        return gateway.call("POST", "/v1/tasks", TASK, headers={"idempotency-key": f"client-{number}"})

    def kill() -> None:
        under_way.wait(20)
        server.kill()
        gone.set()

    with ThreadPoolExecutor(9) as pool:
        death = pool.submit(kill)
        first = list(pool.map(submit, range(40)))
        death.result()
    assert gone.is_set()
    server.start()
    assert {503} >= {answer.status for answer in first} - {200, 201}
    assert 503 in {answer.status for answer in first}, "some came too late"
    again = [submit(number) for number in range(40)]
    assert {200, 201} >= {answer.status for answer in again}
    for before, after in zip(first, again, strict=True):
        if before.status != 503:
            assert before.json["id"] == after.json["id"]
    ids = {answer.json["id"] for answer in again}
    assert 40 == len(ids)
    listed = gateway.call("GET", "/v1/tasks?limit=100").json
    assert ids == {task["id"] for task in listed["data"]}, "and no other task was made"
    account = gateway.admin("GET", "/accounts/default").json
    assert 100 - 40 * PRICE == pytest.approx(float(account["balance"]))
    assert "balanced" == gateway.books()
