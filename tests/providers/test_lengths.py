"""Results that are as long as what is given: their offers say so, and what is held for is the longest there may be."""

from __future__ import annotations

import pytest

from framegate.core.money import UNIT
from framegate.core.task import Action, Input, Kind, Order, Role, Spec
from framegate.providers import load

PROVIDERS = load()
FILM, FACE = Role.VIDEO, Role.FIRST_FRAME


@pytest.mark.parametrize(
    ("provider", "model", "action", "roles", "seconds", "follows"),
    [
        ("framegate", "any", Action.EDIT, (FILM,), 60, True),
        ("framegate", "any", Action.GENERATE, (FILM,), 5, True),
        ("framegate", "any", Action.GENERATE, (FACE,), 5, False),
        ("kling", "kling-v3-omni", Action.EDIT, (FILM,), 16, True),
        ("kling", "kling-avatar", Action.GENERATE, (FACE, Role.AUDIO), 300, True),
        ("kling", "kling-v2-6", Action.GENERATE, (FACE, FILM), 30, True),
        ("kling", "kling-v2-6", Action.GENERATE, (FACE,), 5, False),
        ("kling-next", "kling-o1", Action.EDIT, (FILM,), 10, True),
        ("luma", "ray-2", Action.EDIT, (FILM,), 10, True),
        ("luma", "ray-2", Action.GENERATE, (FACE,), 5, False),
        ("luma-agents", "ray-3.2", Action.EDIT, (FILM,), 18, True),
        ("runway", "aleph2", Action.EDIT, (FILM,), 30, True),
        ("runway", "enhance_frame_rate", Action.UPSCALE, (FILM,), 30, True),
        ("runway", "seedance2", Action.EDIT, (FILM,), 5, False),
        ("runway", "gen4.5", Action.GENERATE, (FACE,), 5, False),
    ],
)
def test_a_video_that_is_given_decides_the_length(
    provider: str, model: str, action: Action, roles: tuple[Role, ...], seconds: int, follows: bool
) -> None:
    inputs = tuple(Input(role=role, url="", media=f"med_{role}") for role in roles)
    spec = Spec(kind=Kind.VIDEO, model=model, prompt="a red fox", action=action, inputs=inputs)
    offer = PROVIDERS[provider].offer(model, Kind.VIDEO, roles)
    assert offer
    facts = PROVIDERS[provider].facts(Order(spec=spec, model=model, task_id=""))
    assert (follows, seconds * UNIT) == (offer.follows, facts.units["second"])
