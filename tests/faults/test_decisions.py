"""The operator's four decisions, at the shell and at the admin door of a running gateway."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crash.storm import config
from running import Gateway, running
from vendors import Vendor, answer, vendor

pytestmark = pytest.mark.slow


@pytest.fixture
def lost() -> Iterator[Vendor]:
    """A vendor that takes orders and does not say so."""
    with vendor() as found:
        found.always("submit", answer(408, takes=True))  # no sign of sickness: it is not paused
        yield found


def unknown(gateway: Gateway, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 20
    while len(found := gateway.admin("GET", "/tasks/unknown").json["data"]) < count:
        assert time.monotonic() < end, gateway.tail()
        time.sleep(0.05)
    return found


def test_four_sends_and_four_decisions_at_each_door(tmp_path: Path, lost: Vendor) -> None:
    with running(tmp_path / "data", config=config(lost)) as gateway:
        names = ("adopt", "refused", "resend", "write-off")
        made = {
            f"{door} {name}": gateway.submit(
                {"model": "m-openai-videos", "prompt": f"[m:{door} {name}] [v:polls=1]", "seconds": 5}
            )["id"]
            for door in ("shell", "admin")
            for name in names
        }
        listed = unknown(gateway, 8)
        assert set(made.values()) == {send["id"] for send in listed}
        assert {"sending"} == {send["state"] for send in listed}
        told = gateway.command("tasks", "unknown")
        assert all(task_id in told.stdout for task_id in made.values()), told.stderr
        lost.forgive()
        for name in names:
            handle = lost.of(f"shell {name}").id
            more = [handle] if name == "adopt" else []
            done = gateway.command("tasks", name, made[f"shell {name}"], *more)
            assert 0 == done.returncode, done.stdout + done.stderr
            body: dict[str, Any] = {"decision": name.replace("-", "_")}
            if name == "adopt":
                body["handle"] = {"id": lost.of(f"admin {name}").id}
            answer = gateway.admin("POST", f"/tasks/{made[f'admin {name}']}/decision", body)
            assert 200 == answer.status, answer.body
        ended = {name: gateway.finished(task_id)["status"] for name, task_id in made.items()}
        assert ended == {name: "failed" if "write" in name else "succeeded" for name in made}
        assert [] == gateway.admin("GET", "/tasks/unknown").json["data"]
        orders = lost.orders()
        assert {"adopt": 1, "refused": 2, "resend": 2, "write-off": 1} == {
            n: orders[f"shell {n}"] for n in names
        }
        wrong = gateway.admin("POST", f"/tasks/{made['admin adopt']}/decision", {"decision": "resend"})
        assert 409 == wrong.status
        assert "balanced" == gateway.books()
