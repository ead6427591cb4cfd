"""What a store can do, and a transaction as a value.

A transaction is a tuple of steps, so one text serves both databases. Nothing is decided inside it: a step says how many
rows it must touch, and if it does not, nothing happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

Row = Mapping[str, Any]
Clock = Callable[[], int]


class Step(NamedTuple):
    """One named statement of a transaction; `expect` rows must be touched (None: any number)."""

    name: str
    params: Mapping[str, Any]
    expect: int | None = 1


def step(statement: str, expect: int | None = 1, /, **params: Any) -> Step:  # noqa: ANN401 - values of any column
    """A step, with its parameters by name."""
    return Step(statement, params, expect)


class Unmet(Exception):
    """A step did not touch the rows it must; the whole unit was rolled back."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the step {name} did not hold")
        self.step = name


class Duplicate(Exception):
    """A unique rule was broken; the whole unit was rolled back. `rule` is the database's name for it."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Unavailable(Exception):
    """The database cannot be used now: out of reach, busy for too long, or its disk is full. Nothing was written."""


class Doubtful(Unavailable):
    """The connection was lost while a unit was under way: it is written whole, or not at all; which, nobody can say.

    Never write it again blindly: read first whether it is there.
    """


class Store(Protocol):
    """What both databases can do. Everything is durable when it returns."""

    kind: Literal["sqlite", "postgres"]

    async def write(self, *steps: Step) -> None:
        """One transaction, all or nothing. Raises `Unmet`, `Duplicate`, `Unavailable` or `Doubtful`."""
        ...

    async def take(self, statement: str, /, **params: Any) -> list[Row]:  # noqa: ANN401
        """One writing statement that returns rows: a claim."""
        ...

    async def row(self, statement: str, /, **params: Any) -> Row | None:  # noqa: ANN401
        """A read by key."""
        ...

    async def rows(self, statement: str, /, **params: Any) -> list[Row]:  # noqa: ANN401
        """A list or a report."""
        ...

    async def now(self) -> int:
        """Milliseconds: the injected clock on SQLite, the database's own on PostgreSQL."""
        ...

    async def scrub(self, *, whole: bool = False) -> None:
        """Leave nothing of deleted rows in the database's own leftovers, as far as it can be helped. `whole` writes the
        database anew, which takes long and keeps writers waiting.
        """
        ...

    async def close(self) -> None: ...


class Occupied(Exception):
    """Another process serves from this database."""
