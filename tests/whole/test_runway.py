"""The documented request becomes a video: `POST /runway/v2/tasks` as its clients send it, from upload to download."""

from __future__ import annotations

import io
import time
from typing import Any

import av
import pytest

from framegate.cli.demo import PICTURE, documented
from running import Gateway


def finished(gateway: Gateway, task_id: str, path: str = "/runway/v2/tasks/{}") -> dict[str, Any]:
    end = time.monotonic() + 60
    while True:
        task = gateway.call("GET", path.format(task_id)).json["task"]
        if task["status"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
            return task
        assert time.monotonic() < end, task
        time.sleep(0.05)


def test_the_documented_request_becomes_a_video(gateway: Gateway) -> None:
    slot = gateway.call("POST", "/runway/uploads", {"filename": "a.jpg", "numberOfParts": 1}).json
    put = gateway.call("PUT", slot["uploadUrls"][0], PICTURE.read_bytes(), key="")
    assert 200 == put.status
    image = gateway.call("POST", f"/runway/uploads/{slot['id']}/complete", {"parts": []}).json["url"]

    created = gateway.call("POST", "/runway/v2/tasks", documented(image))
    assert (200, "true") == (created.status, created.headers["x-framegate-sandbox"])
    task = created.json["task"]
    assert ("PENDING", None, [], "gen3a_turbo") == (
        task["status"],
        task["progressRatio"],
        task["artifacts"],
        task["taskType"],
    )
    assert "/v1/media/" in task["options"]["init_image"]
    assert "_jwt=" in task["options"]["init_image"]
    assert task["options"]["recordingEnabled"] is True
    assert gateway.call("GET", task["options"]["init_image"], key="").body == PICTURE.read_bytes()

    done = finished(gateway, task["id"])
    assert ("SUCCEEDED", "1", None) == (done["status"], done["progressRatio"], done["error"])
    [artifact] = done["artifacts"]
    video = gateway.call("GET", artifact["url"], key="").body
    with av.open(io.BytesIO(video)) as file:
        stream = file.streams.video[0]
        assert ("h264", 240, 24) == (stream.codec_context.name, stream.frames, stream.average_rate)
        assert 10.0 == round(float(stream.duration * stream.time_base), 3)
    assert {"frameRate": 24, "duration": 10} == {
        k: artifact["metadata"][k] for k in ("frameRate", "duration")
    }
    assert artifact["previewUrls"]
    assert 200 == gateway.call("GET", artifact["previewUrls"][0], key="").status


def test_the_other_paths_are_the_same_task(gateway: Gateway) -> None:
    body = {"taskType": "gen3a", "options": {"text_prompt": "a fox [sandbox:delay=30]", "seconds": 5}}
    task = gateway.call("POST", "/runway/v1/tasks", body).json["task"]
    for path in ("/runway/v2/tasks/{}?server_id=x", "/runway/tasks/{}", "/runway/task/{}/fetch"):
        assert task["id"] == gateway.call("GET", path.format(task["id"])).json["task"]["id"]
    assert 200 == gateway.call("DELETE", f"/runway/v2/tasks/{task['id']}").status
    assert "CANCELLED" == finished(gateway, task["id"])["status"]


def test_a_failed_task_says_why(gateway: Gateway) -> None:
    body = {"taskType": "gen3a", "options": {"text_prompt": "[sandbox:moderate] x", "seconds": 5}}
    task = finished(gateway, gateway.call("POST", "/runway/v2/tasks", body).json["task"]["id"])
    assert "FAILED" == task["status"]
    assert task["progressText"]
    assert task["error"]["reason"].startswith("SAFETY.")


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"video_prompt": "upload:none"}, "options.video_prompt"),
        ({"init_video": "upload:none"}, "options.init_video"),
        ({"init_image": "upload:none", "image_as_end_frame": True}, "options.init_image"),
        ({"gen2Options": {"init_image": "upload:none"}}, "options.gen2Options.init_image"),
        ({"gen2Options": {"image_prompt": "upload:none"}}, "options.gen2Options.image_prompt"),
        ({"gen2Options": {"init_video": "upload:none"}}, "options.gen2Options.init_video"),
        ({"gen2Options": {}, "init_image": "upload:none"}, "options.init_image"),
    ],
)
def test_a_refused_medium_is_named_as_it_was_given(
    gateway: Gateway, options: dict[str, Any], param: str
) -> None:
    answer = gateway.call("POST", "/runway/v2/tasks", {"taskType": "gen2", "options": options})
    assert (422, param) == (answer.status, answer.json["error"]["param"])
