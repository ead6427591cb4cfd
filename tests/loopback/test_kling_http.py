"""A gateway whose Kling is another gateway: client, dialect, provider, signature, dialect, sandbox, and back again."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import pytest
from PIL import Image

import running
from running import Gateway

pytestmark = pytest.mark.slow
TEXT = "/kling/v1/videos/text2video"
IMAGE = "/kling/v1/videos/image2video"
EXTEND = "/kling/v1/videos/video-extend"
PICTURES = "/kling/v1/images/generations"
NEXT = "/kling/text-to-video/kling-3.0"
FINAL = {"succeed", "succeeded", "failed"}
AVATAR = "/kling/v1/videos/avatar/image2video"
TTS = "/kling/v1/audio/tts"
TEXT_TO_AUDIO = "/kling/v1/audio/text-to-audio"
MODELS = {
    "kling-v1-6": "kling",
    "kling-v3": "kling",
    "kling-image-v2-1": "kling",
    "kling-avatar": "kling",
    "tts-kling": "kling",
    "sound-kling": "kling",
    "kling-3.0": "kling-next",
}


@dataclass(frozen=True)
class Pair:
    near: Gateway
    far: Gateway


@pytest.fixture(scope="module")
def pair(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The near gateway signs tokens for the far one's older API, and sends its plain key to the newer one."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    secret = gateway.admin("GET", f"/keys/{key_id}/secret").json["secret_key"]
    credentials = {
        "kling": f'{{ key = "{key_id}", secret = "{secret}" }}',
        "kling-next": f'{{ key = "{gateway.key}" }}',
    }
    upstreams = [
        f'[[upstreams]]\nname = "{name}-far"\nprovider = "{name}"\nbase_url = "{gateway.url}/kling"\n'
        f'credential = {credential}\nallow_hosts = ["127.0.0.1"]\npoll_seconds = 0.5\n'
        for name, credential in credentials.items()
    ]
    routes = [
        f'[[routes]]\nmodel = "{model}"\npolicy = "strict"\nto = [{{ upstream = "{provider}-far" }}]\n'
        for model, provider in MODELS.items()
    ]
    with running.running(
        tmp_path_factory.mktemp("near") / "data", config="\n".join([*upstreams, *routes])
    ) as near:
        yield Pair(near, gateway)


def good(answer: running.Answer) -> Any:
    assert (200, 0) == (answer.status, answer.json["code"]), answer.body
    return answer.json["data"]


def finished(near: Gateway, path: str, task_id: str) -> Any:
    end = time.monotonic() + 90
    while True:
        found = good(near.call("GET", f"{path}{task_id}"))
        task = found[0] if isinstance(found, list) else found
        if task.get("task_status", task.get("status")) in FINAL:
            return task
        assert time.monotonic() < end, f"{task}; {near.tail()}"
        time.sleep(0.2)


def picture() -> str:
    file = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_kling_in_front_of_kling(pair: Pair) -> None:
    near, far = pair.near, pair.far
    own = f"loop-{time.time_ns()}"
    words = {"model_name": "kling-v1-6", "prompt": "a paper boat", "duration": "5", "external_task_id": own}
    frame = {
        "model_name": "kling-v3",
        "prompt": "it moves",
        "image": picture(),
        "duration": "3",
        "sound": "on",
    }
    drawn = {"model_name": "kling-v2-1", "prompt": "a paper boat", "n": 2, "aspect_ratio": "1:1"}
    newer = {"prompt": "a paper boat", "settings": {"duration": 4, "resolution": "720p", "multi_shot": True}}
    wrong = {"model_name": "kling-v1-6", "prompt": "a boat [sandbox:fail=internal]"}
    made = {
        name: good(near.call("POST", path, body))
        for name, path, body in (
            ("words", TEXT, words),
            ("frame", IMAGE, frame),
            ("drawn", PICTURES, drawn),
            ("newer", NEXT, newer),
            ("wrong", TEXT, wrong),
        )
    }
    task = finished(near, f"{TEXT}/", own)
    assert (made["words"]["task_id"], "succeed") == (task["task_id"], task["task_status"])
    [video] = task["task_result"]["videos"]
    content = near.call("GET", video["url"], key="").body
    with av.open(io.BytesIO(content)) as file:
        assert 5 == pytest.approx((file.duration or 0) / av.time_base, abs=0.2)

    task = finished(near, f"{IMAGE}/", made["frame"]["task_id"])
    assert ["3"] == [item["duration"] for item in task["task_result"]["videos"]]

    task = finished(near, f"{PICTURES}/", made["drawn"]["task_id"])
    assert [0, 1] == [item["index"] for item in task["task_result"]["images"]]
    assert b"\x89PNG" == near.call("GET", task["task_result"]["images"][0]["url"], key="").body[:4]

    task = finished(near, "/kling/tasks?task_ids=", made["newer"]["id"])
    assert ("succeeded", "4") == (task["status"], task["outputs"][0]["duration"])

    task = finished(near, f"{TEXT}/", made["wrong"]["task_id"])
    assert ("failed", {}, "0") == (task["task_status"], task["task_result"], task["final_unit_deduction"])
    assert task["task_status_msg"]

    sent = {
        item["task_info"].get("external_task_id", "")[:5]
        for item in good(far.call("GET", f"{TEXT}?pageSize=2"))
    }
    assert {"task_"} == sent, "the far gateway sees the near one's own ids"

    more = good(near.call("POST", EXTEND, {"video_id": video["id"], "prompt": "on it goes"}))
    task = finished(near, f"{EXTEND}/", more["task_id"])
    assert ("succeed", {"id": video["id"]}) == (task["task_status"], task["task_info"]["parent_video"])
    assert "balanced" in near.books()


def test_what_is_heard_and_who_says_it(pair: Pair) -> None:
    """A face says what was made before, by the far gateway's own id of it; what is charged is what it became."""
    near = pair.near
    speech = good(near.call("POST", TTS, {"text": "Good morning.", "voice_id": "genshin_vindi2"}))
    assert ("succeed", "0.05") == (speech["task_status"], speech["final_unit_deduction"])
    [spoken] = speech["task_result"]["audios"]
    with av.open(io.BytesIO(near.call("GET", spoken["url"], key="").body)) as file:
        assert ["audio"] == [stream.type for stream in file.streams]

    made = good(near.call("POST", TEXT_TO_AUDIO, {"prompt": "rain", "duration": 3.5}))
    task = finished(near, f"{TEXT_TO_AUDIO}/", made["task_id"])
    [sound] = task["task_result"]["audios"]
    assert 3.5 == pytest.approx(float(sound["duration_mp3"]), abs=0.2)

    made = good(near.call("POST", AVATAR, {"image": picture(), "audio_id": spoken["id"]}))
    task = finished(near, f"{AVATAR}/", made["task_id"])
    [video] = task["task_result"]["videos"]
    assert 5 == pytest.approx(float(video["duration"]), abs=0.1)
    assert "2" == task["final_unit_deduction"]  # 5 s at 0.056 USD, of the 300 s that were held for
    assert "balanced" in near.books()


def test_what_is_left_is_read_through(pair: Pair) -> None:
    mine = good(pair.near.call("GET", "/kling/account/costs"))["resource_pack_subscribe_infos"]
    assert ["online"] == [pack["status"] for pack in mine]
