"""The rest of Kling's older API, and its newer one, by plain HTTP against the sandbox."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from running import Gateway

VIDEOS = "/kling/v1/videos"
IMAGES = "/kling/v1/images"
FINAL = {"succeed", "succeeded", "failed"}


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=gateway.url, headers={"authorization": f"Bearer {gateway.key}"}, timeout=30
    ) as found:
        yield found


@pytest.fixture(scope="module")
def picture() -> str:
    file = io.BytesIO()
    Image.effect_noise((400, 400), 60).convert("RGB").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def good(response: httpx.Response) -> Any:
    body = response.json()
    assert (200, 0, "SUCCEED") == (response.status_code, body["code"], body["message"]), body
    return body["data"]


def made(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    """The finished task of the older API."""
    task_id = good(client.post(path, json=body))["task_id"]
    end = time.monotonic() + 60
    while (task := good(client.get(f"{path}/{task_id}")))["task_status"] not in FINAL:
        assert time.monotonic() < end, task
        time.sleep(0.1)
    assert "succeed" == task["task_status"], task
    return task


def seconds_at(url: str) -> float:
    with av.open(io.BytesIO(httpx.get(url, timeout=30).content)) as file:
        return (file.duration or 0) / av.time_base


@pytest.mark.parametrize(
    ("path", "body", "seconds", "units"),
    [
        (
            "multi-image2video",
            {
                "model_name": "kling-v1-6",
                "image_list": [{"image": "@"}, {"image": "@"}],
                "prompt": "they meet",
            },
            5,
            "1.5",
        ),
        ("effects", {"effect_scene": "hug_pro", "input": {"images": ["@", "@"], "duration": "5"}}, 5, "2.5"),
        ("effects", {"effect_scene": "pet_lion", "input": {"image": "@", "duration": "5"}}, 5, "2.5"),
        (
            "omni-video",
            {
                "model_name": "kling-v3-omni",
                "prompt": "<<<image_1>>> runs",
                "image_list": [{"image_url": "@", "type": "first_frame"}, {"image_url": "@"}],
                "mode": "std",
                "sound": "on",
                "duration": "3",
            },
            3,
            "2.4",
        ),
    ],
)
def test_videos(
    client: httpx.Client, picture: str, path: str, body: dict[str, Any], seconds: float, units: str
) -> None:
    task = made(client, f"{VIDEOS}/{path}", with_picture(body, picture))
    [video] = task["task_result"]["videos"]
    assert seconds == pytest.approx(seconds_at(video["url"]), abs=0.2)
    assert units == task["final_unit_deduction"]


def with_picture(value: Any, picture: str) -> Any:
    """The body with the picture wherever an @ stands."""
    if isinstance(value, dict):
        return {key: with_picture(item, picture) for key, item in value.items()}
    if isinstance(value, list):
        return [with_picture(item, picture) for item in value]
    return picture if value == "@" else value


def test_a_finished_video_goes_on_and_speaks(client: httpx.Client) -> None:
    first = made(client, f"{VIDEOS}/text2video", {"model_name": "kling-v1-6", "prompt": "a fox"})
    [video] = first["task_result"]["videos"]
    more = made(client, f"{VIDEOS}/video-extend", {"video_id": video["id"], "prompt": "it runs"})
    assert {"id": video["id"]} == more["task_info"]["parent_video"]
    assert seconds_at(more["task_result"]["videos"][0]["url"]) > 4
    speech = {"mode": "text2video", "video_id": video["id"], "text": "good morning", "voice_id": "girl"}
    spoken = made(client, f"{VIDEOS}/lip-sync", {"input": speech})
    assert spoken["task_result"]["videos"][0]["url"].startswith("http")


@pytest.mark.parametrize("path", ["video-extend", "lip-sync"])
def test_what_is_to_go_on_must_be_there(client: httpx.Client, path: str) -> None:
    speech = {"mode": "text2video", "video_id": "831922345719271433", "text": "a", "voice_id": "girl"}
    body = {"video_id": speech["video_id"]} if path == "video-extend" else {"input": speech}
    answer = client.post(f"{VIDEOS}/{path}", json=body)
    assert (404, 1203) == (answer.status_code, answer.json()["code"])
    assert "video_id" in answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "body", "count"),
    [
        ("generations", {"prompt": "a fox", "n": 3, "aspect_ratio": "3:4"}, 3),
        (
            "generations",
            {"model_name": "kling-v1-5", "prompt": "a fox", "image": "@", "image_reference": "face"},
            1,
        ),
        (
            "omni-image",
            {
                "prompt": "<<<image_1>>>",
                "image_list": [{"image": "@"}],
                "result_type": "series",
                "series_amount": 2,
            },
            2,
        ),
        (
            "multi-image2image",
            {
                "subject_image_list": [{"subject_image": "@"}, {"subject_image": "@"}],
                "prompt": "both",
                "n": 1,
            },
            1,
        ),
        (
            "editing/expand",
            {
                "image": "@",
                "up_expansion_ratio": 0.1,
                "down_expansion_ratio": 0.1,
                "left_expansion_ratio": 0.2,
                "right_expansion_ratio": 0.2,
            },
            1,
        ),
        ("kolors-virtual-try-on", {"human_image": "@", "cloth_image": "@"}, 1),
    ],
)
def test_pictures(client: httpx.Client, picture: str, path: str, body: dict[str, Any], count: int) -> None:
    task = made(client, f"{IMAGES}/{path}", with_picture(body, picture))
    images = task["task_result"]["images"]
    assert list(range(count)) == [image["index"] for image in images]
    for image in images:
        with Image.open(io.BytesIO(httpx.get(image["url"]).content)) as found:
            found.load()
            assert "PNG" == found.format


def test_the_newer_api(client: httpx.Client, picture: str) -> None:
    own = f"next-{time.time_ns()}"
    words = {"type": "prompt", "text": "a fox"}
    bodies = {
        "text-to-video/kling-3.0": {"prompt": "a fox", "options": {"external_task_id": own}},
        "image-to-video/kling-2.5-turbo": {"contents": [{"type": "first_frame", "url": picture}]},
        "omni-video/kling-3.0-omni": {
            "contents": [words, {"type": "refer_image", "url": picture}],
            "settings": {"duration": 3, "audio": "native"},
        },
    }
    ids = [good(client.post(f"/kling/{path}", json=body))["id"] for path, body in bodies.items()]
    end = time.monotonic() + 60
    while True:
        tasks = good(client.get("/kling/tasks", params={"task_ids": ",".join([*ids, "831922345719271433"])}))
        assert ids == [task["id"] for task in tasks]
        if all(task["status"] in FINAL for task in tasks):
            break
        assert time.monotonic() < end, tasks
        time.sleep(0.1)
    assert ["succeeded"] * 3 == [task["status"] for task in tasks]
    assert ["0.42", "0.21", "0.336"] == [task["billing"][0]["amount"] for task in tasks]
    assert ["5", "5", "3"] == [task["outputs"][0]["duration"] for task in tasks]
    assert 3 == pytest.approx(seconds_at(tasks[2]["outputs"][0]["url"]), abs=0.2)
    assert [tasks[0]] == without_links(
        good(client.get("/kling/tasks", params={"external_task_ids": own})), tasks[0]
    )
    again = client.post("/kling/text-to-video/kling-3.0", json=bodies["text-to-video/kling-3.0"])
    assert (400, 1201) == (again.status_code, again.json()["code"])
    assert "options.external_task_id" in again.json()["message"]


def without_links(tasks: Any, like: Any) -> Any:
    """Links are signed anew each time."""
    for output, other in zip(tasks[0]["outputs"], like["outputs"], strict=True):
        output["url"] = other["url"]
    return tasks


def test_tasks_are_searched_in_pages(client: httpx.Client) -> None:
    made = [good(client.post("/kling/text-to-video/kling-2.6", json={"prompt": "a"}))["id"] for _ in range(3)]
    filters = [{"key": "product_type", "values": ["text-to-video"]}]
    seen: list[str] = []
    cursor = None
    while len(seen) < 3:
        page = good(client.post("/kling/tasks", json={"limit": 2, "cursor": cursor, "filters": filters}))
        assert page["count"] == len(page["result"])
        seen += [task["id"] for task in page["result"]]
        cursor = page["next_cursor"]
    assert made[::-1] == seen[:3]
    answer = client.post("/kling/tasks", json={"start_time": "1", "end_time": "2"})
    assert (400, 1201) == (answer.status_code, answer.json()["code"])
    assert "start_time" in answer.json()["message"]


def test_the_two_generations_keep_their_tasks_apart(client: httpx.Client) -> None:
    older = good(client.post(f"{VIDEOS}/text2video", json={"prompt": "a"}))["task_id"]
    assert [] == good(client.get("/kling/tasks", params={"task_ids": older}))
    newer = good(client.post("/kling/text-to-video/kling-2.6", json={"prompt": "a"}))["id"]
    answer = client.get(f"{VIDEOS}/text2video/{newer}")
    assert (404, 1203) == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("text-to-video/kling-9", {"prompt": "a"}, "kling-9"),
        (
            "image-to-video/kling-3.0",
            {"contents": [{"type": "first_frame", "url": "not a picture"}]},
            "contents",
        ),
        ("text-to-video/kling-3.0", {"prompt": "a", "settings": {"duration": "5"}}, "settings.duration"),
        ("text-to-video/kling-3.0", {"prompt": "a", "settings": {"seconds": 5}}, "settings.seconds"),
        ("text-to-video/kling-3.0", {"settings": {}}, "prompt"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: httpx.Client, path: str, body: dict[str, Any], word: str
) -> None:
    answer = client.post(f"/kling/{path}", json=body)
    assert (400, 1201) == (answer.status_code, answer.json()["code"])
    assert word in answer.json()["message"]
