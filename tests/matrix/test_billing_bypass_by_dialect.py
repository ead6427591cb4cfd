"""Extras buy nothing, through every dialect: a client puts the fields of the vendor's wire into its own request.

Another gateway merges a client's extra fields over the finished request: pay for a short clip of the cheapest model,
get a long one of the dearest. Here every word that means model, number, length, size or quality to some provider is put
at every place of every documented request. It is refused; or it is a field of the dialect, and then the spec says so,
from which the price is computed; or it changes neither what is sent in a billed field nor what is paid.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest

from contract.test_billing_bypass import BILLED, ENCODED, OTHER_WORDS
from framegate.core.dialect import Call, Converse, Dialect, Submit, Trouble
from framegate.core.provider import Exchange, Provider
from framegate.core.task import Order, Spec
from framegate.core.wire import Request
from framegate.dialects import load
from framegate.providers import load as load_providers
from matrix.documented import MODELS
from matrix.walk import Way, best, way

DIALECTS = load()
PROVIDERS = {name: provider for name, provider in load_providers().items() if not provider.local}
WORDS = sorted(
    {word for words in ENCODED.values() for word in words if BILLED.fullmatch(word)}
    | {
        "mode",
        "fps",
        "sound",
        "generation_type",
        "providerSettings",
        "multi_prompt",
        "settings",
        *OTHER_WORDS,
    }
)
VALUES: tuple[Any, ...] = ("poison-7f3a", "10", 10, "pro", "kling-v3", True, {"duration": 10, "n": 9})
CARRIERS = ("extra", "extra_body", "metadata", "options", "input")
"""Objects in which clients of some gateways put what goes on to the vendor."""


def examples(dialect: Dialect) -> Iterator[tuple[Submit | Converse, Any]]:
    for route in dialect.routes:
        if isinstance(route, Submit | Converse) and "request" in route.examples:
            yield route, route.examples["request"]


def decoded(route: Submit | Converse, body: Any) -> Spec | None:
    """What the dialect makes of a body; None when it refuses."""
    found = re.findall(r"([\w-]+)/\{(\w+)\}", route.path)
    path = {name: MODELS.get(before, "m") for before, name in found}
    try:
        typed = msgspec.convert(body, route.body, strict=True)
        return route.decode(Call(path=path, body=typed, raw=body))
    except (msgspec.ValidationError, Trouble):
        return None


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every object in a body."""
    if isinstance(value, dict):
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in steps:
        yield from objects(item, (*path, key))


def poisoned(body: Any) -> Iterator[tuple[str, Any]]:
    """The body with each word at each place, where it does not stand already."""
    for path in objects(body):
        for word in WORDS:
            for value in VALUES:
                changed = copy.deepcopy(body)
                place = changed
                for step in path:
                    place = place[step]
                if word not in place:
                    place[word] = value
                    yield f"{'.'.join(map(str, (*path, word)))} = {value!r}", changed
    for carrier in CARRIERS:
        if carrier not in body:
            for word in WORDS:
                for value in VALUES:
                    yield f"{carrier}.{word} = {value!r}", {**copy.deepcopy(body), carrier: {word: value}}


def canonical(spec: Spec) -> Spec:
    """What a price is computed from: without the words that are for a vendor, and for nobody."""
    return msgspec.structs.replace(spec, extra={}, memo={}, external_id="")


def billed(provider: Provider, order: Order) -> dict[str, Any]:
    """The fields of a request that mean what is bought, wherever they stand; and the path."""
    request = provider.submit.encode(order)
    found: dict[str, Any] = {"path": request.url}
    parts = {part.name: part.content for part in request.parts}
    pending: list[tuple[str, Any]] = [("", {**(msgspec.to_builtins(request.json) or {}), **parts})]
    while pending:
        where, value = pending.pop()
        if isinstance(value, dict):
            pending += [(f"{where}.{key}", item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [(f"{where}.{place}", item) for place, item in enumerate(value)]
        elif BILLED.fullmatch(where.rpartition(".")[2]):
            found[where] = value
    return found


@cache
def vendors(vendor: str) -> tuple[Provider, ...]:
    """The providers to whom a vendor's own words travel."""
    return tuple(p for p in PROVIDERS.values() if p.vendor == vendor)


def ways(spec: Spec) -> Iterator[tuple[Provider, Way]]:
    spec = msgspec.structs.replace(
        spec,
        inputs=tuple(msgspec.structs.replace(item, url="", media="med") for item in spec.inputs),
    )
    for provider in vendors(spec.vendor):
        found = best(spec, provider)
        if found.order is not None:
            yield provider, found


@pytest.mark.parametrize("name", DIALECTS)
def test_no_word_at_any_place_buys_more_than_is_paid(name: str):
    outcomes: Counter[str] = Counter()
    for route, body in examples(DIALECTS[name]):
        plain = decoded(route, body)
        assert plain is not None, route.path
        before = [(p, w, billed(p, w.order), p.facts(w.order)) for p, w in ways(plain) if w.order]
        for what, changed in poisoned(body):
            spec = decoded(route, changed)
            if spec is None:
                outcomes["refused"] += 1
                continue
            if canonical(spec) != canonical(plain):
                outcomes["a field of the dialect"] += 1
                continue
            outcomes["bought nothing"] += 1
            if spec.extra == plain.extra:
                continue
            for provider, found, fields, facts in before:
                after = way(taken_in(spec), provider, found.model, "adapt")
                assert after.order is not None, f"{route.path}: {what}"
                assert fields == billed(provider, after.order) or more(facts, provider.facts(after.order)), (
                    f"{route.path} at {provider.name}: {what}"
                )
    assert 0 < outcomes["refused"] + outcomes["bought nothing"]


def taken_in(spec: Spec) -> Spec:
    inputs = tuple(msgspec.structs.replace(item, url="", media="med") for item in spec.inputs)
    return msgspec.structs.replace(spec, inputs=inputs)


def more(before: Any, after: Any) -> bool:
    """Whether more is paid for than before: then more may be sent, too."""
    return before != after and all(
        after.units.get(unit, 0) >= quantity for unit, quantity in before.units.items()
    )


def test_a_provider_that_merged_would_be_found(monkeypatch: pytest.MonkeyPatch):
    """The walk itself: with a Kling that puts a client's words over its own, the law is broken."""
    kling = PROVIDERS["kling"]

    def merged(order: Order) -> Request:
        request = kling.submit.encode(order)
        return msgspec.structs.replace(request, json={**(request.json or {}), **order.spec.extra})

    careless = dataclasses.replace(
        kling,
        submit=Exchange(merged, kling.submit.decode),
        offers=tuple(msgspec.structs.replace(offer, extras=("*",)) for offer in kling.offers),
    )
    monkeypatch.setitem(PROVIDERS, "kling", careless)
    vendors.cache_clear()
    try:
        with pytest.raises(AssertionError, match="at kling: "):
            test_no_word_at_any_place_buys_more_than_is_paid("kling")
    finally:
        vendors.cache_clear()
