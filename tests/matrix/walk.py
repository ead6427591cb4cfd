"""Every documented request by every provider: what goes exactly, what is adapted, what is refused, and whether anything
is dropped in silence.

A request goes to the model of the provider that takes it best: the one of the same name if there is one, else the one
for which the least must be changed, the first listed of several.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from contract.provider_laws import media_of
from framegate.core.frame import SHORT_SIDES
from framegate.core.provider import Provider
from framegate.core.task import Handle, Kind, Order, Parent, Role, Spec
from framegate.core.wire import Request
from framegate.providers import load
from framegate.routing import Refusal, adapt, called, offer_for
from framegate.routing.adapt import Policy
from matrix.documented import Asked, requests

EXCHANGES = Path(__file__).parent.parent / "exchanges"
PROVIDERS = load()
SELF_HOSTED = frozenset({"openai-videos"})
"""Formats of servers that people run themselves: the operator's own model is as good a target as any."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a request goes to one model: the order and what was changed for it, or why it is refused."""

    model: str
    order: Order | None
    notes: tuple[str, ...] = ()
    why: str = ""

    @property
    def word(self) -> str:
        return "refused" if self.order is None else "adapted" if self.notes else "exact"


@dataclass(frozen=True, slots=True)
class Cell:
    """One documented request at one provider."""

    asked: Asked
    provider: str
    way: Way


@cache
def cells() -> tuple[Cell, ...]:
    """The whole matrix, on routes that adapt."""
    return tuple(
        Cell(asked, provider.name, best(asked.spec, provider))
        for asked in requests()
        for provider in PROVIDERS.values()
    )


def best(spec: Spec, provider: Provider) -> Way:
    """The way that changes least; of those that are refused, the one to the model of that name, or to the first."""
    named = [model for model in models(spec, provider) if model == spec.model]
    ways = [way(spec, provider, model, "adapt") for model in named or models(spec, provider)]
    if not ways:
        return Way("", None, why=f"makes no {spec.kind}")
    open_ways = [found for found in ways if found.order is not None]
    return min(open_ways, key=lambda found: len(found.notes)) if open_ways else ways[0]


def models(spec: Spec, provider: Provider) -> list[str]:
    """The provider's models of that kind; where any name is taken, the public one."""
    found = [offer.model for offer in provider.offers if offer.kind is spec.kind]
    listed = [model for model in dict.fromkeys(found) if model != "*"]
    own = [spec.model or "a-model" for model in found[:1] if not listed or provider.name in SELF_HOSTED]
    return list(dict.fromkeys([*own, *listed]))


def way(spec: Spec, provider: Provider, model: str, policy: Policy) -> Way:
    """The order that the engine would make of it, as `routing.candidates` and the worker do."""
    offer = offer_for(provider, model, spec)
    assert offer is not None
    same = provider.local or provider.vendor == spec.vendor
    try:
        fitted, notes = adapt(spec, called(offer, model), policy, same_vendor=same)
    except Refusal as refusal:
        return Way(model, None, why=refusal.message)
    media = tuple(media_of(item.role) for item in fitted.inputs)
    handle = handles(provider).get(fitted.kind, {"id": "of-the-parent"})
    earlier = Parent(handle=handle, spec=Spec(kind=fitted.kind, model=model, seconds=5.0))
    order = Order(
        spec=fitted,
        model=model,
        task_id="task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
        callback_url="https://gateway.example/v1/callbacks/1",
        parent=earlier if fitted.parent else None,
        sequel=earlier if fitted.sequel else None,
        media=media,
    )
    return Way(model, order, notes)


@cache
def _handles(name: str) -> dict[Kind, Handle]:
    found: dict[Kind, Handle] = {}
    for file in sorted((EXCHANGES / name).glob("*.json")):
        case = json.loads(file.read_text())
        report = case.get("report", {})
        if case["operation"] != "poll" or report.get("state") != "succeeded":
            continue
        for output in report["outputs"]:
            found.setdefault(Kind(output["kind"]), report.get("handle") or case["handle"])
    return found


def handles(provider: Provider) -> dict[Kind, Handle]:
    """What the provider keeps of a finished task, by its kind: from the written exchanges."""
    return _handles(provider.name)


# --- what is dropped in silence --------------------------------------------------------------------------------------

OURS = {
    "kind": "chooses the offer",
    "model": "the route names the upstream's model",
    "vendor": "says whose words `extra` holds",
    "memo": "the dialect's own note for its answer",
    "family": "the dialect's own group of tasks",
    "external_id": "the client's name for the task: ours is what the upstream gets",
    "callback_url": "taken by us and never forwarded",
}
"""Fields of a spec that are not for an upstream, and why."""
OTHERS: dict[str, tuple[Any, ...]] = {
    "action": ("generate", "extend", "edit", "upscale", "vary"),
    "prompt": ("another thing", ""),
    "negative_prompt": ("another thing", ""),
    "seconds": (None, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 12.0, 15.0, 20.0),
    "aspect": (None, "16:9", "9:16", "1:1", "4:3", "21:9"),
    "size": (None, "1280x720", "720x1280", "960x960", "1920x1080", "512x512"),
    "resolution": (None, *SHORT_SIDES),
    "fps": (None, 16, 24, 30, 60),
    "seed": (None, 1, 2),
    "count": (1, 2, 3, 4),
    "audio": (None, True, False),
    "watermark": (None, True, False),
    "quality": (None, "low", "high", "std", "pro", "speed", "quality", "4k"),
    "guidance": (None, 0.1, 0.9),
    "camera": (None, "zoom in", "pan left", "orbit_left"),
    "loop": (None, True, False),
    "voice": (None, "Maya", "Bernard"),
    "language": (None, "fr", "de"),
    "format": (None, "mp3", "wav"),
    "parent": (None,),
    "sequel": (None,),
}
"""What each field is changed to, to see whether anybody looks at it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field need not be heard at a provider ("*": at any), where `when` holds."""

    provider: str
    field: str
    why: str
    when: Callable[[Spec], bool]


def gives(role: Role) -> Callable[[Spec], bool]:
    return lambda spec: spec.input(role) is not None


def continues(spec: Spec) -> bool:
    return spec.parent is not None


REASONS = (
    Reason("*", "aspect", "the size says it", lambda spec: spec.size is not None),
    Reason("*", "resolution", "the size says it", lambda spec: spec.size is not None),
    Reason("*", "parent", "the video that is continued is given itself", gives(Role.VIDEO)),
    Reason("kling", "camera", "said in Kling's own words", lambda spec: "camera_control" in spec.extra),
    Reason("kling", "prompt", "an effect is said by its scene", lambda spec: "effect_scene" in spec.extra),
    Reason("luma", "aspect", "a video that is changed keeps its shape", gives(Role.VIDEO)),
    Reason("openai-videos", "aspect", "a video that is continued keeps its shape", continues),
)
"""What may go unheard. Each line is needed by some documented request."""


def reason(cell: Cell, field: str) -> Reason | None:
    return next(
        (
            known
            for known in REASONS
            if known.field == field and known.provider in {"*", cell.provider} and known.when(cell.asked.spec)
        ),
        None,
    )


def said(way: Way, provider: Provider) -> tuple[Request | None, tuple[str, ...], str]:
    """All that the upstream and the client get to see of a request."""
    request = provider.submit.encode(way.order) if way.order is not None else None
    return request, way.notes, way.why


def silent(cell: Cell, providers: Mapping[str, Provider] = PROVIDERS) -> Iterator[str]:
    """The fields of an accepted request that neither the upstream nor the client ever hears of.

    A field is heard if the request, the notes or the refusal change with it.
    """
    provider, spec = providers[cell.provider], cell.asked.spec
    assert cell.way.order is not None
    before = said(cell.way, provider)
    for field, changed in variations(spec):
        outcomes = [attempted(variant, provider, cell.way.model) for variant in changed]
        if all(outcome == before for outcome in outcomes):
            yield field


def attempted(spec: Spec, provider: Provider, model: str) -> object:
    try:
        return said(way(spec, provider, model, "adapt"), provider)
    except ValueError as error:  # the engine takes it as a refusal
        return str(error)


def variations(spec: Spec) -> Iterator[tuple[str, list[Spec]]]:
    """For each field that was said: the spec with other values in it."""
    fresh = msgspec.to_builtins(Spec(kind=spec.kind, model=spec.model))
    given = msgspec.to_builtins(spec)
    for field in given:
        if field in OURS or given[field] == fresh.get(field):
            continue
        if field == "inputs":
            for place, item in enumerate(spec.inputs):
                rest = spec.inputs[:place] + spec.inputs[place + 1 :]
                roles = [msgspec.structs.replace(item, role=role) for role in Role if role is not item.role]
                swapped = [(*rest[:place], other, *rest[place:]) for other in roles]
                yield (
                    f"inputs: {item.role}",
                    [msgspec.structs.replace(spec, inputs=i) for i in (rest, *swapped)],
                )
        elif field == "extra":
            for name, value in spec.extra.items():
                rest = {key: value for key, value in spec.extra.items() if key != name}
                others = ({**rest, name: other} for other in (not value, "other-word", 7))
                yield (
                    f"extra.{name}",
                    [msgspec.structs.replace(spec, extra=extra) for extra in (rest, *others)],
                )
        else:
            values = [value for value in OTHERS[field] if value != given[field]]
            yield field, [msgspec.convert({**given, field: value}, Spec) for value in values]
