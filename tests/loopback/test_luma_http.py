"""A gateway whose Luma is another gateway: SDK, dialect, provider, dialect, sandbox, and back again."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest
from lumaai import LumaAI
from lumaai.types import Generation
from PIL import Image

import running
from running import Gateway

pytestmark = pytest.mark.slow
ROOT = "/luma/dream-machine/v1"
MODELS = ("ray-2", "photon-1")


@pytest.fixture(scope="module")
def near(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The near gateway; the far one serves it, and its links are all that goes between them."""
    config = (
        f'[[upstreams]]\nname = "far"\nprovider = "luma"\nbase_url = "{gateway.url}/luma"\n'
        f'credential = {{ key = "{gateway.key}" }}\nallow_hosts = ["127.0.0.1"]\npoll_seconds = 0.5\n'
    )
    config += "".join(
        f'[[routes]]\nmodel = "{model}"\npolicy = "strict"\nto = [{{ upstream = "far" }}]\n'
        for model in MODELS
    )
    config += "".join(  # what Luma takes for these is not known, so an operator sets it
        f'[[prices]]\nmodel = "*"\nunit = "call"\nusd = "0.10"\nwhen = {{ way = "{way}" }}\n'
        for way in ("upscale_video", "add_audio")
    )
    with running.running(tmp_path_factory.mktemp("near") / "data", config=config) as found:
        yield found


@pytest.fixture
def client(near: Gateway) -> Iterator[LumaAI]:
    with LumaAI(base_url=near.url + ROOT, auth_token=near.key) as found:
        yield found


def finished(near: Gateway, client: LumaAI, made: Generation) -> Generation:
    end = time.monotonic() + 90
    while True:
        assert made.id
        found = client.generations.get(made.id)
        if found.state in {"completed", "failed"}:
            return found
        assert time.monotonic() < end, f"{found}; {near.tail()}"
        time.sleep(0.2)


def test_luma_in_front_of_luma(near: Gateway, client: LumaAI, gateway: Gateway) -> None:
    words = client.generations.create(
        model="ray-2",
        prompt="a paper boat, words",
        aspect_ratio="1:1",
        duration="9s",
        resolution="540p",
        concepts=[{"key": "handheld"}, {"key": "orbit_left"}],
        callback_url="https://client.example/hook",
    )
    image = client.generations.image.create(model="photon-1", prompt="a paper boat", aspect_ratio="16:9")
    moderated = client.generations.create(model="ray-2", prompt="a boat [sandbox:moderate=output]")

    done = finished(near, client, words)
    assert ("completed", None) == (done.state, done.failure_reason)
    assert done.assets
    assert done.assets.video
    assert done.assets.video.startswith(near.url), "the near gateway keeps a copy of its own"
    with av.open(io.BytesIO(near.call("GET", done.assets.video, key="").body)) as file:
        stream = file.streams.video[0]
        assert (9, stream.width) == (round((file.duration or 0) / av.time_base), stream.height)

    drawn = finished(near, client, image)
    assert drawn.assets
    assert b"\x89PNG" == near.call("GET", str(drawn.assets.image), key="").body[:4]

    failed = finished(near, client, moderated)
    assert "failed" == failed.state
    assert "moderation" in str(failed.failure_reason)

    newest = gateway.call("GET", f"{ROOT}/generations?limit=20").json["generations"]
    told: Any = next(item["request"] for item in newest if item["request"].get("duration") == "9s")
    assert [{"key": "handheld"}, {"key": "orbit_left"}] == told["concepts"]
    assert "https://client.example/hook" != told.get("callback_url"), "a client's callback is never forwarded"

    assert words.id
    further = [
        client.generations.create(
            model="ray-2", prompt="on it goes", keyframes={"frame0": {"type": "generation", "id": words.id}}
        ),
        client.generations.upscale(words.id, resolution="1080p"),
        client.generations.audio(words.id, prompt="water", negative_prompt="voices"),
    ]
    assert ["completed"] * 3 == [finished(near, client, made).state for made in further]

    ends: Any = [{"type": "generation", "id": made.id} for made in (words, further[0])]
    between = client.generations.create(
        model="ray-2", prompt="in between", keyframes={"frame0": ends[0], "frame1": ends[1]}
    )
    assert "completed" == finished(near, client, between).state
    newest = gateway.call("GET", f"{ROOT}/generations?limit=20").json["generations"]
    told = next(item["request"] for item in newest if item["request"].get("prompt") == "in between")
    theirs = [
        next(item["id"] for item in newest if item["request"].get("prompt") == prompt)
        for prompt in ("a paper boat, words", "on it goes")
    ]
    assert theirs == [told["keyframes"][name]["id"] for name in ("frame0", "frame1")], (
        "both by their ids there"
    )
    assert "balanced" in near.books()


def test_a_running_generation_is_aborted_at_both(near: Gateway, client: LumaAI, gateway: Gateway) -> None:
    prompt = f"a boat {time.time_ns()} [sandbox:delay=60]"
    made = client.generations.create(model="ray-2", prompt=prompt)
    assert made.id

    def there() -> list[str]:
        found = gateway.call("GET", f"{ROOT}/generations?limit=5").json["generations"]
        return [item["state"] for item in found if item["request"].get("prompt") == prompt]

    end = time.monotonic() + 30
    while not there():
        assert time.monotonic() < end, near.tail()
        time.sleep(0.1)
    client.generations.delete(made.id)
    while there():
        assert time.monotonic() < end, near.tail()
        time.sleep(0.1)
    assert "balanced" in near.books()


def test_a_picture_goes_as_a_link(near: Gateway, client: LumaAI) -> None:
    """The far gateway fetches no private address, so it refuses the near one's link, and says so to the client."""
    file = io.BytesIO()
    Image.new("RGB", (320, 320), "teal").save(file, "PNG")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    made = client.generations.create(
        model="ray-2", prompt="it moves", keyframes={"frame0": {"type": "image", "url": url}}
    )
    found = finished(near, client, made)
    assert "failed" == found.state
    assert "not public" in str(found.failure_reason)
