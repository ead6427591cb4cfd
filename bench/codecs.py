"""Formats alone: what it costs to read a client's request and to answer it, and the same towards an upstream.

Over the written dialogues and exchanges of the tests. A dialect reads the body's JSON into its type and that into our
words, then writes the answer's bytes; a provider makes the request (its JSON written as `transport` does) and reads the
answer. The cost of a format is the median over its cases; in the note, its dearest case.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import defaultdict
from collections.abc import Callable

import msgspec

from bench import ROOT
from bench.figures import Figure, middle
from contract.provider_laws import Case, cases, operation
from contract.test_dialects import ACCEPTED, task_of
from framegate import providers
from framegate.core.dialect import Call, Submit
from framegate.core.provider import Weather
from framegate.core.wire import Malformed
from framegate.web.bodies import read_json, typed

TARGET = 60
ROUNDS = 5
LONG = 0.02
"""Seconds of one round."""


def run() -> list[Figure]:
    return [*dialects(), *upstreams()]


def dialects() -> list[Figure]:
    costs: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for name, (dialect, route, body) in ACCEPTED.items():
        if not isinstance(route, Submit):
            continue
        data = msgspec.json.encode(body)
        call = Call(path=dict.fromkeys(re.findall(r"\{(\w+)\}", route.path), "some-name"))

        def turn(route: Submit = route, data: bytes = data, call: Call = call) -> object:
            raw = read_json(data, "application/json")
            return route.decode(msgspec.structs.replace(call, body=typed(raw, route.body), raw=raw))

        spec = turn()
        task = task_of(dialect, spec)  # pyright: ignore[reportArgumentType] - a spec

        def both(turn: Callable[[], object] = turn, route: Submit = route, task: object = task) -> None:
            turn()
            route.encode(task)  # pyright: ignore[reportArgumentType] - a task

        costs[dialect.name].append((microseconds(both), name.partition("/")[2] or name))
    return [
        figure(f"dialect {name}", found, "decode and encode a submit")
        for name, found in sorted(costs.items())
    ]


def upstreams() -> list[Figure]:
    figures: list[Figure] = []
    for name, provider in sorted(providers.load().items()):
        found = [
            (microseconds(exchange_of(provider, case)), case.name)
            for case in cases(ROOT / "tests" / "exchanges" / name)
            if case.operation in {"submit", "poll"}
            and case.raw["response"]["status"] < 300
            and "malformed" not in case.raw
        ]
        if found:
            figures.append(figure(f"provider {name}", found, "encode a submit or poll, decode the answer"))
    return figures


def exchange_of(provider: providers.Provider, case: Case) -> Callable[[], None]:
    pair, given, response = operation(provider, case.operation), case.given, case.response

    def turn() -> None:
        request = pair.encode(given)
        if request.json is not None:
            msgspec.json.encode(request.json)
        with contextlib.suppress(Weather, Malformed):
            pair.decode(given, response)

    return turn


def figure(name: str, found: list[tuple[float, str]], what: str) -> Figure:
    most, case = max(found)
    note = f"{what}; {len(found)} cases, dearest {most:.0f} µs ({case})"
    return Figure(name, middle([cost for cost, _ in found]), "µs CPU", TARGET, note=note)


def microseconds(act: Callable[[], object]) -> float:
    """Processor time of one call: the least of a few rounds, for the rest is the machine's."""
    act()
    times: list[float] = []
    for _ in range(ROUNDS):
        count, began = 0, time.process_time()
        while (passed := time.process_time() - began) < LONG:
            act()
            count += 1
        times.append(passed / count * 1e6)
    return min(times)
