"""Requests that were right, and are no longer: what a law about bad input feeds to a decoder."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2.5,
    1e300,
    2**63,
    2**64,
    -(10**40),
    "",
    " ",
    "x",
    "1",
    "\x00",
    "\N{PILE OF POO}" * 3,
    "x" * 100_000,
    "0:0",
    "99999x1",
    "http://",
    "data:,",
    [],
    [None],
    ["x", {}],
    {},
    {"role": None, "url": []},
    {"init_image": 1, "gen2Options": {"gen2Options": 5}},
)


def nodes(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node below the root."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in steps:
        yield (*path, key)
        yield from nodes(item, (*path, key))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def bruises(example: Any) -> Iterator[tuple[str, Any]]:
    """The example with each node removed, renamed, and replaced by each odd value; and odd values in its place."""
    for odd in ODD:
        yield f"all = {odd!r:.40}", odd
    for path in nodes(example):
        for change in ("removed", "renamed", *ODD):
            bruised = copy.deepcopy(example)
            holder = bruised
            for step in path[:-1]:
                holder = holder[step]
            if change in ("removed", "renamed"):
                old = holder.pop(path[-1])
                if change == "renamed" and isinstance(holder, dict):
                    holder[f"{path[-1]}_"] = old
            else:
                holder[path[-1]] = change
            yield f"{path} {change!r:.40}", bruised
