"""The videos API through OpenAI's own SDK, unmodified: a new base URL and a key are all that changes."""

from __future__ import annotations

import asyncio
import base64
import io
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import av
import httpx
import numpy as np
import openai
import pytest
from PIL import Image

from running import Gateway

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")


@pytest.fixture
def client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as found:
        yield found


@pytest.fixture
async def async_client(gateway: Gateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as found:
        yield found


@pytest.fixture(scope="module")
def finished(gateway: Gateway) -> Any:
    """A video that several tests look at."""
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as client:
        return client.videos.create_and_poll(
            prompt="a calico cat playing a piano", seconds="4", size="1280x720", poll_interval_ms=100
        )


def raw(gateway: Gateway, method: str, path: str, **given: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {gateway.key}"}
    return httpx.request(method, f"{gateway.url}/v1{path}", headers=headers, timeout=30, **given)


def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((720, 1280), 60).convert("RGB").save(file, "PNG")
    return file.getvalue()


def ended(client: openai.OpenAI, video_id: str) -> Any:
    return client.videos.poll(video_id, poll_interval_ms=100)


def length(content: bytes) -> float:
    with av.open(io.BytesIO(content)) as file:
        return float(file.duration or 0) / av.time_base


def test_create_and_poll_and_download(client: openai.OpenAI, finished: Any) -> None:
    assert ("completed", 100, None) == (finished.status, finished.progress, finished.error)
    assert ("video", "sora-2", "4", "1280x720") == (
        finished.object,
        finished.model,
        finished.seconds,
        finished.size,
    )
    assert finished.id.startswith("video_")
    assert finished.created_at <= finished.completed_at <= time.time()
    assert "a calico cat playing a piano" == finished.prompt
    content = client.videos.download_content(finished.id).read()
    assert b"ftyp" == content[4:8]
    assert 4 == pytest.approx(length(content), abs=0.1)


def test_the_defaults_are_openais(client: openai.OpenAI) -> None:
    with client.videos.with_streaming_response.create(prompt="a fox") as response:
        assert {"1000"} == {response.headers["openai-poll-after-ms"]}
        video = response.parse()
    assert ("sora-2", "4", "720x1280") == (video.model, video.seconds, video.size)
    assert {
        "id",
        "object",
        "model",
        "status",
        "progress",
        "created_at",
        "completed_at",
        "expires_at",
        "prompt",
        "size",
        "seconds",
        "remixed_from_video_id",
        "error",
    } == set(video.to_dict())


def test_pictures_of_a_video(client: openai.OpenAI, finished: Any) -> None:
    """One as a WebP, sixteen as a JPEG: from the beginning to the end, so that the first and the last differ."""
    found = {
        variant: client.videos.download_content(finished.id, variant=variant)
        for variant in ("thumbnail", "spritesheet")
    }
    types = {name: content.response.headers["content-type"] for name, content in found.items()}
    assert {"thumbnail": "image/webp", "spritesheet": "image/jpeg"} == types
    one, many = (Image.open(io.BytesIO(content.read())) for content in found.values())
    assert ("WEBP", "JPEG") == (one.format, many.format)
    assert (4 * one.width, 4 * one.height) == many.size
    first = many.crop((0, 0, one.width, one.height))
    last = many.crop((3 * one.width, 3 * one.height, 4 * one.width, 4 * one.height))
    assert first.tobytes() != last.tobytes()


def test_a_part_of_a_video(gateway: Gateway, finished: Any) -> None:
    answer = raw(gateway, "GET", f"/videos/{finished.id}/content")
    with httpx.Client(headers={"authorization": f"Bearer {gateway.key}", "range": "bytes=4-7"}) as client:
        part = client.get(f"{gateway.url}/v1/videos/{finished.id}/content")
    assert (206, b"ftyp", f"bytes 4-7/{len(answer.content)}") == (
        part.status_code,
        part.content,
        part.headers["content-range"],
    )
    said = [answer.headers[name] for name in ("content-type", "accept-ranges", "x-framegate-sandbox")]
    assert ["video/mp4", "bytes", "true"] == said


def test_a_picture_as_the_first_frame(client: openai.OpenAI, gateway: Gateway) -> None:
    video = client.videos.create(
        prompt="it moves", model="sora-2-pro", input_reference=("first.png", picture(), "image/png")
    )
    done = ended(client, video.id)
    assert ("completed", "sora-2-pro", "720x1280") == (done.status, done.model, done.size)
    task = gateway.call("GET", f"/v1/tasks/{video.id}").json
    assert ("succeeded", "1.2") == (task["status"], task["cost"]["charged"].rstrip("0"))


@pytest.mark.parametrize(
    "given",
    [
        {"data": {"prompt": "it moves"}},
        {"json": {"prompt": "it moves", "seconds": "4", "input_reference": {"image_url": "PICTURE"}}},
        {"data": {"prompt": "it moves", "input_reference[image_url]": "PICTURE"}},
        {"data": {"prompt": "it moves", "input_reference[file_id]": "UPLOAD"}},
    ],
    ids=["form without a file", "json", "bracketed url", "bracketed upload"],
)
def test_other_ways_to_create(gateway: Gateway, given: dict[str, Any]) -> None:
    slot = gateway.call("POST", "/v1/uploads", {"filename": "a.png"}).json
    assert 200 == gateway.call("PUT", slot["put_url"], picture(), key="").status
    replaced = {
        "PICTURE": f"data:image/png;base64,{base64.b64encode(picture()).decode()}",
        "UPLOAD": slot["id"],
    }

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        return replaced.get(value, value) if isinstance(value, str) else value

    if "json" in given:
        answer = raw(gateway, "POST", "/videos", json=filled(given["json"]))
    else:  # a file name of None makes a form of plain fields
        fields = {name: (None, value) for name, value in filled(given["data"]).items()}
        answer = raw(gateway, "POST", "/videos", files=fields)
    assert (200, "queued") == (answer.status_code, answer.json()["status"]), answer.text


def test_videos_are_listed_in_pages(client: openai.OpenAI) -> None:
    made = [client.videos.create(prompt=f"fox {place}").id for place in range(3)]
    newest = [video.id for _, video in zip(range(3), client.videos.list(limit=2), strict=False)]
    assert made[::-1] == newest
    page = client.videos.list(limit=1, after=made[1])
    assert (made[0], made[0]) == (page.data[0].id, page.last_id)
    later = client.videos.list(limit=2, order="asc", after=made[0])
    assert (made[1:], False) == ([video.id for video in later.data], later.has_more)


def test_remix(client: openai.OpenAI, finished: Any, gateway: Gateway) -> None:
    made = client.videos.remix(finished.id, prompt="the cat takes a bow")
    assert (finished.id, "sora-2", "4", "1280x720") == (
        made.remixed_from_video_id,
        made.model,
        made.seconds,
        made.size,
    )
    done = ended(client, made.id)
    assert ("completed", finished.id, "4", "1280x720") == (
        done.status,
        done.remixed_from_video_id,
        done.seconds,
        done.size,
    )
    cost = gateway.call("GET", f"/v1/tasks/{made.id}").json["cost"]
    assert "0.4" == cost["charged"].rstrip("0"), "as long as the original, at 0.10 USD a second"


def test_edit_and_extend_a_finished_video(gateway: Gateway, client: openai.OpenAI, finished: Any) -> None:
    source = {"id": finished.id}
    edited = raw(gateway, "POST", "/videos/edits", json={"prompt": "make it night", "video": source}).json()
    fields = {"prompt": (None, "the curtain falls"), "video[id]": (None, finished.id), "seconds": (None, "8")}
    longer = raw(gateway, "POST", "/videos/extensions", files=fields).json()
    assert (None, None) == (edited["remixed_from_video_id"], edited["error"])
    done = [ended(client, video["id"]) for video in (edited, longer)]
    assert [("completed", "4", "1280x720"), ("completed", "8", "1280x720")] == [
        (video.status, video.seconds, video.size) for video in done
    ]


async def test_edit_and_extend_an_uploaded_video(async_client: openai.AsyncOpenAI, finished: Any) -> None:
    content = (await async_client.videos.download_content(finished.id)).content
    file = ("clip.mp4", content, "video/mp4")
    edited, longer = await asyncio.gather(
        async_client.videos.edit(prompt="make it night", video=file),
        async_client.videos.extend(prompt="on it goes", video=file, seconds="4"),
    )
    done = [await async_client.videos.poll(video.id, poll_interval_ms=100) for video in (edited, longer)]
    assert ["completed", "completed"] == [video.status for video in done]


async def test_the_asynchronous_client(async_client: openai.AsyncOpenAI) -> None:
    done = await async_client.videos.create_and_poll(prompt="a paper boat", seconds="8", poll_interval_ms=100)
    assert ("completed", "8") == (done.status, done.seconds)
    content = (await async_client.videos.download_content(done.id)).content
    assert 8 == pytest.approx(length(content), abs=0.1)
    listed = [video.id async for video in await async_client.videos.list(limit=100)]
    assert done.id in listed
    gone = await async_client.videos.delete(done.id)
    assert (done.id, True, "video.deleted") == (gone.id, gone.deleted, gone.object)
    with pytest.raises(openai.NotFoundError):
        await async_client.videos.retrieve(done.id)


@pytest.mark.parametrize(
    ("directive", "code"), [("moderate", "moderation_blocked"), ("fail", "server_error")]
)
def test_a_failed_video_says_why(client: openai.OpenAI, directive: str, code: str) -> None:
    done = client.videos.create_and_poll(prompt=f"a fox [sandbox:{directive}]", poll_interval_ms=100)
    assert ("failed", code, None) == (done.status, done.error and done.error.code, done.completed_at)
    assert done.error
    assert done.error.message
    with pytest.raises(openai.NotFoundError, match="has failed"):
        client.videos.download_content(done.id)
    assert client.videos.delete(done.id).deleted


def test_a_video_that_is_not_finished(client: openai.OpenAI, gateway: Gateway) -> None:
    made = client.videos.create(prompt="a fox [sandbox:delay=60]")
    with pytest.raises(openai.NotFoundError, match="is not ready yet"):
        client.videos.download_content(made.id)
    with pytest.raises(openai.ConflictError, match="only a completed or failed video can be deleted"):
        client.videos.delete(made.id)
    with pytest.raises(openai.ConflictError, match="wait until it has succeeded"):
        client.videos.remix(made.id, prompt="again")
    gateway.call("DELETE", f"/v1/tasks/{made.id}")
    done = ended(client, made.id)
    assert ("failed", "The video was cancelled.") == (done.status, done.error and done.error.message)


def test_a_wrong_key(gateway: Gateway) -> None:
    with (
        openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="no-such-key") as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.videos.create(prompt="a fox")
    assert ("invalid_api_key", "invalid_request_error") == (caught.value.code, caught.value.type)


@pytest.mark.parametrize(
    ("given", "param", "code"),
    [
        ({"size": "banana"}, "size", "invalid_value"),
        ({"size": "1x1"}, "size", "invalid_value"),
        ({"seconds": "five"}, "seconds", "invalid_value"),
        ({"seconds": "600"}, "seconds", "invalid_value"),
        ({"model": "sora-9"}, "model", "invalid_value"),
        ({"prompt": " "}, "prompt", "invalid_value"),
        ({"extra_body": {"aspect": "16:9"}}, "aspect", "unknown_parameter"),
        ({"extra_body": {"seed": "many"}}, "seed", "invalid_type"),
        ({"extra_body": {"characters": [{"id": "char_1"}]}}, "characters", "invalid_value"),
        ({"extra_body": {"characters": [{"id": "med_1"}]}}, "characters[0].id", "invalid_value"),
        ({"extra_body": {"input_reference": "https://example.com/a.png"}}, "input_reference", "invalid_type"),
        ({"input_reference": ("a.png", b"no picture", "image/png")}, "input_reference", "invalid_value"),
    ],
)
def test_what_is_wrong_is_said(client: openai.OpenAI, given: Any, param: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.create(**{"prompt": "a fox", **given})
    error = caught.value
    assert (param, code, "invalid_request_error") == (error.param, error.code, error.type), error.message


def test_what_is_missing_is_said(gateway: Gateway, client: openai.OpenAI, finished: Any) -> None:
    answer = raw(gateway, "POST", "/videos", json={"model": "sora-2"})
    error = answer.json()["error"]
    assert (400, "prompt", "missing_required_parameter") == (
        answer.status_code,
        error["param"],
        error["code"],
    )
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve("video_none")
    with pytest.raises(openai.NotFoundError):
        client.videos.remix("video_none", prompt="again")
    with pytest.raises(openai.BadRequestError, match="Supported values are"):
        client.videos.download_content(finished.id, variant="poster")  # type: ignore[arg-type]


def frames(content: bytes) -> list[np.ndarray[Any, Any]]:
    with av.open(io.BytesIO(content)) as file:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]


def test_a_character_is_kept_and_appears(client: openai.OpenAI, finished: Any) -> None:
    film = client.videos.download_content(finished.id).read()
    mimi = client.videos.create_character(name="Mimi", video=("mimi.mp4", film, "video/mp4"))
    momo = client.videos.create_character(name=" Momo ", video=io.BytesIO(film))
    assert mimi.id
    assert mimi.id.startswith("char_")
    assert ("Mimi", "Momo") == (mimi.name, momo.name)
    assert finished.created_at <= mimi.created_at <= time.time()
    assert mimi.to_dict() == client.videos.get_character(mimi.id).to_dict()
    given = {"prompt": "Mimi on a snowy hill", "seconds": "4", "size": "1280x720", "poll_interval_ms": 100}
    casts = ([], [{"id": mimi.id}], [{"id": mimi.id}, {"id": momo.id}])
    done = [client.videos.create_and_poll(**given, extra_body={"characters": cast}) for cast in casts]
    assert ["completed"] * 3 == [video.status for video in done]
    alone, one, two = (frames(client.videos.download_content(video.id).read())[48] for video in done)
    left, right = np.s_[32:, :57], np.s_[32:, 57:]
    assert [True, False] == [np.abs(alone - one)[half].mean() > 4 for half in (left, right)]
    assert [True, True] == [np.abs(alone - two)[half].mean() > 4 for half in (left, right)]


async def test_characters_of_the_asynchronous_client(
    async_client: openai.AsyncOpenAI, finished: Any, gateway: Gateway
) -> None:
    film = (await async_client.videos.download_content(finished.id)).content
    mimi = await async_client.videos.create_character(name="Mimi", video=("mimi.mp4", film, "video/mp4"))
    assert mimi.id
    assert mimi.to_dict() == (await async_client.videos.get_character(mimi.id)).to_dict()
    body = {"prompt": "Mimi again", "characters": [{"id": mimi.id}]}
    made = raw(gateway, "POST", "/videos", json=body).json()
    done = await async_client.videos.poll(made["id"], poll_interval_ms=100)
    assert ("completed", "Mimi again") == (done.status, done.prompt)


def test_what_is_no_character_is_refused(client: openai.OpenAI, gateway: Gateway) -> None:
    png = ("a.png", picture(), "image/png")
    with pytest.raises(openai.BadRequestError, match="must be a file of the kind video") as caught:
        client.videos.create_character(name="Mimi", video=png)
    assert "video" == caught.value.param
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.create_character(name="", video=png)
    assert "name" == caught.value.param
    upload = gateway.call("POST", "/v1/uploads", {"filename": "a.mp4"}).json["id"]
    for name in ("char_1", upload):
        with pytest.raises(openai.NotFoundError):
            client.videos.get_character(name)


def test_a_character_is_its_owners_alone(gateway: Gateway, client: openai.OpenAI, finished: Any) -> None:
    film = ("a.mp4", client.videos.download_content(finished.id).read(), "video/mp4")
    mimi = client.videos.create_character(name="Mimi", video=film)
    assert mimi.id
    key = gateway.command("keys", "create", "--account", "a-stranger", "--credit", "5").stdout.strip()
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=key) as stranger:
        with pytest.raises(openai.NotFoundError):
            stranger.videos.get_character(mimi.id)
        with pytest.raises(openai.BadRequestError, match="does not exist"):
            stranger.videos.create(prompt="Mimi", extra_body={"characters": [{"id": mimi.id}]})


def test_every_error_below_the_path_has_openais_form(gateway: Gateway) -> None:
    for method, path in (("GET", "/videos/a/b/c"), ("PUT", "/videos"), ("GET", "/videos/edits/x/y")):
        answer = raw(gateway, method, path)
        assert {"message", "type", "param", "code"} == set(answer.json()["error"]), path
        assert answer.status_code in {404, 405}
