"""OpenAI's videos in, OpenAI's videos out: first word for word, then through two gateways over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import msgspec
import openai
import pytest
from PIL import Image

from framegate.core.provider import choose
from framegate.core.task import Media, Order, Parent, Spec
from framegate.core.wire import Blob, Request
from framegate.providers import load
from framegate.routing.adapt import Refusal, adapt
from running import Gateway, running

DIALOGUES = Path(__file__).parent.parent / "dialogues" / "openai-videos"
PROVIDER = load()["openai-videos"]
MIRROR_IGNORES = {"callback_url"}
"""The gateway calls back itself; the format has no place for it."""
DEFAULTS = {"model": "sora-2", "seconds": "4", "size": "720x1280"}
NOT_SAID = {"edit-file-of-a-form", "extension-file-of-a-form"}
"""Sora takes an uploaded video at OpenAI alone, whose service has ended: the provider has no words for it."""


def case(name: str) -> dict[str, Any]:
    return json.loads((DIALOGUES / f"{name}.json").read_text())


CASES = sorted(
    file.stem
    for file in DIALOGUES.glob("*.json")
    if file.stem.startswith(("create", "remix", "edit", "extension")) and file.stem not in NOT_SAID
)


def order_of(found: dict[str, Any]) -> Order:
    """The order as a strict route would make it: whatever had to be left out or changed would be refused."""
    spec = msgspec.convert(found["spec"], Spec)
    parent = (
        Parent({"id": spec.parent}, Spec(kind=spec.kind, model="sora-2", seconds=8.0))
        if spec.parent
        else None
    )
    if parent:
        spec = msgspec.structs.replace(spec, model=spec.model or parent.spec.model)
    offer = choose(PROVIDER.offers, spec.model, spec.kind, {item.role for item in spec.inputs})
    assert offer
    fitted, notes = adapt(spec, offer, "strict", same_vendor=PROVIDER.vendor == spec.vendor)
    assert () == notes
    media = tuple(
        Media(item.role, Blob(item.url, 1000, "ab" * 32, "image/png"), item.url) for item in spec.inputs
    )
    return Order(spec=fitted, model=spec.model, task_id="", parent=parent, media=media)


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def said(body: dict[str, Any]) -> dict[str, Any]:
    """What a client says, as a form says it; a picture by where it is."""
    kept = {k: v for k, v in body.items() if v not in (None, []) and k not in MIRROR_IGNORES}
    if isinstance(picture := kept.get("input_reference"), dict):
        kept["input_reference"] = picture.get("image_url") or f"upload:{picture['file_id']}"
    cast = [who["id"] for who in kept.pop("characters", [])]
    kept |= {"characters[][id]": [f"upload:{name}" for name in cast]} if cast else {}
    said = {name: value if name == "characters[][id]" else text(value) for name, value in kept.items()}
    return {**DEFAULTS, **said}


def heard(request: Request) -> dict[str, Any]:
    """What the provider sends, read the same way."""
    found = {
        part.name: part.content.path if isinstance(part.content, Blob) else part.content
        for part in request.parts
    }
    cast = [part.content for part in request.parts if part.name == "characters[][id]"]
    return {**found, **({"characters[][id]": cast} if cast else {})}


@pytest.mark.parametrize("name", CASES)
def test_the_two_sides_mirror(name: str) -> None:
    found = case(name)
    sent = PROVIDER.submit.encode(order_of(found))
    asked = found["request"]
    assert (asked["method"], asked["path"]) == (sent.method, sent.url)
    if name.startswith("create"):
        assert said(asked["json"]) == heard(sent)
    else:
        assert asked["json"] == sent.json


@pytest.mark.parametrize("name", sorted(NOT_SAID))
def test_what_is_not_said_is_refused_by_a_strict_route(name: str) -> None:
    with pytest.raises(Refusal, match="takes no video"):
        order_of(case(name))


@pytest.fixture(scope="module")
def near(in_front: Callable[..., Gateway]) -> Gateway:
    return in_front("openai-videos", ["sora-2", "sora-2-pro"])


def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((320, 180), 60).convert("RGB").save(file, "PNG")
    return file.getvalue()


def film() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for _ in range(10):
            out.mux(stream.encode(av.VideoFrame(96, 64, "yuv420p")))
        out.mux(stream.encode())
    return file.getvalue()


def length(content: bytes) -> float:
    with av.open(io.BytesIO(content)) as file:
        return float(file.duration or 0) / av.time_base


def cost(gateway: Gateway, video_id: str) -> str:
    return gateway.call("GET", f"/v1/tasks/{video_id}").json["cost"]["charged"].rstrip("0")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
def test_a_gateway_in_front_of_a_gateway(near: Gateway, gateway: Gateway) -> None:
    far = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key)
    with openai.OpenAI(base_url=f"{near.url}/v1", api_key=near.key) as client, far:
        frame = ("a.png", picture(), "image/png")
        made = {
            "words": client.videos.create(prompt="a paper boat", seconds="8", size="1280x720"),
            "frame": client.videos.create(prompt="it moves", model="sora-2-pro", input_reference=frame),
            "wrong": client.videos.create(prompt="a fox [sandbox:fail]"),
            "blocked": client.videos.create(prompt="a fox [sandbox:moderate]"),
        }
        done = {name: client.videos.poll(video.id, poll_interval_ms=200) for name, video in made.items()}
        codes = {name: video.error.code if video.error else video.status for name, video in done.items()}
        assert {
            "words": "completed",
            "frame": "completed",
            "wrong": "server_error",
            "blocked": "moderation_blocked",
        } == codes
        assert 8 == pytest.approx(length(client.videos.download_content(made["words"].id).read()), abs=0.1)
        charged = {name: cost(near, video.id) for name, video in made.items()}
        assert {"words": "0.8", "frame": "1.2", "wrong": "0.", "blocked": "0."} == charged

        source = made["words"].id
        remixed = client.videos.remix(source, prompt="the boat sinks")
        body = {"prompt": "on it goes", "video": {"id": source}, "seconds": "4"}
        longer = near.call("POST", "/v1/videos/extensions", body).json
        edited = near.call("POST", "/v1/videos/edits", {"prompt": "night", "video": {"id": source}}).json
        more = [
            client.videos.poll(name, poll_interval_ms=200)
            for name in (remixed.id, longer["id"], edited["id"])
        ]
        assert [("completed", "8", "1280x720", source), ("completed", "4", "1280x720", None)] == [
            (video.status, video.seconds, video.size, video.remixed_from_video_id) for video in more[:2]
        ]
        assert ["0.8", "0.4", "0.8"] == [cost(near, video.id) for video in more]
        sent = [cost(gateway, video.id) for video in far.videos.list(limit=3).data]
        assert ["0.4", "0.8", "0.8"] == sorted(sent), "both sides take the same for the same"

        answer = client.chat.completions.create(
            model="sora-2",
            messages=[{"role": "user", "content": "a paper boat"}],
            extra_body={"seconds": 4, "size": "1280x720"},
        )
        assert "[▶ video 1](" in (answer.choices[0].message.content or "")
        assert client.videos.delete(source).deleted
    assert "balanced" in near.books()
    assert "balanced" in gateway.books()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
def test_a_character_goes_along(near: Gateway, gateway: Gateway) -> None:
    """The far one is told of it first, by the same name, and it appears in what comes back."""
    far = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key)
    with openai.OpenAI(base_url=f"{near.url}/v1", api_key=near.key) as client, far:
        film = client.videos.create_and_poll(prompt="a paper boat", size="1280x720", poll_interval_ms=200)
        clip = ("a.mp4", client.videos.download_content(film.id).read(), "video/mp4")
        mimi = client.videos.create_character(name="Mimi", video=clip)
        asked = {"prompt": "Mimi at sea", "size": "1280x720", "poll_interval_ms": 200}
        done = client.videos.create_and_poll(**asked, extra_body={"characters": [{"id": mimi.id}]})
        assert "completed" == done.status
        sent = gateway.call("GET", f"/v1/tasks/{far.videos.list(limit=1).data[0].id}").json
        assert "Mimi at sea" == sent["prompt"]
        alone = far.videos.create_and_poll(**asked)
        shown = [client.videos.download_content(done.id).read(), far.videos.download_content(alone.id).read()]
        assert shown[0] != shown[1]
        told = near.admin("GET", f"/tasks/{done.id}").json["calls"]
        assert [("upload", "POST", "/v1/videos/characters", 200), ("submit", "POST", "/v1/videos", 200)] == [
            (call["what"], call["method"], call["url"], call["status"]) for call in told[:2]
        ]


@pytest.mark.slow
def test_a_character_goes_along_from_a_public_address_too(
    gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Other media go in the order itself, or as links; a character must be told of in any case."""
    config = (
        f'[[upstreams]]\nname = "far"\nprovider = "openai-videos"\nbase_url = "{gateway.url}"\n'
        f'credential = {{ key = "{gateway.key}" }}\nallow_hosts = ["127.0.0.1"]\npoll_seconds = 0.5\n'
        '[[routes]]\nmodel = "sora-2"\nto = [{ upstream = "far" }]\n'
    )
    data = tmp_path_factory.mktemp("public") / "data"
    with running(data, config=config, public_url="https://gateway.example") as near:
        inputs: list[dict[str, str]] = []
        for role, content in (("character", film()), ("first_frame", picture())):
            slot = near.call("POST", "/v1/uploads", {"filename": role}).json
            place = slot["put_url"].replace("https://gateway.example", near.url)
            assert near.call("PUT", place, content, key="").status < 300
            inputs.append({"role": role, "url": slot["url"]})
        made = near.submit({"model": "sora-2", "prompt": "she", "seconds": 4, "inputs": inputs})
        assert "succeeded" == near.finished(made["id"])["status"]
        calls = near.admin("GET", f"/tasks/{made['id']}").json["calls"]
        assert ["upload", "submit"] == [call["what"] for call in calls][:2]
        assert 1 == [call["what"] for call in calls].count("upload")


@pytest.mark.slow
def test_a_character_that_the_far_one_refuses_costs_nothing(near: Gateway) -> None:
    slot = near.call("POST", "/v1/uploads", {"filename": "a.png"}).json
    assert near.call("PUT", slot["put_url"], picture(), key="").status < 300
    who = {"role": "character", "url": slot["url"], "name": "Mimi"}
    made = near.submit({"model": "sora-2", "prompt": "Mimi", "seconds": 4, "inputs": [who]})
    done = near.finished(made["id"])
    assert ("failed", "0.00") == (done["status"], done["cost"]["charged"])
    assert "the video must be a file of the kind video" in done["failure"]["message"]
    calls = near.admin("GET", f"/tasks/{made['id']}").json["calls"]
    assert [("upload", 400)] == [(call["what"], call["status"]) for call in calls], "nothing was ordered"


@pytest.mark.slow
def test_what_the_far_one_cannot_do_is_refused_here(near: Gateway) -> None:
    for body, field in (
        ({"prompt": "a fox", "seconds": "5"}, "seconds"),
        ({"prompt": "a fox", "size": "1024x1792"}, "size"),
        ({"prompt": "a fox", "num_inference_steps": 4}, "the body"),
    ):
        answer = near.call("POST", "/v1/videos", body)
        assert (400, field) == (answer.status, answer.json["error"]["param"]), answer.body
