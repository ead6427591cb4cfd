"""Fit a spec to what an offer can express: unchanged, adapted by a rule that is named, or refused. Never in silence."""

from __future__ import annotations

from typing import Literal

import msgspec

from framegate.core.frame import parse_pair, pixels
from framegate.core.provider import Offer
from framegate.core.task import Spec

Policy = Literal["adapt", "strict"]

OPTIONAL = (
    "negative_prompt",
    "fps",
    "seed",
    "audio",
    "watermark",
    "quality",
    "guidance",
    "camera",
    "loop",
)
"""Spec fields that not every provider has words for."""


class Refusal(Exception):
    """The offer cannot express `field`; `message` says what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def adapt(  # noqa: C901 - one field after another
    spec: Spec, offer: Offer, policy: Policy, *, same_vendor: bool
) -> tuple[Spec, tuple[str, ...]]:
    """The spec as this offer can say it, and in words what was changed. Raises `Refusal`.

    Inputs, needed inputs and the prompt's length are never adapted: leaving a picture out, or cutting a prompt, would
    be another request. Durations, sizes and shapes go to the nearest that exists, a camera move becomes words in the
    prompt, other fields that the provider lacks are left out.
    """
    _check_inputs(spec, offer)
    changes: dict[str, object] = {}
    notes: list[str] = []

    def change(field: str, value: object, note: str) -> None:
        if policy == "strict":
            raise Refusal(field, f"{note} (the route is strict)")
        changes[field] = value
        notes.append(note)

    if (seconds := _nearest_seconds(spec.seconds, offer)) != spec.seconds:
        if spec.seconds is None:
            changes["seconds"] = seconds
        else:
            change(
                "seconds",
                seconds,
                f"seconds {spec.seconds:g} became {seconds:g}, the nearest that {offer.model} has",
            )
    _fit_shape(spec, offer, changes, change)
    if spec.count > offer.count:
        change(
            "count",
            offer.count,
            f"count {spec.count} became {offer.count}, the most that {offer.model} makes at once",
        )
    for field in OPTIONAL:
        value = getattr(spec, field)
        if value is None or value == "" or field in offer.expresses:
            continue
        if field == "camera":
            change("camera", None, f"camera {value!r} was put into the prompt")
            changes["prompt"] = f"{spec.prompt.rstrip(' .')}. Camera: {value}."
        else:
            change(
                field,
                "" if field == "negative_prompt" else None,
                f"{field} was left out: {offer.model} has no such option",
            )
    if spec.extra:
        every = "*" in offer.extras
        kept = {k: v for k, v in spec.extra.items() if same_vendor and (every or k in offer.extras)}
        if dropped := sorted(spec.extra.keys() - kept.keys()):
            change(
                "extra",
                kept,
                f"{', '.join(dropped)} left out: {offer.model} has no such option",
            )
    return (msgspec.structs.replace(spec, **changes) if changes else spec), tuple(notes)


def _check_inputs(spec: Spec, offer: Offer) -> None:
    given = {item.role for item in spec.inputs}
    for role in sorted(given):
        if role not in offer.roles:
            can = ", ".join(sorted(offer.roles)) or "no media at all"
            raise Refusal(role, f"{offer.model} takes no {role}; it takes {can}")
    for role in offer.needs:
        if role not in given:
            raise Refusal(role, f"{offer.model} needs a {role}")
    if offer.prompt_limit is not None and len(spec.prompt) > offer.prompt_limit:
        raise Refusal(
            "prompt",
            f"the prompt has {len(spec.prompt)} characters; {offer.model} takes {offer.prompt_limit}",
        )


def _nearest_seconds(asked: float | None, offer: Offer) -> float | None:
    if not offer.seconds:
        return asked
    if offer.seconds_range:
        least, most = min(offer.seconds), max(offer.seconds)
        return min(max(asked, least), most) if asked is not None else min(max(5.0, least), most)
    return offer.seconds[0] if asked is None else min(offer.seconds, key=lambda s: (abs(s - asked), s))


def _fit_shape(spec: Spec, offer: Offer, changes: dict[str, object], change: object) -> None:
    say = change  # a local name, since the closure is called with keyword-free arguments only
    assert callable(say)
    if spec.size is None and spec.aspect is None and spec.resolution is None:
        return
    wide, high = pixels(spec.size, spec.aspect, spec.resolution)
    if offer.sizes:
        nearest = min(offer.sizes, key=lambda s: _distance((wide, high), parse_pair(s) or (16, 9)))
        if parse_pair(nearest) == (wide, high) or (spec.size is None and _same_shape(nearest, wide, high)):
            changes["size"] = nearest
        else:
            say(
                "size",
                nearest,
                f"size {wide}x{high} became {nearest}, the nearest that {offer.model} has",
            )
        return
    if offer.aspects and (spec.aspect or spec.size) and (spec.aspect not in offer.aspects):
        nearest = min(
            offer.aspects,
            key=lambda a: _distance((wide, high), parse_pair(a) or (16, 9), area=False),
        )
        if _same_shape(nearest, wide, high):
            changes["aspect"] = nearest
        else:
            say(
                "aspect",
                nearest,
                f"aspect {spec.aspect or spec.size} became {nearest}, the nearest that {offer.model} has",
            )
    if offer.resolutions and spec.resolution and spec.resolution not in offer.resolutions:
        nearest = min(
            offer.resolutions,
            key=lambda r: abs(min(pixels(None, None, r)) - min(wide, high)),
        )
        say(
            "resolution",
            nearest,
            f"resolution {spec.resolution} became {nearest}, the nearest that {offer.model} has",
        )


def _same_shape(size: str, wide: int, high: int) -> bool:
    pair = parse_pair(size)
    return pair is not None and abs(pair[0] / pair[1] - wide / high) < 0.08 * wide / high


def _distance(asked: tuple[int, int], there: tuple[int, int], *, area: bool = True) -> float:
    """How far two shapes are apart: mostly by aspect, then by area, both as ratios."""
    a, b = asked[0] / asked[1], there[0] / there[1]
    shape = max(a, b) / min(a, b) - 1
    one, other = asked[0] * asked[1], there[0] * there[1]
    return shape * 10 + (max(one, other) / min(one, other) - 1 if area else 0)
