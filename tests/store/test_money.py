"""The books: nobody overdraws, each hold ends once, and the entries say the same as the balances."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import Server
from framegate.engine.steps import enter
from framegate.ledger import Entry, release, settle, top_up
from framegate.store import Duplicate, Row, Step, Store, Unmet, open_store, step
from store.rows import account, bought, task


async def wallet(store: Store, account_id: str = "acct_1") -> tuple[int, int]:
    row = await store.row("account_by_id", id=account_id)
    assert row is not None
    return row["balance"], row["held"]


async def wrong(store: Store) -> list[Row]:
    return [*await store.rows("check_sums"), *await store.rows("open_holds_without_task")]


def ended(task_id: str, entry: Entry, account_id: str = "acct_1") -> tuple[Step, Step]:
    return (
        step("settle", account_id=account_id, held=-entry.held, refund=entry.customer),
        enter(account_id, task_id, entry, 2000),
    )


async def test_fifty_callers_at_once_never_overdraw(store: Store) -> None:
    await store.write(*account(balance=1000, floor=-30))
    callers = [store.write(*bought(f"task_{n:02}", 100)) for n in range(50)]
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert [r for r in results if r is not None and not isinstance(r, Unmet)] == []
    assert (results.count(None), await wallet(store)) == (10, (0, 1000))
    assert await wrong(store) == []


async def test_a_balance_may_fall_to_its_floor_and_no_further(store: Store) -> None:
    await store.write(*account(balance=5, floor=-10))
    await store.write(*bought("task_1", 15))
    assert await wallet(store) == (-10, 15)
    with pytest.raises(Unmet):
        await store.write(*bought("task_2", 1))
    await store.write(*bought("task_3", 0))


async def test_a_paused_wallet_spends_nothing(store: Store) -> None:
    await store.write(*account(balance=5))
    terms = {"name": "acct_1", "plan": "default", "floor": 0, "updated_at": 2}
    await store.write(step("update_account", id="acct_1", paused=1, **terms))
    with pytest.raises(Unmet):
        await store.write(*bought("task_1", 1))
    await store.write(step("credit", account_id="acct_1", amount=1), enter("acct_1", None, top_up(1), 1))
    assert await wallet(store) == (6, 0)


@pytest.mark.parametrize("amount", [-(2**62), -6, -1, 0, 1, 2**62])
async def test_a_credit_below_zero_stops_at_the_floor(store: Store, amount: int) -> None:
    """Also for amounts beyond 32 bits: PostgreSQL must not take the parameter for a small integer."""
    await store.write(*account(balance=5))
    unit = (step("credit", account_id="acct_1", amount=amount), enter("acct_1", None, top_up(amount), 1))
    if amount < -5:
        with pytest.raises(Unmet):
            await store.write(*unit)
        amount = 0
    else:
        await store.write(*unit)
    assert (await wallet(store), await wrong(store)) == ((5 + amount, 0), [])


async def test_a_hold_is_made_once_and_ended_once(store: Store) -> None:
    await store.write(*account(balance=1000))
    await store.write(*bought("task_1", 100))
    with pytest.raises(Duplicate):
        await store.write(*bought("task_1", 100)[:2])
    await store.write(*ended("task_1", settle(100, 60)))
    for entry in (settle(100, 60), release(100)):
        await store.write(*bought(f"task_{entry.kind}", 100))  # so that there is something held
        with pytest.raises(Duplicate):
            await store.write(*ended("task_1", entry))
    assert await wallet(store) == (1000 - 60 - 200, 200)


async def test_of_a_settle_and_a_release_at_once_one_happens(store: Store) -> None:
    await store.write(*account(balance=1000))
    await store.write(*bought("task_1", 100), *bought("task_2", 100)[2:3])
    await store.write(*bought("task_3", 900)[:2])
    results = await asyncio.gather(
        store.write(*ended("task_1", settle(100, 60))),
        store.write(*ended("task_1", release(100))),
        return_exceptions=True,
    )
    assert sorted(str(type(r).__name__) for r in results) == ["Duplicate", "NoneType"]


async def test_more_than_is_held_cannot_be_ended(store: Store) -> None:
    await store.write(*account(balance=1000))
    await store.write(*bought("task_1", 100))
    with pytest.raises(Unmet):
        await store.write(*ended("task_1", release(101)))
    assert await wallet(store) == (900, 100)


async def test_an_entry_that_does_not_add_up_is_refused(store: Store) -> None:
    await store.write(*account())
    row = {"account_id": "acct_1", "task_id": None, "kind": "topup", "note": "", "at": 1}
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await store.write(step("enter", **row, customer=5, held=0, revenue=0, topup=-4, writeoff=0))


@pytest.mark.parametrize(
    "change", ["UPDATE entries SET note = 'x'", "DELETE FROM entries", "TRUNCATE entries"]
)
async def test_entries_never_change(store: Store, url: str, change: str) -> None:
    await store.write(*account(balance=5))
    if store.kind == "postgres":
        connection = await asyncpg.connect(url)
        try:
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await connection.execute(change)
        finally:
            await connection.close()
    elif not change.startswith("TRUNCATE"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change)
    assert len(await store.rows("account_entries", account_id="acct_1", before=2**62, limit=5)) == 1


async def test_entries_are_listed_newest_first_by_page(store: Store) -> None:
    await store.write(*account(balance=1), *account("acct_2"))
    for n in range(2, 6):
        await store.write(step("credit", account_id="acct_1", amount=n), enter("acct_1", None, top_up(n), n))
    first = await store.rows("account_entries", account_id="acct_1", before=2**62, limit=3)
    rest = await store.rows("account_entries", account_id="acct_1", before=first[-1]["id"], limit=3)
    assert [[row["customer"] for row in page] for page in (first, rest)] == [[5, 4, 3], [2, 1]]


async def test_what_does_not_add_up_is_found(store: Store) -> None:
    await store.write(*account(balance=100), *account("acct_2", balance=7))
    await store.write(step("credit", account_id="acct_1", amount=1))
    assert [dict(row) for row in await store.rows("check_sums")] == [
        {"id": "acct_1", "balance": 101, "held": 0, "entered": 100, "entered_held": 0}
    ]
    await store.write(*bought("task_1", 10)[:2])  # held for no task
    await store.write(task("task_2"))  # a task without a hold
    assert sorted((row["task_id"], row["state"]) for row in await store.rows("open_holds_without_task")) == [
        ("task_1", None),
        ("task_2", "queued"),
    ]


# --- any order of things ---------------------------------------------------------------------------------------------

AMOUNTS = st.integers(0, 400)
ACTS = st.one_of(
    st.tuples(st.just("buy"), st.integers(0, 9), AMOUNTS),
    st.tuples(st.just("settle"), st.integers(0, 9), AMOUNTS),
    st.tuples(st.just("release"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("credit"), st.just(0), st.integers(-400, 400)),
)


async def act(store: Store, what: str, n: int, amount: int, holds: dict[int, int]) -> None:
    """One caller's unit; refused ones change nothing. `holds` is what this caller believes to be held."""
    with contextlib.suppress(Unmet, Duplicate):
        match what:
            case "buy":
                await store.write(*bought(f"task_{n}", amount))
                holds[n] = amount
            case "credit":
                await store.write(
                    step("credit", account_id="acct_1", amount=amount),
                    enter("acct_1", None, top_up(amount), 1),
                )
            case _ if n in holds:
                entry = settle(holds[n], amount) if what == "settle" else release(holds[n])
                await store.write(*ended(f"task_{n}", entry))
            case _:
                pass


@contextlib.contextmanager
def new_database(kind: str, server: Server | None) -> Iterator[str]:
    if server is not None:
        url = asyncio.run(server.create())
        yield url
        asyncio.run(server.drop(url))
    else:
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder)}/{kind}.db"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_no_order_of_things_makes_or_loses_money(kind: str, request: pytest.FixtureRequest) -> None:
    server: Server | None = request.getfixturevalue("cluster") if kind == "postgres" else None

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        groups=st.lists(st.lists(ACTS, min_size=1, max_size=6), max_size=8), floor=st.sampled_from([0, -100])
    )
    def check(groups: list[list[tuple[str, int, int]]], floor: int) -> None:
        async def run(url: str) -> None:
            store = await open_store(url, clock=lambda: 1, exclusive=False)
            try:
                await store.write(*account(balance=500, floor=floor))
                holds: dict[int, int] = {}
                for group in groups:  # the acts of a group run at the same time
                    await asyncio.gather(*(act(store, *one, holds) for one in group))
                    balance, held = await wallet(store)
                    assert balance >= floor
                    assert held >= 0
                    assert await store.rows("check_sums") == []
                entries = await store.rows("account_entries", account_id="acct_1", before=2**62, limit=10**6)
                columns = ("customer", "held", "revenue", "topup", "writeoff")
                assert sum(row[column] for row in entries for column in columns) == 0
            finally:
                await store.close()

        with new_database(kind, server) as url:
            asyncio.run(run(url))

    check()
