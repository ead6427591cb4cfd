"""What a task that goes on from another takes over from it: so it is priced as what will be made."""

from __future__ import annotations

import msgspec
import pytest

from framegate.core.money import Quote
from framegate.core.task import Action, Kind, Spec, State
from framegate.engine.job import Job, Terms
from framegate.engine.media import ending
from framegate.engine.submit import continued

FIRST = Spec(kind=Kind.VIDEO, model="sora-2-pro", seconds=12.0, size="1792x1024")


def job(spec: Spec) -> Job:
    return Job(
        id="task_1",
        public_id="video_1",
        dialect="openai-videos",
        account_id="acct_1",
        key_id="key_1",
        model=spec.model,
        state=State.SUCCEEDED,
        spec=spec,
        quote=Quote(),
        candidates=(),
        terms=Terms(),
        upstream="far",
        held=0,
        due_at=0,
        deadline_at=0,
        created_at=0,
        updated_at=0,
    )


def after(action: Action, **said: object) -> Spec:
    spec = msgspec.convert(
        {"kind": "video", "model": "", "action": action, "parent": "video_1", **said}, Spec
    )
    return continued(spec, job(FIRST))


@pytest.mark.parametrize(
    ("action", "seconds"), [(Action.VARY, 12.0), (Action.EDIT, 12.0), (Action.EXTEND, None)]
)
def test_what_is_not_said_is_the_parents(action: Action, seconds: float | None) -> None:
    spec = after(action)
    assert ("task_1", "sora-2-pro", "1792x1024", seconds) == (
        spec.parent,
        spec.model,
        spec.size,
        spec.seconds,
    )


def test_what_leads_up_to_a_task_takes_over_from_it_where_nothing_comes_before():
    spec = Spec(kind=Kind.VIDEO, model="", action=Action.EXTEND, sequel="video_1", seconds=5.0)
    led = continued(spec, None, job(FIRST))
    assert ("sora-2-pro", "1792x1024", 5.0, None, "task_1") == (
        led.model,
        led.size,
        led.seconds,
        led.parent,
        led.sequel,
    )
    both = continued(spec, job(Spec(kind=Kind.VIDEO, model="ray-2", aspect="1:1")), job(FIRST))
    assert ("ray-2", None, "1:1") == (both.model, both.size, both.aspect)


def test_what_is_said_stays() -> None:
    spec = after(Action.EDIT, model="sora-2", seconds=4.0, aspect="1:1")
    assert ("sora-2", None, "1:1", 4.0) == (spec.model, spec.size, spec.aspect, spec.seconds)


def test_an_enlargement_has_a_size_of_its_own() -> None:
    spec = after(Action.UPSCALE)
    assert ("sora-2-pro", None, None) == (spec.model, spec.size, spec.seconds)


def test_a_picture_of_a_video_is_not_as_long() -> None:
    assert None is after(Action.EDIT, kind="image").seconds


@pytest.mark.parametrize(
    ("media_type", "end"),
    [
        ("video/mp4", "mp4"),
        ("image/jpeg", "jpg"),
        ("audio/mpeg", "mp3"),
        ("video/quicktime", "mov"),
        ("image/png; x=y", "png"),
        ("", "bin"),
    ],
)
def test_a_file_ends_as_its_type_is_named(media_type: str, end: str) -> None:
    assert end == ending(media_type)
