"""Every documented request of every dialect, as the spec that it means: written dialogues, and examples of routes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from framegate.core.dialect import Call, Converse, Submit
from framegate.core.task import Input, Spec
from framegate.dialects import load

DIALOGUES = Path(__file__).parent.parent / "dialogues"
MODELS = {"omni-video": "kling-3.0-omni", "text-to-video": "kling-3.0", "image-to-video": "kling-3.0"}
"""The model of an example whose path names it, by the word before it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the dialect, what it is called, and the spec that the dialect makes of it."""

    dialect: str
    name: str
    spec: Spec


@cache
def requests() -> tuple[Asked, ...]:
    """All of them, by dialect and name. Those that are refused or make no task are not among them."""
    found = [*written(), *examples()]
    return tuple(sorted(found, key=lambda asked: (asked.dialect, asked.name)))


def written() -> Iterator[Asked]:
    """The dialogues: `spec` is held to what the dialect decodes by the contract test."""
    for file in DIALOGUES.glob("*/*.json"):
        case = json.loads(file.read_text())
        if "spec" in case:
            spec = msgspec.convert(case["spec"], Spec)
            yield Asked(file.parent.name, file.stem, taken_in(spec))


def examples() -> Iterator[Asked]:
    for dialect in load().values():
        for route in dialect.routes:
            if isinstance(route, Submit | Converse) and "request" in route.examples:
                spec = decoded(route, route.examples["request"])
                yield Asked(dialect.name, route.path, taken_in(spec))


def decoded(route: Submit | Converse, body: Any) -> Spec:
    """What a body means at a route. Raises `Trouble`, or `ValidationError` where it does not fit the route's type."""
    found = re.findall(r"([\w-]+)/\{(\w+)\}", route.path)
    names = {name: MODELS.get(before, "m") for before, name in found}
    typed = msgspec.convert(body, route.body, strict=True)
    return route.decode(Call(path=names, body=typed, raw=body))


def taken_in(spec: Spec) -> Spec:
    """The spec as it is after intake: its inputs are stored."""
    inputs = tuple(
        Input(role=item.role, url="", media=f"med_{place}") for place, item in enumerate(spec.inputs)
    )
    return msgspec.structs.replace(spec, inputs=inputs)
