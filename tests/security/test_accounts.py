"""What is one account's is nobody else's: tasks, uploads, parents, names, links and keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from framegate.artifacts.links import BadLink, Links
from running import ADMIN, Gateway

TASK = {"model": "gen3a_turbo", "prompt": "waves", "seconds": 5}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DAY = 86_400_000


@pytest.fixture
def other(gateway: Gateway) -> str:
    """The key of another account that can pay."""
    name = f"other-{time.monotonic_ns()}"
    assert 201 == gateway.admin("POST", "/accounts", {"name": name, "credit": "100"}).status
    return gateway.admin("POST", "/keys", {"account": name}).json["key"]


def test_a_task_of_another_account_is_not_there(gateway: Gateway, other: str) -> None:
    mine = gateway.finished(gateway.submit({**TASK, "extra": {}})["id"])["id"]
    for method, path in (
        ("GET", f"/v1/tasks/{mine}"),
        ("POST", f"/v1/tasks/{mine}/cancel"),
        ("DELETE", f"/v1/tasks/{mine}"),
        ("GET", f"/v1/tasks/{mine}/events"),
    ):
        answer = gateway.call(method, path, key=other)
        assert (404, path) == (answer.status, path)
    child = gateway.call("POST", "/v1/tasks", {**TASK, "parent": mine}, key=other)
    assert (404, "parent") == (child.status, child.json["field"])
    assert 422 == gateway.call("GET", f"/v1/tasks?after={mine}", key=other).status
    assert [] == gateway.call("GET", "/v1/tasks", key=other).json["data"]


def test_a_name_that_a_client_gave_a_task_is_its_accounts_own(gateway: Gateway, other: str) -> None:
    name = f"boat-{time.monotonic_ns()}"
    body = {"model_name": "kling-v1", "prompt": "waves", "external_task_id": name}
    first = gateway.call("POST", "/kling/v1/videos/text2video", body)
    assert 200 == first.status
    assert 404 == gateway.call("GET", f"/kling/v1/videos/text2video/{name}", key=other).status
    assert 200 == gateway.call("POST", "/kling/v1/videos/text2video", body, key=other).status


def test_an_idempotency_key_is_its_accounts_own(gateway: Gateway, other: str) -> None:
    headers = {"idempotency-key": f"mine-{time.monotonic_ns()}"}
    mine = gateway.call("POST", "/v1/tasks", TASK, headers=headers).json["id"]
    assert mine != gateway.call("POST", "/v1/tasks", TASK, headers=headers, key=other).json["id"]
    assert mine == gateway.call("POST", "/v1/tasks", TASK, headers=headers).json["id"]


def test_an_upload_is_its_accounts_own_and_is_filled_once(gateway: Gateway, other: str) -> None:
    slot = gateway.call("POST", "/v1/uploads", {"filename": "a.png"}).json
    put = slot["put_url"] if "put_url" in slot else next(v for v in slot.values() if "_jwt" in str(v))
    assert 200 == gateway.call("PUT", put, PNG, key="").status
    assert 200 == gateway.call("PUT", put, PNG, key="").status, "the same bytes again, as after a lost answer"
    changed = gateway.call("PUT", put, PNG + b"\x00", key="")
    assert 409 == changed.status, changed.body
    upload = f"upload:{slot['id']}"
    body = {**TASK, "inputs": [{"role": "first_frame", "url": upload}]}
    theirs = gateway.call("POST", "/v1/tasks", body, key=other)
    assert (422, "inputs[0].url") == (theirs.status, theirs.json["field"])
    assert 201 == gateway.call("POST", "/v1/tasks", body).status


def test_a_customers_key_opens_no_door_of_the_operators_and_the_other_way_round(gateway: Gateway) -> None:
    assert 401 == gateway.call("GET", "/admin/v1/keys").status
    assert 401 == gateway.call("GET", "/v1/tasks", key=ADMIN).status
    preflight = gateway.call("OPTIONS", "/admin/v1/keys", headers={"origin": "https://evil.example"}, key="")
    assert [] == [name for name in preflight.headers if name.startswith("access-control")]
    answer = gateway.call("GET", "/admin/v1/keys", headers={"origin": "https://evil.example"}, key=ADMIN)
    assert (200, False) == (answer.status, "access-control-allow-origin" in answer.headers)
    basic = base64.b64encode(f"x:{ADMIN}".encode()).decode()
    assert (
        401
        == gateway.call("GET", "/admin/v1/keys", headers={"authorization": f"Basic {basic}"}, key="").status
    )
    assert 401 == gateway.call("GET", "/admin/v1/keys", headers={"cookie": f"token={ADMIN}"}, key="").status


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token(head: dict[str, Any], claims: dict[str, Any], secret: str) -> str:
    body = f"{part(head)}.{part(claims)}"
    mac = hmac.digest(secret.encode(), body.encode(), hashlib.sha256) if secret else b""
    return body + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def test_a_token_is_signed_with_its_keys_own_secret_whatever_it_says_of_itself(gateway: Gateway) -> None:
    made = gateway.admin("POST", "/keys", {"account": "default"}).json
    pair = gateway.admin("GET", f"/keys/{made['id']}/secret").json
    access, secret = pair["access_key"], pair["secret_key"]
    now = int(time.time())
    good = {"iss": access, "exp": now + 1000, "nbf": now - 5}

    def ask(text: str) -> tuple[int, str]:
        answer = gateway.call("GET", "/kling/v1/videos/text2video", key=text)
        return answer.status, str(answer.json.get("message"))

    assert 200 == ask(token({"alg": "HS256", "typ": "JWT"}, good, secret))[0]
    wrong = ask(token({"alg": "HS256"}, good, "another secret"))
    assert 401 == wrong[0]
    for head in ({"alg": "none"}, {"alg": "None"}, {"alg": "HS256"}, {"alg": "RS256"}):
        assert 401 == ask(token(head, good, ""))[0]
    assert wrong == ask(token({"alg": "HS256"}, {**good, "iss": "key_that_is_not_there"}, secret)), (
        "no list of keys"
    )
    assert wrong == ask(token({"alg": "HS256"}, good, access))
    assert 401 == ask(token({"alg": "HS256"}, {**good, "exp": now - 1000}, secret))[0]
    assert 401 == ask(token({"alg": "HS256"}, {"iss": access}, secret))[0]
    assert 401 == ask(token({"alg": "HS256"}, {**good, "exp": "9" * 20}, secret))[0]


@pytest.mark.parametrize(
    "forge",
    [
        lambda t: "",
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t.rpartition(".")[0] + ".",
        lambda t: ".".join([part({"alg": "none"}), t.split(".")[1], ""]),
        lambda t: ".".join(
            [t.split(".")[0], part({"bucket": "media", "key": "med_2", "exp": 2**40}), t.split(".")[2]]
        ),
        lambda t: "\N{SNOWMAN}." + t,
    ],
)
def test_a_link_cannot_be_made_by_others(forge: Callable[[str], str]) -> None:
    links = Links(b"k" * 32, clock=lambda: 10 * DAY)
    good = links.sign("media", "med_1")
    links.check(good, "media", "med_1")
    with pytest.raises(BadLink):
        links.check(forge(good), "media", "med_1")


def test_a_link_is_for_one_thing_and_ends() -> None:
    at = [10 * DAY]
    links = Links(b"k" * 32, clock=lambda: at[0])
    good = links.sign("media", "med_1")
    for bucket, key in (
        ("media", "med_2"),
        ("artifacts", "med_1"),
        ("uploads", "med_1"),
        ("callbacks", "med_1"),
    ):
        with pytest.raises(BadLink):
            links.check(good, bucket, key)
    at[0] = 12 * DAY
    with pytest.raises(BadLink):
        links.check(good, "media", "med_1")


def test_secrets_are_not_in_the_log(gateway: Gateway) -> None:
    """Also not those of a request that failed, nor of links."""
    task = gateway.finished(gateway.submit(TASK)["id"])
    link = task["artifacts"][0]["url"]
    gateway.call("GET", link, key="")
    gateway.call("GET", link[:-3], key="")
    gateway.call("GET", "/v1/tasks", key="fg-a-key-that-is-wrong-0123456789")
    text = gateway.log.read_text(errors="replace")
    for secret in (gateway.key, ADMIN, "_jwt", link.partition("_jwt=")[2][:40], "fg-a-key-that-is-wrong"):
        assert secret not in text
