"""Runway in, Runway out: what a client says in Runway's format is what a Runway upstream is told, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from framegate.core.provider import choose
from framegate.core.task import Media, Order, Role, Spec
from framegate.core.wire import Blob, Embed
from framegate.providers import load
from framegate.routing.adapt import Refusal, adapt

DIALOGUES = Path(__file__).parent.parent / "dialogues" / "runwayml"
PROVIDER = load()["runway"]
TYPES = {Role.VIDEO: "video/mp4", Role.AUDIO: "audio/mpeg"}
LEFT_TO_US = {"adaptive", "auto", "auto_1k", "auto_2k"}
"""Ratios that name no shape: the gateway takes one, for else the price could not be told."""
NOT_SAID = {"create-own-model", "create-retired-model", "create-seedream-free-size"}
"""Models that Runway has not, or not any more; and a size of nobody's list, which has no price."""
ELSEWHERE = {
    "create-seedance-reference-images": "/v1/text_to_video",
    "create-seedance-text-a-video": "/v1/video_to_video",
}
"""Said at another path, in other words, to the same end."""
CASES = [
    pytest.param(file.stem, json.loads(file.read_text()), id=file.stem)
    for file in sorted(DIALOGUES.glob("create-*.json"))
    if file.stem not in NOT_SAID
]


def order_of(case: dict[str, Any]) -> Order:
    """The order as a strict route would make it: whatever had to be left out or changed would be refused."""
    spec = msgspec.convert(case["spec"], Spec)
    offer = choose(PROVIDER.offers, spec.model, spec.kind, {item.role for item in spec.inputs})
    assert offer
    fitted, notes = adapt(spec, offer, "strict", same_vendor=PROVIDER.vendor == spec.vendor)
    assert () == notes
    media = tuple(
        Media(item.role, Blob(item.url, 1000, "ab" * 32, TYPES.get(item.role, "image/png")), item.url)
        for item in spec.inputs
    )
    return Order(spec=fitted, model=spec.model, task_id="", media=media)


def plain(value: Any) -> Any:
    """A request's JSON with the link of a medium where its bytes would be, in one spelling."""
    if isinstance(value, Embed):
        return value.blob.path
    if isinstance(value, dict):
        if value.keys() == {"position", "uri"} and value["position"] == "first":
            return plain(value["uri"])
        return {k: plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        found = [plain(item) for item in value]
        return found[0] if found and isinstance(found[0], str) and len(found) == 1 else found
    return value.replace("runway://", "upload:") if isinstance(value, str) else value


def said(body: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """A client's body in the provider's spelling: frames in one list, a word once, what we take for nothing."""
    body = plain(body)
    references = body.get("references", [])
    placed = [item for item in references if isinstance(item, dict) and "position" in item]
    if placed:
        body["promptImage"] = [body["promptImage"], *placed]
        body["references"] = [item for item in references if item not in placed]
    if isinstance(body.get("references"), str):
        body["references"] = [{"uri": body["references"]}]
    for word in ("ratio", "duration", "resolution", "targetAspectRatio"):
        if body.get(word) in {*LEFT_TO_US, None} or body[word] == "auto":
            body.pop(word, None)
            body |= {word: sent[word]} if word in sent else {}
    if body["model"] == "aleph2" and "ratio" in body:
        body["targetAspectRatio"] = body.pop("ratio")
    if isinstance(body.get("resolution"), str):
        body["resolution"] = body["resolution"].lower()
    return {key: value for key, value in body.items() if value != []}


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_format_mirrors(name: str, case: dict[str, Any]) -> None:
    request = PROVIDER.submit.encode(order_of(case))
    path = case["request"]["path"].removeprefix("/runwayml")
    assert ELSEWHERE.get(name, path) == request.url
    sent = plain(request.json)
    if name == "create-seedance-reference-images":
        sent["promptImage"] = sent.pop("references")
    if name == "create-seedance-text-a-video":
        sent["referenceVideos"] = [{"type": "video", "uri": sent.pop("promptVideo")}]
    assert said(case["request"]["json"], sent) == sent
    assert "2024-11-06" == request.headers["x-runway-version"]


def test_a_pictures_tag_goes_no_further_than_runway() -> None:
    case = json.loads((DIALOGUES / "create-gen4-image-tags.json").read_text())
    spec = msgspec.convert(case["spec"], Spec)
    offer = choose(PROVIDER.offers, spec.model, spec.kind, {Role.REFERENCE})
    assert offer
    with pytest.raises(Refusal, match=r"referenceImages (was|were) left out"):
        adapt(spec, offer, "strict", same_vendor=False)
