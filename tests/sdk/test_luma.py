"""Luma's own SDK, unmodified, against a running gateway: sync and async, with its own exceptions."""

from __future__ import annotations

import asyncio
import base64
import io
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import av
import httpx
import lumaai
import numpy as np
import pytest
import pytest_asyncio
from lumaai import AsyncLumaAI, LumaAI
from lumaai.types import Generation
from PIL import Image

from running import Gateway, running

pytestmark = pytest.mark.slow
ROOT = "/luma/dream-machine/v1"
PROMPT = "a red fox runs through snow"


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[LumaAI]:
    with LumaAI(base_url=gateway.url + ROOT, auth_token=gateway.key) as found:
        yield found


@pytest_asyncio.fixture
async def async_client(gateway: Gateway) -> AsyncIterator[AsyncLumaAI]:
    async with AsyncLumaAI(base_url=gateway.url + ROOT, auth_token=gateway.key) as found:
        yield found


def finished(client: LumaAI, generation: Generation, within: float = 60) -> Generation:
    """As the documents poll: until `completed` or `failed`."""
    assert generation.id
    end = time.monotonic() + within
    while (found := client.generations.get(id=generation.id)).state not in {"completed", "failed"}:
        assert found.state in {"queued", "dreaming"}
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


async def ended(client: AsyncLumaAI, generation: Generation) -> Generation:
    """The same, without blocking."""
    assert generation.id
    async with asyncio.timeout(60):
        while True:
            found = await client.generations.get(generation.id)
            if found.state in {"completed", "failed"}:
                return found
            await asyncio.sleep(0.1)


def file_of(url: str | None) -> bytes:
    assert url
    return httpx.get(url, timeout=30).content


def seconds_and_sides(content: bytes) -> tuple[float, int, int]:
    assert b"ftyp" == content[4:8]
    with av.open(io.BytesIO(content)) as file:
        stream = file.streams.video[0]
        return round((file.duration or 0) / av.time_base, 1), stream.width, stream.height


def shape_of(content: bytes) -> float:
    _, wide, high = seconds_and_sides(content)
    return round(wide / high, 1)


def picture(colour: str = "teal") -> str:
    file = io.BytesIO()
    Image.new("RGB", (320, 320), colour).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def video(client: LumaAI) -> Generation:
    """A finished video to go on from."""
    made = client.generations.create(
        model="ray-2", prompt=PROMPT, aspect_ratio="9:16", duration="5s", resolution="540p", loop=False
    )
    assert ("queued", "video", "ray-2", None) == (made.state, made.generation_type, made.model, made.assets)
    assert {"model", "prompt", "aspect_ratio", "duration", "resolution", "loop"} <= {*made.request.to_dict()}
    return finished(client, made)


def test_a_video_from_words(video: Generation) -> None:
    assert ("completed", None) == (video.state, video.failure_reason)
    assert video.assets
    assert video.assets.image is None
    assert video.created_at
    seconds, wide, high = seconds_and_sides(file_of(video.assets.video))
    assert 5.0 == seconds
    assert wide < high


def test_a_video_between_two_pictures(client: LumaAI) -> None:
    made = client.generations.video.create(
        model="ray-flash-2",
        prompt=PROMPT,
        duration="9s",
        keyframes={
            "frame0": {"type": "image", "url": picture()},
            "frame1": {"type": "image", "url": picture("navy")},
        },
        concepts=[{"key": "dolly_zoom"}],
    )
    found = finished(client, made)
    assert "completed" == found.state
    assert 9.0 == seconds_and_sides(file_of(found.assets.video))[0]
    frames = found.request.to_dict()["keyframes"]
    for name in ("frame0", "frame1"):  # what was sent inline is shown as a link
        assert b"\x89PNG" == file_of(frames[name]["url"])[:4]


def test_a_finished_video_is_extended_enlarged_and_given_sound(client: LumaAI, video: Generation) -> None:
    assert video.id
    extended = client.generations.create(
        model="ray-2", prompt=PROMPT, keyframes={"frame0": {"type": "generation", "id": video.id}}
    )
    upscaled = client.generations.upscale(id=video.id, resolution="1080p")
    sounding = client.generations.audio(id=video.id, prompt="wind", negative_prompt="voices")
    for made in (extended, upscaled, sounding):
        found = finished(client, made)
        assert ("completed", "ray-2") == (found.state, found.model)
        assert b"ftyp" == file_of(found.assets.video)[4:8]


def frames(url: str | None) -> list[np.ndarray[Any, Any]]:
    with av.open(io.BytesIO(file_of(url))) as file:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]


def apart(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    assert one.shape == other.shape
    return float(np.abs(one - other).mean())


def test_two_videos_are_joined(client: LumaAI, video: Generation, gateway: Gateway) -> None:
    """From the last frame of the one to the first frame of the other; and up to the other from words or a picture."""
    other = finished(
        client,
        client.generations.create(
            model="ray-2", prompt="a bright desert at noon", aspect_ratio="9:16", resolution="540p"
        ),
    )
    after = {"type": "generation", "id": other.id}
    before: Any = {
        "joined": {"type": "generation", "id": video.id},
        "words": None,
        "picture": {"type": "image", "url": picture("red")},
    }
    made = {
        name: client.generations.create(
            model="ray-2",
            prompt="one becomes the other",
            duration="9s",
            keyframes={"frame0": frame, "frame1": after} if frame else {"frame1": after},  # type: ignore[arg-type]
        )
        for name, frame in before.items()
    }
    assert video.assets
    assert other.assets
    ends, begins = frames(video.assets.video)[-1], frames(other.assets.video)[0]
    assert apart(ends, begins) > 20
    for name, generation in made.items():
        found = finished(client, generation)
        assert ("completed", None) == (found.state, found.failure_reason)
        assert found.assets
        assert 9 == pytest.approx(seconds_and_sides(file_of(found.assets.video))[0], abs=0.1)
        seen = frames(found.assets.video)
        if name != "picture":  # whose shape the video has
            assert apart(begins, seen[-1]) < 8
            assert (name == "joined") == (apart(ends, seen[0]) < 8)
    told = client.generations.get(str(made["joined"].id))
    assert told.request
    assert {"frame0": before["joined"], "frame1": after} == told.request.to_dict()["keyframes"]
    task = gateway.call("GET", f"/v1/tasks/{made['joined'].id}").json
    alone = client.generations.create(model="ray-2", prompt=PROMPT, resolution="540p", duration="9s")
    assert gateway.call("GET", f"/v1/tasks/{alone.id}").json["cost"]["estimated"] == task["cost"]["estimated"]
    assert [] == task["adapted"]


def test_what_cannot_be_led_up_to(client: LumaAI, video: Generation) -> None:
    running = client.generations.create(model="ray-2", prompt="a boat [sandbox:delay=60]")
    first = {"type": "generation", "id": video.id}
    for second, error, words in (
        ("7e647762-5b4c-45f9-a4cf-7248f1eec6fc", lumaai.NotFoundError, "there is no task .* to lead up to"),
        (str(running.id), lumaai.ConflictError, "the task to lead up to is"),
    ):
        frames: Any = {"frame0": first, "frame1": {"type": "generation", "id": second}}
        with pytest.raises(error, match=words):
            client.generations.create(model="ray-2", prompt=PROMPT, keyframes=frames)
    client.generations.delete(str(running.id))


def test_a_video_is_modified_and_reframed(client: LumaAI, video: Generation) -> None:
    assert video.assets
    assert video.assets.video
    media: Any = {"url": video.assets.video}  # a link of the gateway's own
    modified = client.generations.video.modify(
        generation_type="modify_video", model="ray-2", mode="flex_2", media=media, prompt="at night"
    )
    reframed = client.generations.video.reframe(
        generation_type="reframe_video", model="ray-2", media=media, aspect_ratio="16:9", x_start=10
    )
    for made, shape in ((modified, 0.6), (reframed, 1.8)):
        found = finished(client, made)
        assert "completed" == found.state, found
        assert shape == shape_of(file_of(found.assets.video))


def test_an_image_with_references(client: LumaAI) -> None:
    made = client.generations.image.create(
        model="photon-1",
        prompt=PROMPT,
        aspect_ratio="3:4",
        format="png",
        image_ref=[{"url": picture(), "weight": 0.85}],
        style_ref=[{"url": picture("gold")}],
        character_ref={"identity0": {"images": [picture("red")]}},
        modify_image_ref={"url": picture("white"), "weight": 1.0},
    )
    found = finished(client, made)
    assert ("completed", "image") == (found.state, found.generation_type)
    assert found.assets
    assert found.assets.video is None
    with Image.open(io.BytesIO(file_of(found.assets.image))) as image:
        assert 0.75 == pytest.approx(image.width / image.height, abs=0.02)


def test_an_image_is_reframed(client: LumaAI) -> None:
    made = client.generations.image.reframe(
        generation_type="reframe_image", model="photon-1", media={"url": picture()}, aspect_ratio="16:9"
    )
    found = finished(client, made)
    with Image.open(io.BytesIO(file_of(found.assets.image))) as image:
        assert 1.8 == round(image.width / image.height, 1)


def test_an_image_that_is_waited_for(client: LumaAI) -> None:
    made = client.generations.image.create(model="photon-flash-1", prompt=PROMPT, sync=True, sync_timeout=50)
    assert "completed" == made.state
    assert made.assets
    assert b"\x89PNG" == file_of(made.assets.image)[:4]


def test_a_wait_ends_when_its_time_is_over(client: LumaAI) -> None:
    made = client.generations.image.create(
        model="photon-1", prompt=f"{PROMPT} [sandbox:delay=30]", sync=True, sync_timeout=0.2
    )
    assert made.state in {"queued", "dreaming"}
    assert made.id
    client.generations.delete(made.id)


async def test_videos_made_at_once_are_listed_in_pages(async_client: AsyncLumaAI) -> None:
    made = await asyncio.gather(
        *(async_client.generations.create(model="ray-2", prompt=f"{PROMPT} {n}") for n in range(3))
    )
    newest = await async_client.generations.list(limit=2)
    older = await async_client.generations.list(limit=2, offset=2)
    assert (2, True, 2, 0) == (newest.count, newest.has_more, newest.limit, newest.offset)
    assert (2, 2) == (older.limit, older.offset)
    listed = [item.id for page in (newest, older) for item in page.generations]
    assert len({*listed}) == len(listed)
    assert {item.id for item in made} <= {*listed}
    whole = await async_client.generations.list()
    assert (100, 0) == (whole.limit, whole.offset)
    assert {*listed} <= {item.id for item in whole.generations}
    for item in made:
        assert "completed" == (await ended(async_client, item)).state


async def test_credits_concepts_and_ping(async_client: AsyncLumaAI, gateway: Gateway) -> None:
    left = await async_client.credits.get()
    assert 0 < left.credit_balance <= 10_000_000  # cents of 100,000 dollars
    assert "dolly_zoom" in await async_client.generations.concepts.list()
    assert "pong" == (await async_client.ping.check()).message
    moves = gateway.call("GET", f"{ROOT}/generations/camera_motion/list").json
    assert "camera orbit left" in moves


def test_a_running_generation_is_deleted(client: LumaAI) -> None:
    made = client.generations.create(model="ray-2", prompt=f"{PROMPT} [sandbox:delay=30]")
    assert made.id
    assert client.generations.delete(made.id) is None
    with pytest.raises(lumaai.NotFoundError):
        client.generations.get(made.id)
    with pytest.raises(lumaai.NotFoundError):
        client.generations.delete(made.id)


def test_a_finished_generation_is_deleted(client: LumaAI) -> None:
    made = finished(client, client.generations.image.create(model="photon-1", prompt=PROMPT))
    assert made.id
    client.generations.delete(made.id)
    assert made.id not in {item.id for item in client.generations.list().generations}


@pytest.mark.parametrize(
    ("directive", "words"), [("fail", ""), ("moderate", "moderation"), ("moderate=output", "moderation")]
)
def test_a_failed_generation_says_why(client: LumaAI, directive: str, words: str) -> None:
    found = finished(client, client.generations.create(model="ray-2", prompt=f"fox [sandbox:{directive}]"))
    assert ("failed", None) == (found.state, found.assets)
    assert found.failure_reason
    assert words in found.failure_reason


def test_a_wrong_key(gateway: Gateway) -> None:
    with (
        LumaAI(base_url=gateway.url + ROOT, auth_token="luma-nobody") as stranger,
        pytest.raises(lumaai.AuthenticationError) as caught,
    ):
        stranger.credits.get()
    assert {"detail": "this key is not known here"} == caught.value.body


def test_what_is_not_there(client: LumaAI) -> None:
    nobody = "123e4567-e89b-12d3-a456-426614174000"
    with pytest.raises(lumaai.NotFoundError):
        client.generations.get(nobody)
    with pytest.raises(lumaai.NotFoundError, match=nobody):
        client.generations.upscale(nobody)
    with pytest.raises(lumaai.NotFoundError):
        client.generations.create(
            model="ray-2", prompt=PROMPT, keyframes={"frame0": {"type": "generation", "id": nobody}}
        )


def test_what_is_not_finished_cannot_be_extended(client: LumaAI) -> None:
    made = client.generations.create(model="ray-2", prompt=f"{PROMPT} [sandbox:delay=30]")
    assert made.id
    with pytest.raises(lumaai.ConflictError, match="wait until it has succeeded"):
        client.generations.upscale(made.id)
    client.generations.delete(made.id)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"prompt": None}, "prompt"),
        ({"model": "ray-9"}, "did you mean ray-"),
        ({"aspect_ratio": "wide"}, "aspect_ratio"),
        ({"duration": "five"}, "duration"),
        ({"resolution": "12k"}, "resolution"),
        ({"loop": "yes"}, "loop"),
        ({"keyframes": {"frame0": {"type": "image", "url": "http://127.0.0.1:1/a.png"}}}, "keyframes.frame0"),
        ({"keyframes": {"frame0": {"type": "image", "url": "no picture"}}}, "keyframes.frame0"),
        ({"keyframes": {"frame0": {"type": "picture", "url": "x"}}}, "keyframes.frame0"),
        ({"keyframes": {"frame1": {"type": "generation", "id": ""}}}, "keyframes.frame1"),
        ({"callback_url": "here"}, "callback_url"),
        ({"extra_body": {"seed": 5}}, "seed"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(client: LumaAI, fields: Any, word: str) -> None:
    with pytest.raises(lumaai.BadRequestError) as caught:
        client.generations.create(**{"model": "ray-2", "prompt": PROMPT, **fields})
    body: Any = caught.value.body
    assert ["detail"] == list(body)
    assert word in body["detail"]


def test_what_is_no_json_and_what_is_no_path(gateway: Gateway) -> None:
    answer = gateway.call("POST", f"{ROOT}/generations/video", b"{")
    assert (400, ["detail"]) == (answer.status, list(answer.json))
    answer = gateway.call("PUT", f"{ROOT}/generations/video", b"{}")
    assert (405, ["detail"]) == (answer.status, list(answer.json))
    answer = gateway.call("GET", f"{ROOT}/nothing")
    assert (404, ["detail"]) == (answer.status, list(answer.json))


def test_an_empty_purse(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("poor") / "data"
    with (
        running(data, bootstrap_credit="0.01") as poor,
        LumaAI(base_url=poor.url + ROOT, auth_token=poor.key) as client,
    ):
        with pytest.raises(lumaai.APIStatusError, match="Insufficient credits") as caught:
            client.generations.create(model="ray-2", prompt=PROMPT)
        assert 402 == caught.value.status_code
