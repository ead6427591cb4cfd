"""A task that goes on from another: from what the first one's handle keeps, to the words of the second one's order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framegate.core.task import Action, Kind, Order, Parent, Spec
from framegate.core.wire import Response
from framegate.providers import load

PROVIDERS = load()
EXCHANGES = Path(__file__).parent.parent / "exchanges"


def finished(provider: str, case: str) -> Parent:
    """The parent as the engine keeps it: the handle of its submit, or that of its last report if it has one."""
    told = json.loads((EXCHANGES / provider / f"{case}.json").read_text())
    poll = PROVIDERS[provider].poll
    assert poll is not None
    body = json.dumps(told["response"]["json"]).encode()
    report = poll.decode(told["handle"], Response(status=200, body=body))
    return Parent(handle=report.handle or told["handle"], spec=Spec(kind=Kind.VIDEO, model="m"))


def continued(
    provider: str, model: str, parent: Parent | None, sequel: Parent | None = None, **asked: Any
) -> Any:
    ids = {"parent": "task_1" if parent else None, "sequel": "task_0" if sequel else None}
    spec = Spec(kind=Kind.VIDEO, model=model, prompt="on it goes", **ids, **asked)
    order = Order(spec=spec, model=model, task_id="task_2", parent=parent, sequel=sequel)
    return PROVIDERS[provider].submit.encode(order)


def test_kling_extends_the_video_that_its_poll_named():
    sent = continued("kling", "kling-v1-6", finished("kling", "poll-succeed"), action=Action.EXTEND)
    assert ("/v1/videos/video-extend", "4c9f") == (sent.url, sent.json["video_id"])


def test_kling_lends_a_voice_to_the_video_that_its_poll_named():
    sent = continued("kling", "kling-lip-sync", finished("kling", "poll-succeed"))
    assert {"mode": "text2video", "video_id": "4c9f", "text": "on it goes"} == sent.json["input"]


def test_luma_extends_the_generation_that_it_made():
    sent = continued("luma", "ray-2", finished("luma", "poll-completed"), action=Action.EXTEND)
    made = {"type": "generation", "id": "d1968551-6113-4b46-b567-09210c2e79b0"}
    assert {"frame0": made} == sent.json["keyframes"]


def test_lumas_agents_extend_the_generation_that_they_made():
    sent = continued(
        "luma-agents", "ray-3.2", finished("luma-agents", "poll-completed"), action=Action.EXTEND
    )
    assert {"generation_id": "0b1a7a52-5b1e-4f6e-9d55-2f0b8a1c9e10"} == sent.json["video"]["start_frame"]


OTHER = Parent(handle={"id": "the-other"}, spec=Spec(kind=Kind.VIDEO, model="m"))


def test_luma_joins_two_generations_and_leads_up_to_one():
    made = {"type": "generation", "id": "d1968551-6113-4b46-b567-09210c2e79b0"}
    other = {"type": "generation", "id": "the-other"}
    first = finished("luma", "poll-completed")
    sent = [continued("luma", "ray-2", parent, OTHER, action=Action.EXTEND) for parent in (first, None)]
    assert [{"frame0": made, "frame1": other}, {"frame1": other}] == [one.json["keyframes"] for one in sent]


def test_lumas_agents_join_two_generations_and_lead_up_to_one():
    made = {"generation_id": "0b1a7a52-5b1e-4f6e-9d55-2f0b8a1c9e10"}
    other = {"generation_id": "the-other"}
    first = finished("luma-agents", "poll-completed")
    sent = [
        continued("luma-agents", "ray-3.2", parent, OTHER, action=Action.EXTEND).json["video"]
        for parent in (first, None)
    ]
    assert [(made, other), (None, other)] == [(one.get("start_frame"), one["end_frame"]) for one in sent]


def test_what_luma_never_named_cannot_be_led_up_to():
    nameless = Parent(handle={}, spec=Spec(kind=Kind.VIDEO, model="ray-2"))
    with pytest.raises(ValueError, match="the task to continue"):
        continued("luma", "ray-2", None, nameless, action=Action.EXTEND)


@pytest.mark.parametrize(
    ("provider", "model", "action", "handle"),
    [
        ("kling", "kling-v1-6", Action.EXTEND, {"path": "/v1/videos/text2video", "id": "8"}),
        ("luma", "ray-2", Action.EXTEND, {"another": "note"}),
        ("luma", "ray-2", Action.UPSCALE, {}),
    ],
)
def test_what_has_no_name_at_the_upstream_cannot_be_continued(
    provider: str, model: str, action: Action, handle: dict[str, str]
):
    """The engine takes a `ValueError` as a refusal: nothing is sent."""
    parent = Parent(handle=handle, spec=Spec(kind=Kind.VIDEO, model=model))
    with pytest.raises(ValueError, match="the task to continue"):
        continued(provider, model, parent, action=action)
