"""What the laws do not say of Luma's formats: callbacks, waiting, and how refusals name their field."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from framegate.core.dialect import Call, Problem, Show, Submit, Trouble
from framegate.core.money import Quote
from framegate.core.task import Cause, Failure, Kind, Spec, State, Task
from framegate.dialects import load
from framegate.dialects.luma.dream_lists import CONCEPTS, MOTIONS
from framegate.dialects.luma.words import reason_of, seconds_of

DIALECTS = {name: dialect for name, dialect in load().items() if name.startswith("luma")}
WEB, DREAM = DIALECTS["luma"], DIALECTS["luma-dream-machine"]
IMAGE = next(r for r in DREAM.routes if isinstance(r, Submit) and r.path.endswith("/generations/image"))


def image_call(body: dict[str, Any]) -> Call:
    return Call(body=msgspec.convert(body, IMAGE.body), raw=body)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"prompt": "a"}, None),
        ({"prompt": "a", "sync": False, "sync_timeout": 5}, None),
        ({"prompt": "a", "sync": True}, 60.0),
        ({"prompt": "a", "sync": True, "sync_timeout": 1.5}, 1.5),
    ],
)
def test_only_sync_waits(body: dict[str, Any], seconds: float | None) -> None:
    assert IMAGE.wait
    assert seconds == IMAGE.wait(image_call(body))


def test_only_images_wait() -> None:
    waiting = [route.path for route in DREAM.routes if isinstance(route, Submit) and route.wait]
    assert [IMAGE.path] == waiting


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(None, 5.0), ("", 5.0), ("5s", 5.0), ("9 s", 9.0), ("10", 10.0), (9, 9.0), ("5.5s", 5.5)],
)
def test_lengths(said: str | float | None, seconds: float) -> None:
    assert seconds == seconds_of(said)


@pytest.mark.parametrize(
    "said", ["s", "-5s", "5m", "\u0665s", "1e1", "0s", "61s", -1, 0, float("nan"), "5s5"]
)
def test_lengths_that_are_none(said: str | float) -> None:
    with pytest.raises(Trouble) as caught:
        seconds_of(said)
    assert ("duration", True) == (caught.value.field, caught.value.message.startswith("duration must be"))


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Failure(Cause.MODERATED, "not allowed"), "Prompt moderation failed: not allowed"),
        (Failure(Cause.MODERATED, "Frame Moderation failed"), "Frame Moderation failed"),
        (Failure(Cause.MODERATED, "blacklisted words"), "blacklisted words"),
        (Failure(Cause.BROKEN, "it broke"), "it broke"),
        (Failure(Cause.LOST, ""), "lost"),
    ],
)
def test_a_reason_says_moderation_exactly_where_it_was(failure: Failure, reason: str) -> None:
    assert reason == reason_of(failure)


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED, State.CANCELLED])
def test_a_notice_is_the_answer_to_a_query(name: str, state: State) -> None:
    dialect = DIALECTS[name]
    task = Task(
        id="task_1",
        public_id="123e4567-e89b-12d3-a456-426614174000",
        dialect=name,
        account_id="acct_1",
        spec=Spec(kind=Kind.VIDEO, model="ray-2", callback_url="https://x.example/hook"),
        state=state,
        created_at=0,
        updated_at=0,
        quote=Quote(),
    )
    show = next(r for r in dialect.routes if isinstance(r, Show) and r.path.endswith("/generations/{id}"))
    assert dialect.encode_notice
    notice = dialect.encode_notice(task)
    assert ("POST", "https://x.example/hook") == (notice.method, notice.url)
    body = show.encode(task).body
    assert isinstance(body, bytes)
    assert json.loads(body) == json.loads(msgspec.json.encode(notice.json))


def test_the_dream_machine_tells_of_its_dreams_too() -> None:
    """As its documents say: when a generation is dreaming, completed or failed."""
    ends = {State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED}
    assert ends | {State.RUNNING} == DREAM.notice_states
    assert ends == WEB.notice_states


def told(trouble: Trouble, name: str) -> Any:
    body = DIALECTS[name].encode_trouble(trouble).body
    assert isinstance(body, bytes)
    return json.loads(body)


@pytest.mark.parametrize(
    ("field", "web", "dream"),
    [
        ("model", "model_name", "model"),
        ("prompt", "user_prompt", "prompt"),
        ("seconds", "duration", "duration"),
        ("first_frame", "image_url", "keyframes.frame0"),
        ("last_frame", "image_end_url", "keyframes.frame1"),
        ("callback_url", "notify_hook", "callback_url"),
    ],
)
def test_a_refusal_in_our_words_is_told_in_the_clients_words(field: str, web: str, dream: str) -> None:
    trouble = Trouble(Problem.INVALID, "this cannot be used", field=field)
    assert web == told(trouble, "luma")["error"]["param"]
    answer = told(trouble, "luma-dream-machine")
    assert ["detail"] == list(answer)
    assert answer["detail"].startswith(dream)
    assert answer["detail"].endswith(": this cannot be used")


def test_lists_hold_no_word_twice() -> None:
    assert len({*CONCEPTS}) == len(CONCEPTS) == 34
    assert len({*MOTIONS}) == len(MOTIONS) == 15
