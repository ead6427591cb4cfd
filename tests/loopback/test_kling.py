"""Kling in, Kling out: what a client says in Kling's format is what a Kling upstream is told, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from framegate.core.provider import Provider, choose
from framegate.core.task import Media, Order, Parent, Role, Spec
from framegate.core.wire import Blob, Embed
from framegate.providers import load
from framegate.routing.adapt import Refusal, adapt

DIALOGUES = Path(__file__).parent.parent / "dialogues"
PROVIDERS = load()
MIRROR_IGNORES = {"callback_url", "external_task_id"}
"""The gateway puts its own in their place."""
DEFAULTS: dict[str, dict[str, Any]] = {
    "/v1/videos/text2video": {"model_name": "kling-v1", "duration": "5"},
    "/v1/videos/image2video": {"model_name": "kling-v1", "duration": "5"},
    "/v1/videos/omni-video": {"model_name": "kling-video-o1", "mode": "pro"},
    "/v1/videos/motion-control": {"model_name": "kling-v2-6"},
    "/v1/audio/tts": {"voice_language": "zh"},
    "/v1/images/generations": {"model_name": "kling-v1"},
    "/v1/images/omni-image": {"model_name": "kling-image-o1"},
}
MANY_SHOTS = ("/kling-3.0", "/kling-3.0-omni", "/kling-o1")
NOT_SAID = {"create-effects-of-older-scenes"}
"""Kling's scenes take no mode and no model any more, so the provider has no words for them."""
TYPES = {Role.VIDEO: "video/mp4", Role.AUDIO: "audio/mpeg"}


def cases(dialect: str) -> list[Any]:
    files = sorted((DIALOGUES / dialect).glob("create-*.json"))
    return [
        pytest.param(PROVIDERS[dialect], json.loads(file.read_text()), id=file.stem)
        for file in files
        if file.stem not in NOT_SAID
    ]


def order_of(provider: Provider, case: dict[str, Any]) -> Order:
    """The order as a strict route would make it: whatever had to be left out or changed would be refused."""
    spec = msgspec.convert(case["spec"], Spec)
    video = spec.memo.get("video_id") or spec.memo.get("audio_id", "")
    parent = Parent({"video": video}, Spec(kind=spec.kind, model="kling-v1-6")) if spec.parent else None
    if parent:
        spec = msgspec.structs.replace(spec, model=spec.model or parent.spec.model)
    offer = choose(provider.offers, spec.model, spec.kind, {item.role for item in spec.inputs})
    assert offer
    fitted, notes = adapt(spec, offer, "strict", same_vendor=provider.vendor == spec.vendor)
    assert () == notes
    media = tuple(
        Media(item.role, Blob(item.url, 1000, "ab" * 32, TYPES.get(item.role, "image/png")), item.url)
        for item in spec.inputs
    )
    model = spec.model.replace("kling-image-v", "kling-v", 1)  # as a route to Kling names it
    return Order(spec=fitted, model=model, task_id="", parent=parent, media=media)


def plain(value: Any) -> Any:
    """A request's JSON with the link of a medium where its bytes would be, and without what is null or empty."""
    if isinstance(value, Embed):
        return value.blob.path
    if isinstance(value, dict):
        kept = {k: plain(v) for k, v in value.items() if v not in (None, "") and k not in MIRROR_IGNORES}
        return {k: v for k, v in kept.items() if v != {}}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def said(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A client's body in one spelling, with what Kling takes for a field that is left out."""
    body = plain(body)
    if "model" in body:
        body["model_name"] = body.pop("model")
    body = {**DEFAULTS.get(path, {}), **body}
    if "duration" in body and path != "/v1/audio/text-to-audio":
        body["duration"] = str(body["duration"])
    if path == "/v1/videos/omni-video":
        base = any(item["refer_type"] == "base" for item in body.get("video_list", []))
        if base:  # it is as long as the video
            body.pop("duration", None)
        framed = any(item.get("type") == "first_frame" for item in body.get("image_list", []))
        body = body if base or framed else {"aspect_ratio": "16:9", **body}
        body = body if base else {"duration": "5", **body}
    if path == "/v1/images/omni-image" and body.get("result_type") == "series":
        body = {"series_amount": 4, **body}
    if body.get("aspect_ratio") == "auto":
        del body["aspect_ratio"]
    if "audio_url" in body.get("input", {}):  # a small sound is sent as it is
        body["input"]["audio_file"] = body["input"].pop("audio_url")
        body["input"]["audio_type"] = "file"
    return {key: value for key, value in body.items() if (key, value) != ("n", 1)}


@pytest.mark.parametrize(("provider", "case"), cases("kling"))
def test_the_older_api_mirrors(provider: Provider, case: dict[str, Any]) -> None:
    path = case["request"]["path"].removeprefix("/kling")
    sent = provider.submit.encode(order_of(provider, case))
    assert path == sent.url
    assert said(path, case["request"]["json"]) == plain(sent.json)


def test_what_is_not_said_is_refused_by_a_strict_route() -> None:
    for name in NOT_SAID:
        case = json.loads((DIALOGUES / "kling" / f"{name}.json").read_text())
        with pytest.raises(Refusal):
            order_of(PROVIDERS["kling"], case)


@pytest.mark.parametrize(("provider", "case"), cases("kling-next"))
def test_the_newer_api_mirrors(provider: Provider, case: dict[str, Any]) -> None:
    path = case["request"]["path"].removeprefix("/kling")
    sent = provider.submit.encode(order_of(provider, case))
    assert path == sent.url
    assert said_next(path, case["request"]["json"]) == plain(sent.json)


def said_next(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A client's body with the words first and the elements last, with 5 s, and with one shot if it does not say: left
    out, Kling would take several.
    """
    body = plain(body)
    settings = body.get("settings", {})
    if "contents" in body:
        body["contents"].sort(key=lambda item: {"prompt": -1, "element": 1}.get(item["type"], 0))
    if not any(item["type"] == "base_video" for item in body.get("contents", [])):
        settings = {"duration": 5, **settings}
    if path.endswith(MANY_SHOTS):
        settings = {"multi_shot": False, **settings}
    return {**body, "settings": settings}
