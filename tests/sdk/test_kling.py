"""Kling's older API as its documents show it: there is no SDK, but a token that the client signs, and plain HTTP."""

from __future__ import annotations

import asyncio
import base64
import io
import time
from collections.abc import Iterator
from typing import Any

import av
import httpx
import jwt
import pytest
from PIL import Image

from running import Gateway

TEXT = "/kling/v1/videos/text2video"
IMAGE = "/kling/v1/videos/image2video"


def encode_jwt_token(access_key: str, secret_key: str, **claims: Any) -> str:
    """The documents' own function: half an hour, five seconds back."""
    headers = {"alg": "HS256", "typ": "JWT"}
    now = int(time.time())
    payload = {"iss": access_key, "exp": now + 1800, "nbf": now - 5, **claims}
    return jwt.encode(payload, secret_key, headers=headers)


@pytest.fixture(scope="module")
def pair(gateway: Gateway) -> tuple[str, str]:
    """The access key and the secret key, as the operator hands them out."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    printed = gateway.command("keys", "secret", key_id).stdout
    access, secret = (line.partition(": ")[2] for line in printed.splitlines())
    assert access == key_id
    assert gateway.admin("GET", f"/keys/{key_id}/secret").json == {"access_key": access, "secret_key": secret}
    return access, secret


@pytest.fixture
def client(gateway: Gateway, pair: tuple[str, str]) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {encode_jwt_token(*pair)}"}
    with httpx.Client(base_url=gateway.url, headers=headers, timeout=30) as found:
        yield found


def good(response: httpx.Response) -> Any:
    body = response.json()
    assert (200, 0, "SUCCEED") == (response.status_code, body["code"], body["message"]), body
    return body["data"]


def finished(client: httpx.Client, path: str, task_id: str) -> Any:
    end = time.monotonic() + 60
    while True:
        task = good(client.get(f"{path}/{task_id}"))
        if task["task_status"] in {"succeed", "failed"}:
            return task
        assert time.monotonic() < end, task
        time.sleep(0.1)


def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((320, 320), 60).convert("RGB").save(file, "PNG")
    return file.getvalue()


def test_a_video_from_words(client: httpx.Client) -> None:
    made = good(
        client.post(
            TEXT, json={"model_name": "kling-v2-6", "prompt": "a paper boat", "duration": "5", "mode": "std"}
        )
    )
    assert "submitted" == made["task_status"]
    assert made["task_id"].isdigit()
    task = finished(client, TEXT, made["task_id"])
    assert ("succeed", "") == (task["task_status"], task["task_status_msg"])
    [video] = task["task_result"]["videos"]
    content = httpx.get(video["url"], timeout=30).content
    assert b"ftyp" == content[4:8]
    with av.open(io.BytesIO(content)) as file:
        assert float(video["duration"]) == pytest.approx(float(file.duration or 0) / av.time_base, abs=0.1)
        assert float(video["duration"]) == pytest.approx(5, abs=0.2)
    assert "1.5" == task["final_unit_deduction"]  # 5 s at 0.042 USD, 0.14 USD a unit


def test_a_video_from_bare_base64(client: httpx.Client) -> None:
    body = {
        "model_name": "kling-v2-5-turbo",
        "image": base64.b64encode(picture()).decode(),
        "prompt": "it moves",
        "external_task_id": f"image-{time.time_ns()}",
    }
    made = good(client.post(IMAGE, json=body))
    assert {"external_task_id": body["external_task_id"]} == made["task_info"]
    task = finished(client, IMAGE, body["external_task_id"])
    assert (made["task_id"], "succeed") == (task["task_id"], task["task_status"])


async def test_tasks_made_at_once_are_listed_in_pages(gateway: Gateway, pair: tuple[str, str]) -> None:
    headers = {"authorization": f"Bearer {encode_jwt_token(*pair)}"}
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=30) as client:
        body = {"model_name": "kling-v1", "prompt": "a fox"}
        answers = await asyncio.gather(*(client.post(TEXT, json=body) for _ in range(3)))
        made = {good(answer)["task_id"] for answer in answers}
        pages = [await client.get(TEXT, params={"pageNum": n, "pageSize": 2}) for n in (1, 2)]
        listed = [[task["task_id"] for task in good(page)] for page in pages]
        assert made <= {*listed[0], *listed[1]}
        assert set() == {*listed[0]} & {*listed[1]}
        other = good(await client.get(IMAGE, params={"pageSize": 500}))
        assert set() == made & {task["task_id"] for task in other}


def test_a_task_is_found_under_its_own_path_alone(client: httpx.Client) -> None:
    made = good(client.post(TEXT, json={"prompt": "a fox"}))
    answer = client.get(f"{IMAGE}/{made['task_id']}")
    assert (404, 1203) == (answer.status_code, answer.json()["code"])


def test_an_own_id_is_good_once(client: httpx.Client) -> None:
    body = {"prompt": "a fox", "external_task_id": f"fox-{time.time_ns()}"}
    good(client.post(TEXT, json=body))
    answer = client.post(TEXT, json=body)
    assert (400, 1201) == (answer.status_code, answer.json()["code"])
    assert "external_task_id" in answer.json()["message"]


@pytest.mark.parametrize("directive", ["fail", "moderate", "moderate=output"])
def test_a_failed_task_is_a_good_answer_that_says_failed(client: httpx.Client, directive: str) -> None:
    made = good(client.post(TEXT, json={"prompt": f"a fox [sandbox:{directive}]"}))
    task = finished(client, TEXT, made["task_id"])
    assert ("failed", {}, "0") == (task["task_status"], task["task_result"], task["final_unit_deduction"])
    assert task["task_status_msg"]


def test_what_is_left_is_told_in_units(client: httpx.Client) -> None:
    costs = good(client.get("/kling/account/costs", params={"start_time": 0, "end_time": 1}))
    [pack] = costs["resource_pack_subscribe_infos"]
    assert ("online", True) == (pack["status"], 0 < pack["remaining_quantity"] <= pack["total_quantity"])


def refused(gateway: Gateway, token: str | None) -> tuple[int, int, str]:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = httpx.get(f"{gateway.url}{TEXT}", headers=headers)
    return answer.status_code, answer.json()["code"], answer.json()["message"]


def test_a_wrong_secret_is_refused(gateway: Gateway, pair: tuple[str, str]) -> None:
    status, code, message = refused(gateway, encode_jwt_token(pair[0], "0" * 48))
    assert (401, 1002) == (status, code)
    assert "not signed with this access key's secret" in message


def test_a_foreign_key_is_refused(gateway: Gateway, pair: tuple[str, str]) -> None:
    stranger = "key_01K8ZQ3V6T9M2B4C5D6E7F8G9H"
    assert (401, 1002) == refused(gateway, encode_jwt_token(stranger, pair[1]))[:2]
    assert (401, 1002) == refused(gateway, "fg-nobody-knows-this-key")[:2]


def test_a_token_is_good_in_its_time_alone(gateway: Gateway, pair: tuple[str, str]) -> None:
    now = int(time.time())
    assert (401, 1004) == refused(gateway, encode_jwt_token(*pair, exp=now - 100))[:2]
    assert (401, 1003) == refused(gateway, encode_jwt_token(*pair, nbf=now + 100))[:2]
    assert (401, 1002) == refused(gateway, encode_jwt_token(*pair, exp="later"))[:2]


def test_nobody_is_refused(gateway: Gateway) -> None:
    assert (401, 1001) == refused(gateway, None)[:2]


def test_a_token_that_another_algorithm_signed_is_refused(gateway: Gateway, pair: tuple[str, str]) -> None:
    claims = {"iss": pair[0], "exp": int(time.time()) + 1800}
    for algorithm in ("none", "HS512"):
        secret = None if algorithm == "none" else "0" * 64
        token = jwt.encode(claims, secret, algorithm=algorithm)
        assert (401, 1002) == refused(gateway, token)[:2], algorithm


def test_a_plain_key_works_too(gateway: Gateway) -> None:
    answer = gateway.call("GET", TEXT)
    assert (200, 0) == (answer.status, answer.json["code"])


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "word"),
    [
        (TEXT, {}, 400, 1201, "prompt"),
        (TEXT, {"prompt": "a", "model_name": "kling-v9"}, 400, 1201, "model_name"),
        (TEXT, {"prompt": "a", "duration": "5s"}, 400, 1201, "duration"),
        (TEXT, {"prompt": "a", "cfg_scale": 2}, 400, 1201, "cfg_scale"),
        (TEXT, {"prompt": "a", "fps": 2}, 400, 1201, "fps"),
        (IMAGE, {"image": "not a picture"}, 400, 1201, "image"),
        (IMAGE, {"image": "http://127.0.0.1:1/a.png"}, 400, 1201, "image"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: httpx.Client, path: str, body: Any, status: int, code: int, word: str
) -> None:
    answer = client.post(path, json=body)
    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert word in answer.json()["message"]


def test_what_is_no_json_and_what_is_no_path(client: httpx.Client) -> None:
    answer = client.post(TEXT, content=b"{", headers={"content-type": "application/json"})
    assert (400, 1200) == (answer.status_code, answer.json()["code"])
    answer = client.delete(TEXT)
    assert (404, 1202) == (answer.status_code, answer.json()["code"])
    answer = client.get(f"{TEXT}/831922345719271433")
    assert (404, 1203) == (answer.status_code, answer.json()["code"])
