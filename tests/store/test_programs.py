"""Units as programs of SQLite: whole or not at all, also when their transaction is rolled back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.store import Duplicate, Step, Unmet, programs, step
from framegate.store.programs import LONGEST, Programs
from framegate.store.sqlite import connect, migrate
from framegate.store.statements import load
from store.rows import account


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    migrate(str(tmp_path / "x.db"))
    found = connect(str(tmp_path / "x.db"))
    yield found
    found.close()


@pytest.fixture
def units(connection: sqlite3.Connection) -> Programs:
    return Programs(connection, load("sqlite"))


def names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT id FROM accounts ORDER BY id")]


def credited(count: int) -> tuple[Step, ...]:
    return tuple(step("credit", account_id="acct_1", amount=1) for _ in range(count))


def balance(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT balance FROM accounts").fetchone()[0]


@pytest.mark.parametrize("count", [3, LONGEST, LONGEST + 1, 300])
def test_a_unit_of_any_length_that_does_not_hold_leaves_nothing(
    connection: sqlite3.Connection, units: Programs, count: int
) -> None:
    units.run(account())
    with pytest.raises(Unmet) as caught:
        units.run((*credited(count - 1), step("credit", account_id="nobody", amount=1)))
    assert caught.value.step == "credit"
    assert balance(connection) == 0
    with pytest.raises(Duplicate, match="accounts"):
        units.run((*credited(count), *account()))
    assert balance(connection) == 0
    units.run(credited(count))
    assert balance(connection) == count


def test_a_step_that_touches_more_than_it_may_is_undone(
    connection: sqlite3.Connection, units: Programs
) -> None:
    units.run((*account("a"), *account("b")))
    connection.execute("UPDATE accounts SET name = id")
    touched = step("forget_before", 1, at=9)
    for n in range(2):
        row = {"account_id": "a", "key": f"k{n}", "digest": "", "task_id": "t", "created_at": 1}
        units.run((step("remember", **row),))
    with pytest.raises(Unmet):
        units.run((touched,))
    assert connection.execute("SELECT COUNT(*) FROM idempotency").fetchone()[0] == 2
    units.run((step("forget_before", 2, at=9),))


def test_a_program_made_in_a_transaction_that_was_rolled_back_is_made_anew(
    connection: sqlite3.Connection, units: Programs
) -> None:
    connection.execute("BEGIN")
    units.run(account("a"))
    connection.execute("ROLLBACK")
    units.ended(committed=False)
    units.run(account("b"))
    units.ended(committed=True)
    units.run(account("c"))
    assert names(connection) == ["b", "c"]


def test_shapes_beyond_the_bound_run_step_by_step(
    connection: sqlite3.Connection, units: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    units.run(account())
    monkeypatch.setattr(programs, "SHAPES", 1)
    units.run(credited(2))
    units.run(credited(3))
    assert balance(connection) == 5
    assert (
        connection.execute("SELECT COUNT(*) FROM temp.sqlite_master WHERE type = 'view'").fetchone()[0] == 1
    )


def test_the_ledger_stays_append_only_in_a_program(connection: sqlite3.Connection, units: Programs) -> None:
    units.run(account(balance=5))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM entries")
    with pytest.raises(KeyError, match="amount"):
        units.run((Step("credit", {"account_id": "acct_1"}),))
