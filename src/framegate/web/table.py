"""Paths → handlers: exact ones in a dict, patterns by their first segments; and the nearest path for an unknown one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote

T = TypeVar("T")
VARIABLE = re.compile(r"\{(\w+)\}")
LONGEST = 120
"""Characters of a path that is worth a comparison with all the known ones."""


class Found(NamedTuple, Generic[T]):
    """What a path leads to: by method; and its variables."""

    methods: dict[str, T]
    variables: dict[str, str]


class Paths(Generic[T]):
    """A table of "METHOD /path/{variable}" → value. A later entry of the same method and path is an error."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, dict[str, T]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, T], str]] = []
        patterns: dict[str, dict[str, T]] = {}
        for key, value in entries:
            method, _, path = key.partition(" ")
            methods = (patterns if "{" in path else self._exact).setdefault(path, {})
            if method in methods:
                raise ValueError(f"{key} is there twice")
            methods[method] = value
        for path, methods in patterns.items():
            text = VARIABLE.sub(r"(?P<\1>[^/]+)", re.sub(r"([.+*?()])", r"\\\1", path))
            self._patterns.append((re.compile(f"^{text}$"), methods, path))

    def find(self, path: str) -> Found[T] | None:
        if methods := self._exact.get(path):
            return Found(methods, {})
        for pattern, methods, _ in self._patterns:
            if match := pattern.match(path):
                return Found(methods, {k: unquote(v) for k, v in match.groupdict().items()})
        return None

    def nearest(self, path: str) -> str | None:
        """The known path most like an unknown one."""
        known = [*self._exact, *(text for _, _, text in self._patterns)]
        asked = path.lower()  # ours are
        near = get_close_matches(asked, known, n=1, cutoff=0.5) if len(asked) <= LONGEST else None
        if near:
            return near[0]
        tail = asked.rstrip("/").rpartition("/")[2]
        return next((k for k in known if tail and k.endswith("/" + tail)), None)
