"""Luma in, Luma out: what a client says in the Dream Machine's words is what Luma is told, and what Luma is understood
to say when we say it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from framegate.core.dialect import Problem, Submit, Trouble
from framegate.core.money import Quote
from framegate.core.provider import Exchange, choose
from framegate.core.task import (
    Artifact,
    Cause,
    Failure,
    Kind,
    Media,
    Order,
    Parent,
    Report,
    Spec,
    State,
    Task,
)
from framegate.core.wire import Blob, Response
from framegate.dialects import load as dialects
from framegate.providers import load as providers
from framegate.routing.adapt import Refusal, adapt

DIALOGUES = Path(__file__).parent.parent / "dialogues"
DIALECT = dialects()["luma-dream-machine"]
PROVIDER = providers()["luma"]
MIRROR_IGNORES = {"callback_url", "sync", "sync_timeout"}
"""The gateway puts its own callback in its place, and waits itself for a client that wants to wait."""
DEFAULTS: dict[str, dict[str, Any]] = {
    "/dream-machine/v1/generations/video": {"model": "ray-2", "duration": "5s", "resolution": "720p"},
    "/dream-machine/v1/generations/image": {"model": "photon-1"},
    "upscale": {"generation_type": "upscale_video", "resolution": "1080p"},
    "audio": {"generation_type": "add_audio"},
}
"""What the request means where it does not say."""
PARENT = "5bd0dbc8-0000-4000-8000-000000000001"
SEQUEL = "5bd0dbc8-0000-4000-8000-000000000002"


def cases() -> list[Any]:
    found = [
        (file.stem, json.loads(file.read_text()))
        for file in sorted((DIALOGUES / DIALECT.name).glob("*.json"))
    ]
    return [pytest.param(case, id=name) for name, case in found if "spec" in case]


def order_of(spec: Spec) -> Order:
    """The order as a strict route would make it: whatever had to be left out or changed would be refused."""
    made = Spec(kind=Kind.VIDEO, model="ray-2")
    parent = Parent({"id": PARENT}, made) if spec.parent else None
    sequel = Parent({"id": SEQUEL}, made) if spec.sequel else None
    if parent or sequel:
        spec = msgspec.structs.replace(spec, model=spec.model or made.model)
    offer = choose(PROVIDER.offers, spec.model, spec.kind, {item.role for item in spec.inputs})
    assert offer
    fitted, notes = adapt(spec, offer, "strict", same_vendor=PROVIDER.vendor == spec.vendor)
    assert () == notes
    media = tuple(Media(item.role, Blob("/m", 1, "ab" * 32, "image/png"), item.url) for item in spec.inputs)
    return Order(spec=fitted, model=spec.model, task_id="", parent=parent, sequel=sequel, media=media)


def said(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A client's body with its parent as Luma names it, and with what is meant where nothing is said."""
    whole = {**DEFAULTS.get(path, DEFAULTS.get(path.rpartition("/")[2], {})), **body}
    kept = {k: v for k, v in whole.items() if v is not None and k not in MIRROR_IGNORES}
    if kept.get("generation_type") in {"video", "image"}:  # the path says so already
        del kept["generation_type"]
    if "keyframes" in kept:
        frames = {k: v for k, v in kept["keyframes"].items() if v is not None}
        kept["keyframes"] = {
            k: {**v, "id": {"frame0": PARENT, "frame1": SEQUEL}[k]} if v["type"] == "generation" else v
            for k, v in frames.items()
        }
    return kept


@pytest.mark.parametrize("case", cases())
def test_a_request_mirrors(case: dict[str, Any]) -> None:
    path = (
        case["request"]["path"].removeprefix("/luma").replace("7e647762-5b4c-45f9-a4cf-7248f1eec6fc", PARENT)
    )
    if path.endswith("/generations"):  # the path of older SDKs
        path += "/video"
    sent = PROVIDER.submit.encode(order_of(msgspec.convert(case["spec"], Spec)))
    assert ("POST", path) == (sent.method, sent.url)
    assert said(path, case["request"]["json"]) == json.loads(msgspec.json.encode(sent.json))


@pytest.mark.parametrize("case", cases())
def test_a_request_in_lumas_own_words_is_refused_by_others_on_a_strict_route(case: dict[str, Any]) -> None:
    """Nothing that only Luma has is left out in silence."""
    spec = msgspec.convert(case["spec"], Spec)
    sandbox = providers()["sandbox"]
    offer = choose(sandbox.offers, "x", spec.kind, {item.role for item in spec.inputs})
    assert offer
    if not spec.extra:
        assert () == adapt(spec, offer, "strict", same_vendor=False)[1]
        return
    with pytest.raises(Refusal):
        adapt(spec, offer, "strict", same_vendor=False)
    _, [note] = adapt(spec, offer, "adapt", same_vendor=False)
    assert ", ".join(sorted(spec.extra)) in note


ARTIFACT = Artifact(
    id="art_1", kind=Kind.VIDEO, media_type="video/mp4", size=1, sha256="", url="https://x.example/a"
)
SPEC = Spec(kind=Kind.VIDEO, model="ray-2", prompt="a fox", callback_url="https://x.example/hook")


def task_in(state: State, cause: Cause | None = None) -> Task:
    return Task(
        id="task_1",
        public_id="123e4567-e89b-12d3-a456-426614174000",
        dialect=DIALECT.name,
        account_id="acct_1",
        spec=SPEC,
        state=state,
        created_at=0,
        updated_at=0,
        quote=Quote(),
        artifacts=(ARTIFACT,) if state is State.SUCCEEDED else (),
        failure=Failure(cause, "the words of the provider") if cause else None,
    )


HEARD = {
    State.QUEUED: State.QUEUED,
    State.SENDING: State.QUEUED,
    State.RUNNING: State.RUNNING,
    State.STORING: State.RUNNING,
    State.SUCCEEDED: State.SUCCEEDED,
    State.FAILED: State.FAILED,
    State.EXPIRED: State.FAILED,
    State.CANCELLED: State.FAILED,
}


def heard(task: Task) -> Report:
    route = next(route for route in DIALECT.routes if route.path.startswith("GET ") and "{id}" in route.path)
    poll = PROVIDER.poll
    assert isinstance(poll, Exchange)
    return poll.decode({"id": "1"}, route.encode(task))


@pytest.mark.parametrize("state", State)
def test_every_state_is_understood(state: State) -> None:
    report = heard(task_in(state))
    assert HEARD[state] == report.state
    assert (["https://x.example/a"] if state is State.SUCCEEDED else []) == [
        item.url for item in report.outputs
    ]


@pytest.mark.parametrize("cause", Cause)
def test_a_refusal_by_safety_rules_is_understood(cause: Cause) -> None:
    failure = heard(task_in(State.FAILED, cause)).failure
    assert failure
    assert (Cause.MODERATED if cause is Cause.MODERATED else Cause.BROKEN) == failure.cause
    assert "the words of the provider" in failure.message


def test_the_notice_is_what_luma_posts() -> None:
    assert DIALECT.encode_notice
    assert PROVIDER.poll
    task = task_in(State.SUCCEEDED)
    notice = DIALECT.encode_notice(task)
    assert ("POST", "https://x.example/hook") == (notice.method, notice.url)
    came = Response(status=200, body=msgspec.json.encode(notice.json))
    assert heard(task) == PROVIDER.poll.decode({"id": task.public_id}, came)


MEANT = {
    Problem.INVALID: Cause.INVALID,
    Problem.OUT_OF_CREDIT: Cause.CREDIT,
    Problem.UNAUTHENTICATED: Cause.UNAUTHORIZED,
    Problem.BUSY: Cause.BUSY,
    Problem.INTERNAL: Cause.BROKEN,
}


@pytest.mark.parametrize(("problem", "cause"), MEANT.items())
def test_a_refused_request_is_understood(problem: Problem, cause: Cause) -> None:
    order = order_of(Spec(kind=Kind.VIDEO, model="ray-2", prompt="a fox"))
    answer = DIALECT.encode_trouble(Trouble(problem, "the words for the customer", field="seconds"))
    report = PROVIDER.submit.decode(order, answer)
    assert report.failure
    assert cause == report.failure.cause
    assert "the words for the customer" in report.failure.message


def test_all_creates_are_mirrored() -> None:
    """Each way to create has a dialogue above."""
    paths = {case.values[0]["request"]["path"].split("/generations", 1)[1] for case in cases()}
    paths = {path.replace("7e647762-5b4c-45f9-a4cf-7248f1eec6fc", "{id}") for path in paths}
    creates = {
        route.path.split("/generations", 1)[1] for route in DIALECT.routes if isinstance(route, Submit)
    }
    assert creates == paths
