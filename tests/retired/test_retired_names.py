"""The example that keeps retired names working, applied: each old client's request is sent to a model that lives.

The upstreams of the example are played by another gateway, which speaks all their formats.
"""

from __future__ import annotations

import base64
import json
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

import running
from house.tree import ROOT
from running import Gateway
from vendors import tiny_mp4

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("retired")]
EXAMPLE = ROOT / "examples" / "retired-names.toml"
ROUTES = {route["model"]: route["to"] for route in tomllib.loads(EXAMPLE.read_text())["routes"]}
FAR = {"runway-main": "/runwayml", "kling-main": "/kling", "luma-main": "/luma", "zhipu-main": "/zhipu"}
"""Where the other gateway plays each upstream."""


@pytest.fixture(scope="module")
def near(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with the example's own text; only addresses and credentials are put in."""
    key_id = gateway.admin("GET", "/keys").json["data"][0]["id"]
    secret = gateway.admin("GET", f"/keys/{key_id}/secret").json["secret_key"]
    text = EXAMPLE.read_text()
    for name, path in FAR.items():
        there = f'name = "{name}"\nbase_url = "{gateway.url}{path}"\nallow_hosts = ["127.0.0.1"]'
        text = text.replace(f'name = "{name}"', there)
    text = text.replace('"env:KLING_ACCESS_KEY"', f'"{key_id}"').replace(
        '"env:KLING_SECRET_KEY"', f'"{secret}"'
    )
    text = re.sub(r'"env:\w+"', f'"{gateway.key}"', text)
    folder = tmp_path_factory.mktemp("retired") / "data"
    with running.running(folder, config=text, bootstrap_credit="100000") as found:
        yield found


def picture() -> str:
    file = BytesIO()
    Image.new("RGB", (640, 360), "teal").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


PICTURE = f"data:image/png;base64,{picture()}"
FILM = f"data:video/mp4;base64,{base64.b64encode(tiny_mp4()).decode()}"
RUNWAY = {"runway-version": "2024-11-06", "x-runway-version": "2024-11-06"}


def v2(model: str, **options: Any) -> Any:
    """A request of Runway's web application."""
    task = {"taskType": model, "internal": False, "options": {"name": "old", "seconds": 5, **options}}
    return ("/runway/v2/tasks", task)


def kling(model: str, **more: Any) -> Any:
    return {"model_name": model, "prompt": "a paper boat", "duration": "5", **more}


OLD: dict[str, list[tuple[str, Any]]] = {
    "gen3a_turbo": [
        v2("gen3a_turbo", text_prompt="a boat", init_image=PICTURE, seed=7),
        (
            "/runwayml/v1/image_to_video",
            {"model": "gen3a_turbo", "promptImage": PICTURE, "promptText": "a boat"},
        ),
    ],
    "sora-2": [("/v1/videos", {"model": "sora-2", "prompt": "a boat", "seconds": "4", "size": "1280x720"})],
    "sora-2-pro": [("/v1/videos", {"model": "sora-2-pro", "prompt": "a boat", "size": "1024x1792"})],
    "kling-v1": [
        (
            "/kling/v1/videos/text2video",
            kling("kling-v1", mode="std", camera_control={"type": "down_back"}, cfg_scale=0.5),
        )
    ],
    "kling-v1-5": [("/kling/v1/videos/image2video", kling("kling-v1-5", image=picture(), mode="pro"))],
    "kling-v1-6": [("/kling/v1/videos/text2video", kling("kling-v1-6", aspect_ratio="9:16"))],
    "kling-v2-master": [("/kling/v1/videos/text2video", kling("kling-v2-master", duration="10"))],
    "kling-v2-1": [("/kling/v1/videos/image2video", kling("kling-v2-1", image=picture()))],
    "kling-v2-1-master": [("/kling/v1/videos/text2video", kling("kling-v2-1-master"))],
    "ray-1-6": [
        ("/luma/dream-machine/v1/generations/video", {"model": "ray-1-6", "prompt": "a boat", "loop": True})
    ],
    "cogvideox": [
        ("/zhipu/api/paas/v4/videos/generations", {"model": "cogvideox", "prompt": "a boat"}),
        ("/cogvideox/v4/videos/generations", {"model": "cogvideox", "prompt": "a boat", "quality": "speed"}),
    ],
    "gen4_aleph": [
        (
            "/runwayml/v1/video_to_video",
            {"model": "gen4_aleph", "promptText": "make it night", "videoUri": FILM, "ratio": "1280:720"},
        )
    ],
}
"""The requests of old clients, as they have always sent them."""


def written(model: str) -> Callable[[], list[tuple[str, Any]]]:
    """The old requests that are written dialogues."""
    name = {"gen2": "create-gen2-text", "europa": "create-europa-text"}[model]
    case = json.loads((ROOT / "tests" / "dialogues" / "runway" / f"{name}.json").read_text())
    return lambda: [(case["request"]["path"], case["request"]["json"])]


OLD |= {model: written(model)() for model in ("gen2", "europa")}
OLD["gen3a"] = [v2("gen3a", text_prompt="a boat", seconds=10)]
CASES = [(model, path, body) for model, requests in OLD.items() for path, body in requests]


def test_every_route_of_the_example_has_an_old_request():
    assert set(ROUTES) == set(OLD)


@pytest.mark.parametrize(("model", "path", "body"), CASES, ids=[f"{m}{p}" for m, p, _ in CASES])
def test_an_old_request_still_works(model: str, path: str, body: Any, near: Gateway, gateway: Gateway):
    marker = f"old {model} {time.time_ns()}"
    body = json.loads(re.sub("a boat|a paper boat|boom fly monkey", marker, json.dumps(body)))
    answer = near.call("POST", path, body, headers=RUNWAY)
    assert answer.status in {200, 201}, answer.body
    task = near.finished(answer.headers["x-framegate-task"])
    assert ("succeeded", model, False) == (task["status"], task["model"], task["sandbox"]), task["failure"]
    there = {target["model"] for target in ROUTES[model]}
    story = near.admin("GET", f"/tasks/{task['id']}").json
    assert task["upstream"] in {target["upstream"] for target in ROUTES[model]}
    newest = gateway.call("GET", "/v1/tasks?limit=20").json["data"]
    assert there & {found["model"] for found in newest}, story
    assert 1 <= len(task["artifacts"])
    assert near.call("GET", task["artifacts"][0]["url"], key="").body[4:8] == b"ftyp"


def test_what_has_no_successor_is_told(near: Gateway):
    """A camera move of the first Kling models: the answer says that it was left out."""
    path, body = OLD["kling-v1"][0]
    answer = near.call("POST", path, body)
    told = answer.headers["x-framegate-adapted"]
    assert ("camera" in told, "guidance was left out" in told) == (True, True)


def test_the_books_balance_at_both(near: Gateway, gateway: Gateway):
    assert ("balanced", "balanced") == (near.books(), gateway.books())
