"""Webhooks of finished videos, checked by OpenAI's own SDK."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import openai
import pytest

from running import Gateway, running


@dataclass(frozen=True)
class Receiver:
    """A customer's server: where it is, and what came."""

    url: str
    came: queue.Queue[tuple[dict[str, str], bytes]]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    came: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            came.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook", came)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running(tmp_path_factory.mktemp("webhooks") / "data", notice_hosts="127.0.0.1") as gateway:
        yield gateway


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prompt", "kind"), [("a fox", "video.completed"), ("a fox [sandbox:fail]", "video.failed")]
)
def test_the_end_of_a_video_is_told(own: Gateway, receiver: Receiver, prompt: str, kind: str) -> None:
    made = own.call("POST", "/v1/videos", {"prompt": prompt, "callback_url": receiver.url}).json
    headers, body = receiver.came.get(timeout=30)
    event = json.loads(body)
    assert {"id", "object", "created_at", "type", "data"} == set(event)
    assert ("event", kind, {"id": made["id"]}) == (event["object"], event["type"], event["data"])
    assert event["id"].startswith("evt_")
    [secret] = own.admin("GET", "/accounts/default/notice-secret").json["secrets"]
    with openai.OpenAI(base_url=f"{own.url}/v1", api_key=own.key, webhook_secret=secret) as client:
        client.webhooks.verify_signature(body, headers)
        with pytest.raises(openai.InvalidWebhookSignatureError):
            client.webhooks.verify_signature(body + b" ", headers)
