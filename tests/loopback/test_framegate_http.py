"""A gateway whose upstream is another gateway, in Framegate's own format: native in front, native behind."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest
from PIL import Image

import running
from running import Gateway

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def near(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The near gateway; the far one serves it. It has no public address, so media are uploaded."""
    config = (
        f'[[upstreams]]\nname = "far"\nprovider = "framegate"\nbase_url = "{gateway.url}"\n'
        f'credential = {{ key = "{gateway.key}" }}\nallow_hosts = ["127.0.0.1"]\npoll_seconds = 0.5\n'
        '[[routes]]\nmodel = "our-video"\npolicy = "strict"\nto = [{ upstream = "far", model = "ray-2" }]\n'
        '[[routes]]\nmodel = "our-image"\nto = [{ upstream = "far", model = "flux-2-pro" }]\n'
        '[[prices]]\nmodel = "our-video"\nunit = "second"\nusd = "0.50"\n'
        '[[prices]]\nmodel = "our-image"\nunit = "image"\nusd = "0.20"\n'
    )
    with running.running(tmp_path_factory.mktemp("near") / "data", config=config) as found:
        yield found


def far_task(gateway: Gateway, prompt: str) -> dict[str, Any]:
    """The far gateway's task of a prompt, once it is there."""
    end = time.monotonic() + 30
    while True:
        for task in gateway.call("GET", "/v1/tasks?limit=50").json["data"]:
            if task["prompt"] == prompt:
                return task
        assert time.monotonic() < end
        time.sleep(0.05)


def picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (320, 320), "teal").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_a_video_with_everything_said(near: Gateway, gateway: Gateway):
    asked = {
        "model": "our-video",
        "prompt": "a paper boat at the other side",
        "negative_prompt": "rain",
        "seconds": 2,
        "size": "640x480",
        "fps": 12,
        "seed": 7,
        "audio": True,
        "camera": "zoom in",
        "inputs": [{"role": "first_frame", "url": picture()}],
    }
    task = near.finished(near.submit(asked)["id"])
    assert ("succeeded", [], "1.00") == (task["status"], task["adapted"], task["cost"]["charged"])
    (film,) = task["artifacts"]
    assert film["url"].startswith(near.url), "the near gateway keeps a copy of its own"
    with av.open(io.BytesIO(near.call("GET", film["url"], key="").body)) as file:
        assert (2, 1) == (round((file.duration or 0) / av.time_base), len(file.streams.audio))
    there = far_task(gateway, asked["prompt"])
    assert ("ray-2", "succeeded") == (there["model"], there["status"])
    story = near.admin("GET", f"/tasks/{task['id']}").json
    assert "upload" in {call["what"] for call in story["calls"]}
    assert "balanced" in near.books()


def test_images_by_number_and_a_task_that_goes_on(near: Gateway):
    images = near.submit({"model": "our-image", "prompt": "two boats", "kind": "image", "count": 2})
    assert 2 == len(near.finished(images["id"])["artifacts"])
    first = near.finished(near.submit({"model": "our-video", "prompt": "waves", "seconds": 1})["id"])
    further = near.submit({"model": "our-video", "prompt": "on", "seconds": 1, "parent": first["id"]})
    assert "succeeded" == near.finished(further["id"])["status"]


@pytest.mark.parametrize(
    ("directive", "code"), [("fail", "broken"), ("moderate", "moderated"), ("moderate=output", "moderated")]
)
def test_a_failure_there_is_one_here(near: Gateway, directive: str, code: str):
    asked = {"model": "our-video", "prompt": f"a boat [sandbox:{directive}]", "seconds": 1}
    task = near.finished(near.submit(asked)["id"])
    assert ("failed", code, "0.00") == (task["status"], task["failure"]["code"], task["cost"]["charged"])


def test_a_cancel_reaches_the_other_side(near: Gateway, gateway: Gateway):
    prompt = f"a boat {time.time_ns()} [sandbox:delay=60]"
    made = near.submit({"model": "our-video", "prompt": prompt, "seconds": 1})
    far_task(gateway, prompt)
    near.call("POST", f"/v1/tasks/{made['id']}/cancel")
    assert "cancelled" == near.finished(made["id"])["status"]
    assert "cancelled" == gateway.finished(far_task(gateway, prompt)["id"])["status"]


def test_the_same_order_sent_twice_is_one_task(gateway: Gateway):
    """What the near gateway does when it does not know what became of an order."""
    body = {
        "model": "ray-2",
        "prompt": "once",
        "seconds": 1,
        "inputs": [{"role": "first_frame", "url": picture()}],
    }
    key = {"idempotency-key": f"task_{time.time_ns()}"}
    first, again = (gateway.call("POST", "/v1/tasks", body, headers=key).json["id"] for _ in range(2))
    assert first == again
