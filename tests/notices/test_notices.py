"""Notices: signed as the Standard Webhooks library expects, tried again, never to a stranger's private address."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from running import Gateway, running

TASK = {"model": "gen4_turbo", "prompt": "a lake", "seconds": 5}


class Receiver:
    """A customer's server: keeps what comes, and answers as `answers` says (200 when it is empty)."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int, within: float = 20) -> list[tuple[dict[str, str], bytes]]:
        soon(lambda: len(self.got) >= count, within)
        return self.got


def soon(there: Callable[[], bool], within: float = 20) -> None:
    end = time.monotonic() + within
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    data = tmp_path_factory.mktemp("notices") / "data"
    with running(data, notice_hosts="127.0.0.1", bootstrap_credit="1000") as gateway:
        yield gateway


def secrets(gateway: Gateway) -> list[str]:
    return gateway.admin("GET", "/accounts/default/notice-secret").json["secrets"]


def test_the_official_library_verifies_a_notice(own: Gateway, receiver: Receiver) -> None:
    task = own.submit({**TASK, "callback_url": receiver.url})
    [(headers, body)] = receiver.wait(1)
    secret, *_ = secrets(own)
    said = Webhook(secret).verify(body, headers)
    told = said["data"]
    assert "task.succeeded" == said["type"]
    assert (task["id"], "succeeded") == (told["id"], told["status"])
    assert 200 == own.call("GET", told["artifacts"][0]["url"], key="").status
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    assert secret in own.command("accounts", "notice-secret", "default").stdout


def test_after_a_rotation_both_secrets_verify(own: Gateway, receiver: Receiver) -> None:
    [old] = secrets(own)
    own.admin("POST", "/accounts/default/notice-secret/rotate", {})
    new, still = secrets(own)
    assert old == still != new
    own.submit({**TASK, "callback_url": receiver.url})
    [(headers, body)] = receiver.wait(1)
    for secret in (old, new):
        Webhook(secret).verify(body, headers)


def test_a_failed_delivery_is_tried_again_and_logged(own: Gateway, receiver: Receiver) -> None:
    receiver.answers = [500]
    task = own.submit({**TASK, "callback_url": receiver.url})
    first, second = receiver.wait(2)
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    soon(lambda: story(own, task["id"])["notices"][0]["state"] == "sent")
    told = story(own, task["id"])
    assert [(500, "answered with status 500"), (200, None)] == [
        (tried["status"], tried["error"]) for tried in told["deliveries"]
    ]
    assert "after 2 tries" in own.command("tasks", "explain", task["id"]).stdout


def test_a_notice_is_sent_again_on_demand(own: Gateway, receiver: Receiver) -> None:
    task = own.submit({**TASK, "callback_url": receiver.url})
    receiver.wait(1)
    soon(lambda: story(own, task["id"])["notices"][0]["state"] == "sent")
    notice = story(own, task["id"])["notices"][0]["id"]
    assert 200 == own.admin("POST", f"/notices/{notice}/redeliver", {}).status
    first, second = receiver.wait(2)
    assert first[1] == second[1]
    assert 404 == own.admin("POST", "/notices/msg_none/redeliver", {}).status


def test_a_dialects_own_callback_body(own: Gateway, receiver: Receiver) -> None:
    body = {
        "taskType": "gen3a",
        "options": {"text_prompt": "a lake", "seconds": 5},
        "notify_hook": receiver.url,
    }
    created = own.call("POST", "/runway/v2/tasks", body).json["task"]
    [(headers, said)] = receiver.wait(1)
    Webhook(secrets(own)[0]).verify(said, headers)
    assert (created["id"], "SUCCEEDED") == (
        (told := json.loads(said)["task"])["id"],
        told["status"],
    )


def test_a_private_address_is_not_called(tmp_path: Path, receiver: Receiver) -> None:
    """Refused where the URL says it; a task that was made while it was admitted is finished, and tells nobody."""
    with running(tmp_path / "data", notice_hosts="127.0.0.1") as gateway:
        task = gateway.submit({**TASK, "prompt": "[sandbox:delay=3]", "callback_url": receiver.url})
        gateway.kill()
    with running(tmp_path / "data") as gateway:
        refused = gateway.call("POST", "/v1/tasks", {**TASK, "callback_url": receiver.url})
        assert (422, "callback_url") == (refused.status, refused.json["field"])
        assert "succeeded" == gateway.finished(task["id"])["status"]
        soon(lambda: bool(story(gateway, task["id"])["deliveries"]))
        [tried] = story(gateway, task["id"])["deliveries"]
        assert (None, True) == (tried["status"], "not public" in tried["error"])
    assert [] == receiver.got


def test_a_notice_survives_kill_9(tmp_path: Path, receiver: Receiver) -> None:
    """The receiver is away when the task ends; the gateway is killed; a new one still has the notice to send."""
    settings = {"notice_hosts": "127.0.0.1"}
    receiver.answers = [503]
    with running(tmp_path / "data", **settings) as gateway:
        task = gateway.submit({**TASK, "callback_url": receiver.url})
        receiver.wait(1)
        gateway.kill()
    with running(tmp_path / "data", **settings) as gateway:
        receiver.wait(2, within=60)
        soon(lambda: story(gateway, task["id"])["notices"][0]["state"] == "sent")


def story(gateway: Gateway, task_id: str) -> dict[str, Any]:
    return gateway.admin("GET", f"/tasks/{task_id}").json


def test_a_receiver_that_hangs_holds_up_nobody_else(own: Gateway, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        hanging = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        made = [own.submit({**TASK, "callback_url": hanging})["id"] for _ in range(3)]
        for task_id in made:
            own.finished(task_id)
        own.submit({**TASK, "callback_url": receiver.url})
        receiver.wait(1, within=10)
