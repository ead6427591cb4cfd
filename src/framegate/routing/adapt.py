"""Fit a spec to what an offer can express: unchanged, adapted by a rule that is named, or refused. Never in silence."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Literal

import msgspec

from framegate.core.frame import parse_pair, pixels, resolution_of
from framegate.core.provider import Offer, Provider
from framegate.core.task import Action, Input, Kind, Role, Spec

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
    "voice",
    "language",
    "format",
)
"""Spec fields that not every provider has words for."""


class Refusal(Exception):
    """The offer cannot express `field`; `message` says what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


Change = Callable[[str, object, str], None]
"""Give a field another value and say so, or refuse on a strict route: (field, value, note)."""


def adapt(spec: Spec, offer: Offer, policy: Policy, *, same_vendor: bool) -> tuple[Spec, tuple[str, ...]]:
    """The spec as this offer can say it, and in words what was changed. Raises `Refusal`.

    Inputs, needed inputs, what is continued and the prompt's length are never adapted: leaving a picture out, or
    cutting a prompt, would be another request. Where a task cannot be led up to, its first picture is. Durations, sizes
    and shapes go to the nearest that exists, a camera move becomes words in the prompt, other fields that the provider
    lacks are left out.
    """
    changes: dict[str, object] = {}
    spec, notes = _led(spec, offer, policy)
    _check_inputs(spec, offer)
    _check_action(spec, offer)

    def change(field: str, value: object, note: str) -> None:
        if policy == "strict":
            raise Refusal(field, f"{note} (the route is strict)")
        changes[field] = value
        notes.append(note)

    _fit_seconds(spec, offer, changes, change)
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
            change(field, "" if field == "negative_prompt" else None, left_out(field, offer))
    if spec.format and offer.formats and "format" in offer.expresses and spec.format not in offer.formats:
        note = f"format {spec.format} was left out: {offer.model} makes {', '.join(offer.formats)}"
        change("format", None, note)
    if spec.extra:
        every = "*" in offer.extras
        kept = {k: v for k, v in spec.extra.items() if same_vendor and (every or k in offer.extras)}
        if dropped := sorted(spec.extra.keys() - kept.keys()):
            change("extra", kept, left_out(", ".join(dropped), offer))
    return (msgspec.structs.replace(spec, **changes) if changes else spec), tuple(notes)


def _led(spec: Spec, offer: Offer, policy: Policy) -> tuple[Spec, list[str]]:
    """What leads up to a task, as this offer can say it."""
    if not spec.sequel or offer.joins:
        return spec, []
    if spec.action is not Action.EXTEND:
        raise Refusal("sequel", f"{offer.model} cannot {spec.action} towards a task")
    new, note = pictured(spec)
    if policy == "strict":
        raise Refusal("sequel", f"{note} (the route is strict)")
    return new, [note]


def pictured(spec: Spec) -> tuple[Spec, str]:
    """What leads up to a finished task, asked for with pictures instead, and that in words. The inputs are empty yet:
    the last picture of the parent, if there is one, as the first frame, and the first one of the sequel as the last.
    """
    first = (Input(Role.FIRST_FRAME, ""),) if spec.parent else ()
    inputs = (*spec.inputs, *first, Input(Role.LAST_FRAME, ""))
    what = "first picture of the task to lead up to"
    note = f"the last picture of the task to go on from, and the {what}, were" if first else f"the {what} was"
    new = msgspec.structs.replace(spec, action=Action.GENERATE, parent=None, sequel=None, inputs=inputs)
    return new, f"{note} given in its place"


def offer_for(provider: Provider, model: str, spec: Spec) -> Offer | None:
    """The offer for a model and what it is given; by the pictures, where they stand in the place of tasks."""
    found = provider.offer(model, spec.kind, {item.role for item in spec.inputs})
    if spec.sequel and found is not None and not found.joins:
        return provider.offer(model, spec.kind, {item.role for item in pictured(spec)[0].inputs})
    return found


def called(offer: Offer, model: str) -> Offer:
    """An offer for any other model under this one's name, which stands in what is said of it."""
    return msgspec.structs.replace(offer, model=model) if offer.model == "*" else offer


def left_out(what: str, offer: Offer) -> str:
    return f"{what} {'were' if ',' in what else 'was'} left out: {offer.model} has no such option"


def _check_action(spec: Spec, offer: Offer) -> None:
    """A task is continued by what can continue it, or where the video itself is given."""
    given = {item.role for item in spec.inputs}
    source = Role.VIDEO if spec.kind is Kind.VIDEO else Role.REFERENCE
    if (spec.parent or spec.sequel) and source not in given:
        if spec.action not in offer.continues:
            raise Refusal("parent", f"{offer.model} cannot {spec.action} an earlier task")
    elif spec.action in {Action.EXTEND, Action.UPSCALE} and spec.action not in offer.actions:
        raise Refusal("model", f"{offer.model} cannot {spec.action} what it is given")


def _check_inputs(spec: Spec, offer: Offer) -> None:
    given = {item.role for item in spec.inputs}
    for role in sorted(given):
        if role not in offer.roles:
            can = ", ".join(sorted(offer.roles)) or "no media at all"
            raise Refusal(role, f"{offer.model} takes no {role}; it takes {can}")
    continued = (spec.parent or spec.sequel) is not None and spec.action in offer.continues
    for role in offer.needs:
        if role not in given and not continued:
            raise Refusal(role, f"{offer.model} needs a {role}")
    if offer.prompt_limit is not None and len(spec.prompt) > offer.prompt_limit:
        raise Refusal(
            "prompt",
            f"the prompt has {len(spec.prompt)} characters; {offer.model} takes {offer.prompt_limit}",
        )


def _fit_seconds(spec: Spec, offer: Offer, changes: dict[str, object], change: Change) -> None:
    asked = spec.seconds
    if "seconds" in offer.lacks:
        if asked is not None:
            change("seconds", None, f"seconds {asked:g} was left out: {offer.model} has no such option")
        return
    fitting = _nearest_seconds(asked, offer)
    if asked is None:
        changes["seconds"] = fitting
    elif fitting != asked:
        note = f"seconds {asked:g} became {fitting:g}, the nearest that {offer.model} has"
        change("seconds", fitting, note)


def _nearest_seconds(asked: float | None, offer: Offer) -> float | None:
    if not offer.seconds:
        return asked if asked is None or offer.longest is None else min(asked, offer.longest)
    if offer.seconds_range:
        least, most = min(offer.seconds), max(offer.seconds)
        return min(max(asked, least), most) if asked is not None else min(max(5.0, least), most)
    return offer.seconds[0] if asked is None else min(offer.seconds, key=lambda s: (abs(s - asked), s))


def _fit_shape(spec: Spec, offer: Offer, changes: dict[str, object], change: Change) -> None:
    """A size is made the nearest size; where there are none, the nearest shape and the nearest resolution."""
    if spec.size is None and spec.aspect is None and spec.resolution is None:
        return
    wide, high = pixels(spec.size, spec.aspect, spec.resolution)
    if offer.sizes:
        _fit_size(spec, offer, (wide, high), changes, change)
        return
    if spec.size and (offer.aspects or offer.resolutions or offer.lacks):
        changes["size"] = None  # what follows says it
    if spec.size or spec.aspect:
        _fit_aspect(spec, offer, (wide, high), changes, change)
    if spec.size or spec.resolution:
        _fit_resolution(spec, offer, (wide, high), changes, change)


def _fit_size(
    spec: Spec, offer: Offer, asked: tuple[int, int], changes: dict[str, object], change: Change
) -> None:
    nearest = min(offer.sizes, key=lambda s: _distance(asked, parse_pair(s) or (16, 9)))
    there = parse_pair(nearest) or asked
    alike = spec.size is None and _same_shape(nearest, *asked)
    if there == asked or (alike and (spec.resolution is None or _same_height(there, asked, spec.resolution))):
        changes["size"] = nearest
    else:
        note = f"size {asked[0]}x{asked[1]} became {nearest}, the nearest that {offer.model} has"
        change("size", nearest, note)


def _fit_aspect(
    spec: Spec, offer: Offer, asked: tuple[int, int], changes: dict[str, object], change: Change
) -> None:
    if "aspect" in offer.lacks:
        change("aspect", None, left_out(f"the shape {spec.size or spec.aspect}", offer))
    elif offer.aspects and (spec.size or spec.aspect not in offer.aspects):
        nearest = min(offer.aspects, key=lambda a: _distance(asked, parse_pair(a) or (16, 9), area=False))
        if _same_shape(nearest, *asked):
            changes["aspect"] = nearest
        else:
            note = f"aspect {spec.size or spec.aspect} became {nearest}, the nearest that {offer.model} has"
            change("aspect", nearest, note)
    elif spec.size and offer.resolutions:
        part = gcd(*asked)
        changes["aspect"] = f"{asked[0] // part}:{asked[1] // part}"


def _fit_resolution(
    spec: Spec, offer: Offer, asked: tuple[int, int], changes: dict[str, object], change: Change
) -> None:
    said = spec.size or spec.resolution
    if "resolution" in offer.lacks:
        change(
            "resolution", None, left_out(f"the resolution of {said}" if spec.size else "resolution", offer)
        )
    elif offer.resolutions and (spec.size or spec.resolution not in offer.resolutions):
        nearest = min(offer.resolutions, key=lambda r: abs(min(pixels(None, None, r)) - min(asked)))
        there = pixels(None, f"{asked[0]}:{asked[1]}", nearest)
        if spec.size and _same_height(there, asked, resolution_of(*asked)):
            changes["resolution"] = nearest
        else:
            what = f"size {spec.size}" if spec.size else f"resolution {spec.resolution}"
            change("resolution", nearest, f"{what} became {nearest}, the nearest that {offer.model} has")
    elif spec.size and offer.aspects:
        changes["resolution"] = resolution_of(*asked)


def _same_height(there: tuple[int, int], asked: tuple[int, int], resolution: str) -> bool:
    """Whether a size may go by the resolution's name: by its area, or by its short side within a tenth."""
    short = min(asked)
    return resolution_of(*there) == resolution.lower() or abs(min(there) - short) <= 0.1 * short


def _same_shape(size: str, wide: int, high: int) -> bool:
    pair = parse_pair(size)
    return pair is not None and abs(pair[0] / pair[1] - wide / high) < 0.08 * wide / high


def _distance(asked: tuple[int, int], there: tuple[int, int], *, area: bool = True) -> float:
    """How far two shapes are apart: mostly by aspect, then by area, both as ratios."""
    a, b = asked[0] / asked[1], there[0] / there[1]
    shape = max(a, b) / min(a, b) - 1
    one, other = asked[0] * asked[1], there[0] * there[1]
    return shape * 10 + (max(one, other) / min(one, other) - 1 if area else 0)
