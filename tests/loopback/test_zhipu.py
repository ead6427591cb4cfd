"""Zhipu in, Zhipu out: what a client says in Zhipu's format is what a Zhipu upstream is told, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from framegate.core.provider import choose
from framegate.core.task import Media, Order, Spec
from framegate.core.wire import Blob, Embed
from framegate.providers import load
from framegate.routing.adapt import Refusal, adapt

DIALOGUES = Path(__file__).parent.parent / "dialogues" / "cogvideox"
PROVIDER = load()["zhipu"]
MIRROR_IGNORES = {"request_id"}
"""The gateway puts its own in its place."""
NO_LENGTH = ("cogvideox", "cogvideox-2", "cogvideox-flash")
CASES = [
    pytest.param(json.loads(file.read_text()), id=file.stem)
    for file in sorted(DIALOGUES.glob("create-*.json"))
]


def order_of(case: dict[str, Any]) -> Order:
    """The order as a strict route would make it: whatever had to be left out or changed would be refused."""
    spec = msgspec.convert(case["spec"], Spec)
    offer = choose(PROVIDER.offers, spec.model, spec.kind, {item.role for item in spec.inputs})
    assert offer
    fitted, notes = adapt(spec, offer, "strict", same_vendor=PROVIDER.vendor == spec.vendor)
    assert () == notes
    media = tuple(
        Media(item.role, Blob(item.url, 1000, "ab" * 32, "image/png"), item.url) for item in spec.inputs
    )
    return Order(spec=fitted, model=spec.model, task_id="", media=media)


def plain(value: Any) -> Any:
    """A request's JSON with the link of a medium where its bytes would be, and without what is null or empty."""
    if isinstance(value, Embed):
        return value.blob.path
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v not in (None, "") and k not in MIRROR_IGNORES}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def said(body: dict[str, Any]) -> dict[str, Any]:
    """A client's body in one spelling, with the length that Zhipu takes where none is given, and is told."""
    body = plain(body)
    model = body["model"]
    if model not in NO_LENGTH:
        body = {"duration": 4 if model.startswith("vidu2") else 5, **body}
    image = body.get("image_url")
    many = model.endswith(("start-end", "reference"))
    if isinstance(image, dict):
        body["image_url"] = image["url"]
    if isinstance(image, list) and len(image) == 1 and not many:
        body["image_url"] = image[0]
    if isinstance(image, str) and many:
        body["image_url"] = [image]
    return body


@pytest.mark.parametrize("case", CASES)
def test_the_format_mirrors(case: dict[str, Any]) -> None:
    sent = PROVIDER.submit.encode(order_of(case))
    assert "/api/paas/v4/videos/generations" == sent.url
    assert said(case["request"]["json"]) == plain(sent.json)


def test_what_a_model_cannot_do_is_refused_by_a_strict_route() -> None:
    case = json.loads((DIALOGUES / "create-viduq1-text.json").read_text())
    case["spec"]["model"] = "cogvideox-3"
    with pytest.raises(Refusal, match="movement_amplitude, style"):
        order_of(case)
