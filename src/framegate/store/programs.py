"""A unit of several steps as one statement of SQLite, which is all or nothing by itself.

No statement of SQLite writes to several tables, but a trigger does: the steps of a unit become the program of one, on a
view of this connection that is nothing but their parameters. So Python's lock is given up and won back once for a unit
and not for each step, which costs more than the steps themselves where other threads are busy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from framegate.store.statements import PARAMETER, Statement
from framegate.store.unit import Duplicate, Step, Unmet

LONGEST = 40
"""Steps of one program; longer units are rare, and each has a shape of its own."""
SHAPES = 400
"""Programs of one connection."""
UNMET = "framegate unmet "

Shape = tuple[tuple[str, int | None], ...]


class Program(NamedTuple):
    """A statement that runs a unit, and its parameters as (step, name)."""

    text: str
    params: tuple[tuple[int, str], ...]


class Programs:
    """Runs units on one connection, inside a transaction that the caller begins and ends."""

    def __init__(self, connection: sqlite3.Connection, statements: Mapping[str, Statement]) -> None:
        connection.execute("PRAGMA temp_store=MEMORY")  # what undoes a long statement is a file otherwise
        self._connection = connection
        self._statements = statements
        self._known: dict[Shape, Program] = {}
        self._fresh: list[Shape] = []  # since the transaction began
        self._made = 0

    def run(self, steps: tuple[Step, ...]) -> None:
        """All steps or none. Raises `Unmet`, `Duplicate` or what SQLite raises."""
        if not steps:
            return
        shape = tuple((name, expect) for name, _, expect in steps)
        program = self._known.get(shape)
        try:
            if program is None:
                if len(steps) > LONGEST or len(self._known) >= SHAPES:
                    self._one_by_one(steps)
                    return
                program = self._make(shape)
            self._connection.execute(
                program.text, [steps[place].params[name] for place, name in program.params]
            )
        except sqlite3.IntegrityError as error:
            said = str(error)
            if said.startswith(UNMET):
                raise Unmet(steps[int(said.removeprefix(UNMET))].name) from None
            if "UNIQUE" in said:
                raise Duplicate(said) from None
            raise

    def ended(self, *, committed: bool) -> None:
        """The transaction is over; a program that was made in one that was rolled back is gone."""
        if not committed:
            for shape in self._fresh:
                self._known.pop(shape, None)
        self._fresh.clear()

    def _make(self, shape: Shape) -> Program:
        self._made += 1
        name = f"unit_{self._made}"
        body: list[str] = []
        params: list[tuple[int, str]] = []
        for n, (statement, expect) in enumerate(shape):
            known = self._statements[statement]
            places = {param: len(params) + k for k, param in enumerate(known.params)}
            params += [(n, param) for param in known.params]
            body.append(PARAMETER.sub(lambda found, at=places: f"NEW.p{at[found[1]]}", known.text))
            if expect is not None:
                body.append(f"SELECT RAISE(ABORT, '{UNMET}{n}') WHERE changes() <> {expect}")
        columns = ", ".join(f"NULL AS p{n}" for n in range(max(1, len(params))))
        self._connection.execute(f"CREATE TEMP VIEW {name} AS SELECT {columns}")
        self._connection.execute(
            f"CREATE TEMP TRIGGER {name}_runs INSTEAD OF INSERT ON {name} BEGIN {'; '.join(body)}; END"
        )
        values = ", ".join("?" * len(params)) or "NULL"
        program = Program(f"INSERT INTO {name} VALUES ({values})", tuple(params))  # noqa: S608 - names of ours
        self._known[shape] = program
        self._fresh.append(shape)
        return program

    def _one_by_one(self, steps: tuple[Step, ...]) -> None:
        execute = self._connection.execute
        execute("SAVEPOINT unit")
        try:
            for n, (name, params, expect) in enumerate(steps):
                touched = execute(self._statements[name].text, params).rowcount
                if expect is not None and touched != expect:
                    raise sqlite3.IntegrityError(f"{UNMET}{n}")
        except BaseException:
            if self._connection.in_transaction:  # else SQLite has rolled back all of it by itself
                execute("ROLLBACK TO unit")
                execute("RELEASE unit")
            raise
        execute("RELEASE unit")
