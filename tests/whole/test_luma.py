"""Luma's web format as its clients use it: create, poll, many at once, extend, upload, download."""

from __future__ import annotations

import io
import time
from typing import Any

import av
import pytest
from PIL import Image

from running import Gateway

pytestmark = pytest.mark.slow
KEYS = (
    *(
        "id",
        "batch_id",
        "created_at",
        "prompt",
        "state",
        "pipeline_id",
        "queue_state",
        "estimate_wait_seconds",
    ),
    *("liked", "video", "video_raw", "thumbnail", "last_frame", "user_id", "server_id"),
)
DOCUMENTED = {"user_prompt": "cat dance", "aspect_ratio": "16:9", "expand_prompt": True}


def finished(gateway: Gateway, task_id: str, path: str = "/luma/v1/generations/{}") -> dict[str, Any]:
    end = time.monotonic() + 60
    while True:
        found = gateway.call("GET", path.format(task_id)).json
        if found["state"] in {"completed", "failed"}:
            return found
        assert found["state"] in {"pending", "processing"}
        assert time.monotonic() < end, found
        time.sleep(0.05)


def form(content: bytes) -> tuple[bytes, dict[str, str]]:
    edge = "edge-of-the-form"
    disposition = 'Content-Disposition: form-data; name="file"; filename="a.png"'
    head = f"--{edge}\r\n{disposition}\r\nContent-Type: image/png\r\n\r\n"
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    return body, {"content-type": f"multipart/form-data; boundary={edge}"}


def test_the_documented_request_becomes_a_video(gateway: Gateway) -> None:
    created = gateway.call("POST", "/luma/v1/generations", DOCUMENTED)
    assert (200, list(KEYS)) == (created.status, list(created.json))
    assert ("pending", "cat dance", "V1.5") == tuple(
        created.json[k] for k in ("state", "prompt", "pipeline_id")
    )
    done = finished(gateway, created.json["id"])
    assert (list(KEYS), "completed", "sandbox") == (list(done), done["state"], done["server_id"])
    assert {key: created.json[key] for key in ("id", "batch_id", "created_at", "user_id")} == {
        key: done[key] for key in ("id", "batch_id", "created_at", "user_id")
    }
    content = gateway.call("GET", done["video"]["url"], key="").body
    assert b"ftyp" == content[4:8]
    with av.open(io.BytesIO(content)) as file:
        stream = file.streams.video[0]
        assert 5.0 == round((file.duration or 0) / av.time_base, 1)
        assert (stream.width, stream.height) == (done["video"]["width"], done["video"]["height"])
    poster = gateway.call("GET", done["video"]["thumbnail"], key="").body
    assert "WEBP" == Image.open(io.BytesIO(poster)).format
    for method in ("GET", "POST"):
        link = gateway.call(method, f"/luma/v1/generations/{done['id']}/download_video_url").json["url"]
        assert content == gateway.call("GET", link, key="").body


def test_an_uploaded_picture_is_the_first_frame_and_its_video_is_extended(gateway: Gateway) -> None:
    file = io.BytesIO()
    Image.new("RGB", (240, 320), "teal").save(file, "PNG")
    body, headers = form(file.getvalue())
    uploaded = gateway.call("POST", "/luma/generations/file_upload", body, headers=headers)
    assert (200, ["url"]) == (uploaded.status, list(uploaded.json))
    image = uploaded.json["url"]
    assert file.getvalue() == gateway.call("GET", image, key="").body

    made = gateway.call("POST", "/luma/generations", {"user_prompt": "it moves", "image_url": image}).json
    done = finished(gateway, made["id"], "/luma/generations/{}")
    assert done["video"]["height"] > done["video"]["width"], "the picture gives the shape"

    more = gateway.call("POST", f"/luma/generations/{made['id']}/extend", {"user_prompt": "on it goes"}).json
    assert "completed" == finished(gateway, more["id"], "/pro/luma/generations/{}")["state"]


def test_many_are_asked_for_at_once(gateway: Gateway) -> None:
    made = [gateway.call("POST", "/vip/luma/generations", DOCUMENTED).json["id"] for _ in range(2)]
    found = gateway.call("POST", "/luma/tasks", {"ids": [made[1], "nobody", made[0]]})
    assert (200, [made[1], made[0]]) == (found.status, [item["id"] for item in found.json])
    listed = gateway.call("GET", "/luma/v1/generations?limit=2").json
    assert made[::-1] == [item["id"] for item in listed]
    for task_id in made:
        assert "completed" == finished(gateway, task_id, "/luma/tasks/{}")["state"]


def test_a_failed_generation_says_why(gateway: Gateway) -> None:
    body = {"user_prompt": "a cat [sandbox:moderate]"}
    found = finished(gateway, gateway.call("POST", "/luma/v1/generations", body).json["id"])
    assert ([*KEYS, "failure_reason"], None) == (list(found), found["video"])
    assert "moderation" in found["failure_reason"]
    link = gateway.call("GET", f"/luma/v1/generations/{found['id']}/download_video_url")
    assert (409, ["detail"]) == (link.status, list(link.json))


def test_the_account(gateway: Gateway) -> None:
    assert 0 < gateway.call("GET", "/luma/subscription/usage").json["available"]
    assert "default" == gateway.call("GET", "/luma/v1/users/me").json["username"]


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("", {}, 422, "user_prompt"),
        ("", {"user_prompt": "a", "seed": 1}, 422, "seed"),
        ("", {"user_prompt": "a", "loop": "yes"}, 422, "loop"),
        ("", {"user_prompt": "a", "model_name": "ray-v9"}, 422, "model_name"),
        ("", {"user_prompt": "a", "image_url": "http://127.0.0.1:1/a.png"}, 422, "image_url"),
        ("", {"user_prompt": "a", "image_end_url": "no picture"}, 422, "image_end_url"),
        ("/123e4567-e89b-12d3-a456-426614174000/extend", {"user_prompt": "a"}, 404, "id"),
        ("/file_upload", b"no picture at all, just words", 422, "file"),
        ("", b"{", 400, None),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    gateway: Gateway, path: str, body: Any, status: int, field: str | None
) -> None:
    answer = gateway.call("POST", f"/luma/v1/generations{path}", body)
    assert (status, ["detail", "error"]) == (answer.status, list(answer.json))
    assert field == answer.json["error"]["param"]
    assert answer.json["detail"] == answer.json["error"]["message"]


def test_strangers_and_odd_paths(gateway: Gateway) -> None:
    answer = gateway.call("GET", "/luma/users/me", key="sk-nobody")
    assert (401, "this key is not known here") == (answer.status, answer.json["detail"])
    answer = gateway.call("DELETE", "/luma/v1/generations")
    assert (405, "method_not_allowed") == (answer.status, answer.json["error"]["code"])
    assert 404 == gateway.call("GET", "/luma/v1/generations/123e4567-e89b-12d3-a456-426614174000").status


def test_a_generation_of_one_format_is_not_shown_in_the_other(gateway: Gateway) -> None:
    made = gateway.call("POST", "/luma/v1/generations", DOCUMENTED).json["id"]
    assert 404 == gateway.call("GET", f"/luma/dream-machine/v1/generations/{made}").status
    assert "completed" == finished(gateway, made)["state"]
