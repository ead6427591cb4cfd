"""How the tables of Runway's models are written: a size "1280x720" for the ratio that the API writes `1280:720`."""

from __future__ import annotations

from typing import Any

from framegate.core.provider import Offer
from framegate.core.task import Kind, Role

FIRST, LAST, REFERENCE = Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE
VIDEO, AUDIO = Role.VIDEO, Role.AUDIO
Columns = dict[str, Any]
"""Some fields of an `Offer`."""
ANY = Columns()


def sizes(*ratios: str) -> Columns:
    return {"sizes": tuple(ratio.replace(":", "x") for line in ratios for ratio in line.split())}


def shapes(aspects: str = "", resolutions: str = "") -> Columns:
    return {"aspects": tuple(aspects.split()), "resolutions": tuple(resolutions.split())}


def between(least: float, most: float) -> Columns:
    return {"seconds": (float(least), float(most)), "seconds_range": True}


def one_of(*seconds: int) -> Columns:
    return {"seconds": tuple(float(s) for s in seconds)}


def offer(model: str, kind: Kind, expresses: str = "", extras: str = "", **columns: Any) -> Offer:  # noqa: ANN401
    """One offer. Runway bills input moderation, and a task that was cancelled while it ran (its guide of 2026-04)."""
    return Offer(
        model=model,
        kind=kind,
        expresses=tuple(expresses.split()),
        extras=tuple(extras.split()),
        bills_cancelled=True,
        bills_moderated=True,
        **columns,
    )


def videos(  # noqa: PLR0913 - one keyword for each column of the vendor's table
    models: str,
    seconds: Columns,
    expresses: str = "",
    extras: str = "",
    *,
    image: Columns | None = None,
    image_roles: tuple[Role, ...] = (),
    text: Columns | None = None,
    text_roles: tuple[Role, ...] = (),
    edit: Columns | None = None,
    edit_roles: tuple[Role, ...] = (),
    edit_seconds: Columns = ANY,
    prompt: int | None = None,
) -> list[Offer]:
    """The offers of some models: from an image, from text, from a video; those that are None do not exist."""
    ways = (
        ((FIRST,), image_roles, image, seconds),
        ((), text_roles, text, seconds),
        ((VIDEO,), edit_roles, edit, edit_seconds),
    )
    return [
        offer(
            model,
            Kind.VIDEO,
            expresses,
            extras,
            needs=needs,
            roles=(*needs, *more),
            prompt_limit=prompt,
            **shape,
            **duration,
        )
        for model in models.split()
        for needs, more, shape, duration in ways
        if shape is not None
    ]
