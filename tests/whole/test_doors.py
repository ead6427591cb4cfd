"""What bad input gets: a clear error in the caller's own form, before any money moves; never a trace, never a 500."""

from __future__ import annotations

import base64
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from running import Answer, Gateway, running

GOOD = {"model": "gen3a_turbo", "prompt": "a fox", "seconds": 5}
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNw"
    "aDgAAAKEAYEml6crAAAAAElFTkSuQmCC"
)
TINY_TEXT = "data:text/plain;base64," + base64.b64encode(b"no picture at all, just words. " * 5).decode()


def balance(gateway: Gateway) -> tuple[str, str]:
    account = gateway.admin("GET", "/accounts/default").json
    return account["balance"], account["held"]


BAD: dict[str, tuple[Any, int, str | None, str]] = {
    "not JSON": (b"{", 400, None, "not valid JSON"),
    "empty": (b"", 400, None, "empty"),
    "a list": ([], 422, None, "the body: must be an object, not a list"),
    "deep": (b"[" * 100_000, 400, None, ""),
    "no model": ({"prompt": "x"}, 422, "model", "required"),
    "unknown model": ({**GOOD, "model": "gen3a_turbp"}, 422, "model", "did you mean gen3a_turbo"),
    "another case": ({**GOOD, "model": "Gen3A_Turbo "}, 422, "model", "did you mean gen3a_turbo or"),
    "nothing like it": ({**GOOD, "model": "quux"}, 422, "model", "'quux'; GET /v1/models lists them"),
    "wrong type": ({**GOOD, "seconds": "five"}, 422, "seconds", "must be a number or null, not a text"),
    "absurd seconds": ({**GOOD, "seconds": 10**9}, 422, "seconds", "at most 60"),
    "NaN": (b'{"model":"gen3a","prompt":"x","seconds":NaN}', 400, "seconds", "NaN is not a number"),
    "endless": (b'{"model":"gen3a","extra":{"a":[1,-1e999]}}', 400, "extra.a[1]", "-1e999 is not a number"),
    "many digits": (b'{"model":"gen3a","seed":' + b"9" * 9000 + b"}", 400, "seed", "99999… is not a number"),
    "not UTF-8": (b'{"model":"gen3a","prompt":"\xe9"}', 400, None, "it is not in UTF-8"),
    "absurd size": ({**GOOD, "size": "100000x4"}, 422, "size", "width x height in pixels"),
    "unknown field": ({**GOOD, "secnods": 5}, 422, "secnods", "Known are"),
    "private address": (
        {**GOOD, "inputs": [{"role": "first_frame", "url": "http://127.0.0.1:1/a.png"}]},
        422,
        "inputs[0].url",
        "the first frame cannot be used: the address of '127.0.0.1' is not public",
    ),
    "metadata address": (
        {**GOOD, "inputs": [{"role": "first_frame", "url": "http://169.254.169.254/latest"}]},
        422,
        "inputs[0].url",
        "not public",
    ),
    "no image": (
        {**GOOD, "inputs": [{"role": "first_frame", "url": TINY_TEXT}]},
        422,
        "inputs[0].url",
        "not an image",
    ),
    "no upload": (
        {
            **GOOD,
            "inputs": [{"role": "last_frame", "url": DOT}, {"role": "first_frame", "url": "upload:med_x"}],
        },
        422,
        "inputs[1].url",
        "does not exist",
    ),
    "no file in a data URI": (
        {**GOOD, "inputs": [{"role": "first_frame", "url": "data:image/png;base64,@@@@"}]},
        422,
        "inputs[0].url",
        "is cut off, or has characters",
    ),
    "a data URI in plain text": (
        {**GOOD, "inputs": [{"role": "first_frame", "url": "data:image/svg+xml,<svg/>"}]},
        422,
        "inputs[0].url",
        "write data:image/png;base64",
    ),
    "no URL at all": (
        {**GOOD, "inputs": [{"role": "first_frame", "url": "C:\\boat.jpg"}]},
        422,
        "inputs[0].url",
        "neither an http(s) URL, a data URI, nor base64",
    ),
    "a medium that the model does not take": (
        {"model": "sandbox-speech", "prompt": "x", "inputs": [{"role": "mask", "url": DOT}]},
        422,
        "inputs",
        "takes no mask",
    ),
    "no parent": ({**GOOD, "parent": "task_none"}, 404, "parent", "task_none"),
    "a callback that is no URL": ({**GOOD, "callback_url": "ftp://x"}, 422, "callback_url", "https://"),
    "a callback to this machine": (
        {**GOOD, "callback_url": "http://localhost:3000/hook"},
        422,
        "callback_url",
        "no notice can be sent there: the address of 'localhost' is not public",
    ),
    "a callback to a private address": (
        {**GOOD, "callback_url": "https://10.0.0.1/hook"},
        422,
        "callback_url",
        "FRAMEGATE_NOTICE_HOSTS",
    ),
}


@pytest.mark.parametrize(("body", "status", "field", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_and_costs_nothing(
    gateway: Gateway, body: Any, status: int, field: str | None, words: str
) -> None:
    before = balance(gateway)[1]
    answer = gateway.call("POST", "/v1/tasks", body)
    assert (status, "application/problem+json") == (answer.status, answer.headers["content-type"])
    assert field == answer.json.get("field")
    assert words in answer.json["detail"]
    assert "Traceback" not in answer.body.decode()
    assert before == balance(gateway)[1]


def test_a_missing_and_a_wrong_key(gateway: Gateway) -> None:
    for path in ("/v1/tasks", "/runway/v2/tasks/x", "/v1/models"):
        assert 401 == gateway.call("GET", path, key="").status
        assert 401 == gateway.call("GET", path, key="fg-wrong").status
    error = gateway.call("POST", "/runway/v2/tasks", {}, key="fg-wrong").json["error"]
    assert {"message", "type", "param", "code"} == set(error)


def test_a_foreign_task_is_as_unknown_as_one_that_never_was(gateway: Gateway) -> None:
    task = gateway.submit({**GOOD, "prompt": "[sandbox:delay=20]"})
    gateway.admin("POST", "/accounts", {"name": "stranger", "credit": "1"})
    stranger = gateway.admin("POST", "/keys", {"account": "stranger"}).json["key"]
    never = task["id"][:-4] + "0000"
    foreign = gateway.call("GET", f"/v1/tasks/{task['id']}", key=stranger)
    unknown = gateway.call("GET", f"/v1/tasks/{never}", key=stranger)
    assert 404 == foreign.status
    assert json.loads(foreign.body.replace(task["id"].encode(), b"")) == json.loads(
        unknown.body.replace(never.encode(), b"")
    )
    assert 404 == gateway.call("POST", f"/v1/tasks/{task['id']}/cancel", {}, key=stranger).status
    assert [] == gateway.call("GET", "/v1/tasks", key=stranger).json["data"]
    gateway.call("POST", f"/v1/tasks/{task['id']}/cancel", {})


def test_an_unknown_path_names_the_nearest_and_the_base_url(gateway: Gateway) -> None:
    answer = gateway.call("POST", "/v1/task", {})
    assert 404 == answer.status
    assert "/v1/tasks" in answer.json["detail"]
    assert gateway.url in answer.json["detail"]
    assert "/runway/v2/tasks" in gateway.call("POST", "/runway/v3/tasks", {}).json["error"]["message"]
    assert "/runway/v2/tasks" in gateway.call("POST", "/RUNWAY/V2/TASKS", {}).body.decode()
    assert 405 == gateway.call("PUT", "/v1/tasks", {}).status


def test_a_body_too_large_is_refused_before_it_is_read(gateway: Gateway) -> None:
    """The length is announced and nothing is sent: the answer comes all the same."""
    parts = urlsplit(gateway.url)
    head = f"POST /v1/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.key}\r\n"
    head += "content-length: 99999999999\r\n\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as client:
        client.sendall(head.encode())
        assert b" 413 " in client.recv(4096).splitlines()[0]


@pytest.mark.parametrize("key", ["", "fg-wrong"])
@pytest.mark.parametrize("path", ["/v1/tasks", "/nowhere"])
def test_who_sends_all_of_it_before_listening_hears_why_it_is_refused(
    gateway: Gateway, path: str, key: str
) -> None:
    """On a connection that is to be closed, as nginx's to what is behind it: unread bytes would reset it."""
    body = b'{"prompt": "' + b"x" * 40_000_000 + b'"}'
    answer = gateway.call("POST", path, body, key=key or gateway.key)
    assert answer.status == (404 if path == "/nowhere" else 401 if key else 413)


def test_too_little_credit_says_the_price_and_the_balance(gateway: Gateway) -> None:
    gateway.admin("POST", "/accounts", {"name": "poor", "credit": "0.10"})
    poor = gateway.admin("POST", "/keys", {"account": "poor"}).json["key"]
    answer = gateway.call("POST", "/v1/tasks", GOOD, key=poor)
    assert (402, "0.25", "0.10") == (answer.status, answer.json["price"], answer.json["balance"])
    assert "this costs $0.25 and the balance is $0.10" == answer.json["detail"]


def test_a_short_disk_refuses_before_any_hold(tmp_path: Path) -> None:
    with running(tmp_path / "data", min_free_disk=str(10**18)) as gateway:
        answer = gateway.call("POST", "/v1/tasks", GOOD)
        assert (503, "300") == (answer.status, answer.headers["retry-after"])
        assert ("100.00", "0.00") == balance(gateway)


def test_scopes(gateway: Gateway) -> None:
    def key(**scopes: Any) -> str:
        return gateway.admin("POST", "/keys", {"account": "default", "scopes": scopes}).json["key"]

    assert 403 == gateway.call("POST", "/v1/tasks", GOOD, key=key(models=["gen4*"])).status
    assert 403 == gateway.call("GET", "/v1/tasks", key=key(dialects=["runway"])).status
    assert 403 == gateway.call("GET", "/v1/tasks", key=key(addresses=["10.0.0.0/8"])).status
    made = gateway.admin("POST", "/keys", {"account": "default", "expires_at": 1}).json["key"]
    assert 401 == gateway.call("GET", "/v1/tasks", key=made).status
    paused = gateway.admin("POST", "/keys", {"account": "default"}).json
    gateway.admin("PATCH", f"/keys/{paused['id']}", {"paused": True})
    assert 403 == gateway.call("GET", "/v1/tasks", key=paused["key"]).status


def test_cross_origin_requests(gateway: Gateway) -> None:
    asked = {"origin": "https://app.example", "access-control-request-headers": "authorization,content-type"}
    answer = gateway.call("OPTIONS", "/runway/v2/tasks", key="", headers=asked)
    assert (204, "*") == (answer.status, answer.headers["access-control-allow-origin"])
    assert "authorization,content-type" == answer.headers["access-control-allow-headers"]
    assert "*" == gateway.call("GET", "/v1/tasks", key="").headers["access-control-allow-origin"]
    for path in ("/admin/v1/accounts", "/admin/v1/keys"):
        answer = gateway.call("OPTIONS", path, key="", headers=asked)
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-origin" not in gateway.call("GET", path, key="").headers


def test_the_operators_token_is_asked_for(gateway: Gateway) -> None:
    def status(path: str, key: str) -> Answer:
        return gateway.call("GET", path, key=key)

    assert 401 == status("/admin/v1/accounts", gateway.key).status
    assert 401 == status("/admin/v1/accounts", "").status
