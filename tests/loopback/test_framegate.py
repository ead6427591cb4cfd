"""Mirror law: a native request, decoded and sent on to another Framegate, is the native request that came in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from framegate.core.dialect import Call, Show, Submit
from framegate.core.money import Quote
from framegate.core.task import Artifact, Cause, Failure, Kind, Media, Order, Parent, Spec, State, Task
from framegate.core.wire import Blob
from framegate.dialects.native.tasks import DIALECT
from framegate.providers.framegate import PROVIDER
from framegate.routing import adapt

DIALOGUES = Path(__file__).parent.parent / "dialogues" / "native"
CASES = {file.stem: json.loads(file.read_text()) for file in sorted(DIALOGUES.glob("create*.json"))}
MIRROR_IGNORES = {"callback_url", "extra"}
"""The callback is ours to make; a vendor's own words travel to that vendor alone, and are named where they do not."""
(SUBMIT,) = [route for route in DIALECT.routes if isinstance(route, Submit)]


def decoded(body: Any) -> Spec:
    return SUBMIT.decode(Call(body=msgspec.convert(body, SUBMIT.body), raw=body))


def sent_on(spec: Spec) -> Any:
    """What the other gateway is asked for."""
    offer = PROVIDER.offer(spec.model, spec.kind, {item.role for item in spec.inputs})
    assert offer is not None
    fitted, notes = adapt(spec, offer, "adapt", same_vendor=False)
    assert {note.partition(" ")[0] for note in notes} <= set(spec.extra)
    media = tuple(
        Media(i.role, Blob(path="", size=1, sha256="", media_type="image/png"), i.url, i.name)
        for i in spec.inputs
    )
    parent = Parent(handle={"id": spec.parent}, spec=spec) if spec.parent else None
    order = Order(spec=fitted, model=spec.model, task_id="task_1", parent=parent, media=media)
    return PROVIDER.submit.encode(order).json


@pytest.mark.parametrize("name", CASES)
def test_what_comes_in_is_what_goes_out(name: str):
    asked = decoded(CASES[name]["request"]["json"])
    again = decoded(sent_on(asked))
    assert again == msgspec.structs.replace(asked, callback_url=None, extra={})


@pytest.mark.parametrize("name", CASES)
def test_every_word_of_the_request_goes_out(name: str):
    asked = CASES[name]["request"]["json"]
    said = {key for key, value in asked.items() if value not in (None, [], {})} - MIRROR_IGNORES
    assert set() == said - set(sent_on(decoded(asked))) - {"count"}


FILM = Artifact(
    id="art_1",
    kind=Kind.VIDEO,
    media_type="video/mp4",
    size=1,
    sha256="",
    url="https://far.example/a.mp4?_jwt=t",
)


@pytest.mark.parametrize(
    ("state", "failure", "means", "cause"),
    [
        (State.QUEUED, None, State.QUEUED, None),
        (State.SENDING, None, State.RUNNING, None),
        (State.RUNNING, None, State.RUNNING, None),
        (State.STORING, None, State.RUNNING, None),
        (State.SUCCEEDED, None, State.SUCCEEDED, None),
        (State.CANCELLED, None, State.CANCELLED, None),
        (State.EXPIRED, None, State.FAILED, Cause.LOST),
        (State.FAILED, Cause.MODERATED, State.FAILED, Cause.MODERATED),
        (State.FAILED, Cause.INVALID, State.FAILED, Cause.INVALID),
        (State.FAILED, Cause.UNAUTHORIZED, State.FAILED, Cause.BROKEN),
        (State.FAILED, Cause.CREDIT, State.FAILED, Cause.BROKEN),
    ],
)
def test_what_is_answered_is_understood(
    state: State, failure: Cause | None, means: State, cause: Cause | None
):
    (show,) = [route for route in DIALECT.routes if isinstance(route, Show)]
    task = Task(
        id="task_1",
        public_id="task_1",
        dialect="native",
        account_id="acct_1",
        spec=decoded({"model": "ray-2", "prompt": "waves"}),
        state=state,
        created_at=1730704359531,
        updated_at=1730704359569,
        quote=Quote(total=500_000_000),
        charged=500_000_000 if state.final else None,
        progress=0.5,
        artifacts=(FILM,) if state is State.SUCCEEDED else (),
        failure=Failure(failure, "because") if failure else None,
    )
    assert PROVIDER.poll is not None
    report = PROVIDER.poll.decode({"id": "task_1"}, show.encode(task))
    assert (means, cause) == (report.state, report.failure and report.failure.cause)
    assert ({"credit": 500_000} if state.final else {}) == report.usage
    assert [artifact.url for artifact in task.artifacts] == [output.url for output in report.outputs]
