"""What the models of Kling's newer API can do: its capability map of 2026-05-19 and the pages of each model.

Kling 4.0 is not among them: no page of the developer API names it yet, so the offers for any other model carry it.
"""

from __future__ import annotations

from typing import Any

from framegate.core.provider import Offer
from framegate.core.task import Kind, Role

FIRST, LAST, REFERENCE, VIDEO = Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE, Role.VIDEO
SHAPES = ("16:9", "9:16", "1:1")
HD = ("720p", "1080p")
UHD = (*HD, "4k")
LONG: dict[str, Any] = {"seconds": (3.0, 15.0), "seconds_range": True}
MIDDLE: dict[str, Any] = {"seconds": (3.0, 10.0), "seconds_range": True}
EITHER: dict[str, Any] = {"seconds": (5.0, 10.0)}


def offer(model: str, extras: str, *, audio: bool = True, prompt: int = 2500, **columns: Any) -> Offer:  # noqa: ANN401
    return Offer(
        model=model,
        kind=Kind.VIDEO,
        expresses=("watermark", *(("audio",) if audio else ())),
        extras=tuple(extras.split()),
        prompt_limit=prompt,
        **columns,
    )


def frames(model: str, extras: str = "", *, last: bool = True, **columns: Any) -> list[Offer]:  # noqa: ANN401
    """From a first frame, which gives the shape, and from text. A last frame alone is refused everywhere."""
    roles = (FIRST, LAST) if last else (FIRST,)
    return [
        offer(model, f"{extras} contents", needs=(FIRST,), roles=roles, lacks=("aspect",), **columns),
        offer(model, extras, aspects=SHAPES, **columns),
    ]


def omni(model: str, free: dict[str, Any], framed: dict[str, Any], **columns: Any) -> list[Offer]:  # noqa: ANN401
    """From anything; a video that is given has its own length."""
    more = (FIRST, LAST, REFERENCE)
    extras = "multi_shot contents audio"
    return [
        offer(model, extras, roles=(FIRST, LAST), aspects=SHAPES, **framed, **columns),
        offer(model, extras, needs=(REFERENCE,), roles=more, aspects=SHAPES, **free, **columns),
        offer(model, extras, needs=(VIDEO,), roles=(VIDEO, *more), aspects=SHAPES, follows=True, **columns),
    ]


OFFERS: tuple[Offer, ...] = (
    *frames("kling-3.0", "multi_shot", resolutions=UHD, prompt=3072, **LONG),
    *frames("kling-3.0-turbo", last=False, audio=False, resolutions=HD, prompt=3072, **LONG),
    *frames("kling-2.6", resolutions=HD, **EITHER),
    *frames("kling-2.5-turbo", audio=False, resolutions=HD, **EITHER),
    *omni("kling-3.0-omni", LONG, LONG, resolutions=UHD, prompt=3072),
    *omni("kling-o1", MIDDLE, EITHER, resolutions=HD),
    offer("*", "*", roles=(FIRST, LAST)),
    offer("*", "*", needs=(REFERENCE,), roles=(REFERENCE, FIRST, LAST)),
    offer("*", "*", needs=(VIDEO,), roles=(VIDEO, REFERENCE, FIRST, LAST), follows=True),
)
