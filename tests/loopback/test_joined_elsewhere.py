"""Two videos that were made at different upstreams are joined by their pictures, and that is said; or it is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import running
from running import Gateway

pytestmark = pytest.mark.slow
AT = "/luma/dream-machine/v1/generations"
NOTE = (
    "the last picture of the task to go on from, and the first picture of the task to lead up to, were given in its "
    "place"
)


@pytest.fixture(scope="module")
def near(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway as two upstreams: spoken to in Luma's words, and in the native ones, which know no joining."""
    places = (("one", "luma", "/luma"), ("other", "framegate", ""))
    routes = (("ray-2", "one", "adapt"), ("ray-flash-2", "other", "adapt"), ("ray-1-6", "other", "strict"))
    config = "".join(
        f'[[upstreams]]\nname = "{name}"\nprovider = "{provider}"\nbase_url = "{gateway.url}{path}"\n'
        f'credential = {{ key = "{gateway.key}" }}\nallow_hosts = ["127.0.0.1"]\npoll_seconds = 0.5\n'
        for name, provider, path in places
    ) + "".join(
        f'[[routes]]\nmodel = "{model}"\npolicy = "{policy}"\nto = [{{ upstream = "{name}" }}]\n'
        for model, name, policy in routes
    )
    with running.running(tmp_path_factory.mktemp("near") / "data", config=config) as found:
        yield found


def frames(gateway: Gateway, task: dict[str, Any]) -> list[NDArray[np.int16]]:
    content = gateway.call("GET", task["artifacts"][0]["url"], key="").body
    with av.open(io.BytesIO(content)) as file:
        return [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in file.decode(video=0)]


def made(near: Gateway, model: str, prompt: str, **fields: Any) -> dict[str, Any]:
    answer = near.call(
        "POST", f"{AT}/video", {"model": model, "prompt": prompt, "aspect_ratio": "1:1", **fields}
    )
    assert 201 == answer.status, answer.body
    task = near.finished(answer.json["id"], within=90)
    assert "succeeded" == task["status"], task
    return {**task, "generation": {"type": "generation", "id": answer.json["id"]}}


def test_pictures_stand_in_for_tasks_that_are_elsewhere(near: Gateway) -> None:
    one = made(near, "ray-2", "a city at night")
    other = made(near, "ray-flash-2", "a bright desert at noon")
    keyframes = {"frame0": one["generation"], "frame1": other["generation"]}
    joined = made(near, "ray-flash-2", "one becomes the other", keyframes=keyframes)
    assert [NOTE] == joined["adapted"]
    shown = near.call("GET", f"{AT}/{joined['generation']['id']}").json
    assert keyframes == shown["request"]["keyframes"], "the client sees what it asked for"
    ends, begins, seen = frames(near, one)[-1], frames(near, other)[0], frames(near, joined)
    assert [True, True] == [
        np.abs(ends - seen[0]).mean() < 10,
        np.abs(begins - seen[-1]).mean() < 10,
    ]
    assert np.abs(ends - begins).mean() > 20

    body = {"model": "ray-1-6", "prompt": "x", "keyframes": keyframes}
    refused = near.call("POST", f"{AT}/video", body)
    assert (400, f"keyframes.frame1: {NOTE} (the route is strict)") == (
        refused.status,
        refused.json["detail"],
    )

    assert 204 == near.call("DELETE", f"{AT}/{other['generation']['id']}").status
    gone = near.call("POST", f"{AT}/video", {**body, "model": "ray-flash-2"})
    assert 404 == gone.status
    assert "balanced" in near.books()
