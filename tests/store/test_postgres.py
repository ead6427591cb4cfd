"""What PostgreSQL alone does: connections that are lost, statements that take too long, its own clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from databases import postgres_server
from framegate.core.task import State
from framegate.engine.filing import referred
from framegate.store import Doubtful, Step, Unavailable, open_store, postgres, step
from framegate.store.connections import Connections
from framegate.store.postgres import Postgres, plan_of
from framegate.store.statements import load
from store.rows import account, bought, save, task


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Postgres]:
    store = await open_store(url, clock=lambda: 0)
    assert isinstance(store, Postgres)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Postgres]:
    async with opened(postgres_url) as store:
        yield store


@pytest.fixture
async def raw(postgres_url: str) -> AsyncIterator[Any]:
    """A connection of somebody else's to the same database."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def until(true: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(20):
        while not (found := await true()):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.005)
    return found


async def blocked(raw: Any) -> int:
    """The process id of the server's backend that waits for a lock that `raw` holds."""
    text = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    return await until(lambda: raw.fetchval(text))


# --- how a unit runs -------------------------------------------------------------------------------------------------


def texts(*steps: Step) -> int:
    return len(plan_of([load("postgres")[one.name] for one in steps], steps).texts)


def test_the_units_of_the_engine_are_one_statement() -> None:
    assert texts(*bought("task_1", 1), step("remember", account_id="a", key="k")) == 1
    settled = (step("settle", account_id="acct_1", held=1, refund=0), bought("task_1", 1)[1])
    assert texts(save("task_1"), *settled, bought("task_1", 1)[3]) == 1
    assert (
        texts(*referred([("art_1", "a"), ("art_2", "b")]), step("insert_artifact"), step("insert_artifact"))
        == 1
    )


def test_steps_that_could_see_one_another_are_statements_of_their_own() -> None:
    assert texts(step("bump_config"), step("bump_config")) == 2
    assert texts(step("insert_attempt", None), step("end_attempt")) == 2
    assert texts(step("remember"), step("remember_last")) == 2
    assert texts(step("put_config"), step("put_config")) == 2
    assert texts(step("delete_key"), step("update_key"), step("bump_config")) == 3


def test_only_what_writes_is_a_step() -> None:
    with pytest.raises(ValueError, match="task_by_id does not begin as a step"):
        texts(step("task_by_id"))


# --- lost connections ------------------------------------------------------------------------------------------------


async def test_a_killed_server_loses_nothing_that_was_told_and_is_used_again() -> None:
    with postgres_server() as server:
        url = await server.create()
        async with opened(url) as store:
            await store.write(*account(balance=10**9))
            running = [asyncio.ensure_future(store.write(*bought(f"task_{n:03}", 1))) for n in range(300)]
            await until(lambda: asyncio.sleep(0, sum(one.done() for one in running) > 50))
            await asyncio.to_thread(server.kill)
            results = await asyncio.gather(*running, return_exceptions=True)
            assert [repr(r) for r in results if not isinstance(r, type(None) | Unavailable)] == []
            assert Unavailable in {type(result) for result in results}
            with pytest.raises(Unavailable):
                await store.row("account_by_id", id="acct_1")
            assert await store.now() > 0
            await asyncio.to_thread(server.start)
            for n, result in enumerate(results):
                there = await store.row("task_by_id", id=f"task_{n:03}") is not None
                if not isinstance(result, Doubtful):
                    assert there == (result is None), n
            assert await store.rows("check_sums") == []
            assert await store.rows("open_holds_without_task") == []
            await store.write(*bought("task_999", 1))


async def test_a_read_whose_connection_is_lost_is_made_once_more(store: Postgres, raw: Any) -> None:
    await store.write(*account())
    async with raw.transaction():
        await raw.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.ensure_future(store.row("account_by_id", id="acct_1"))
        await raw.fetchval("SELECT pg_terminate_backend($1)", await blocked(raw))
        await blocked(raw)  # it is there again
    row = await reading
    assert row is not None
    assert row["id"] == "acct_1"


async def test_a_read_that_is_lost_twice_is_given_up(store: Postgres, raw: Any) -> None:
    async with raw.transaction():
        await raw.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.ensure_future(store.rows("list_accounts"))
        first = await blocked(raw)
        await raw.fetchval("SELECT pg_terminate_backend($1)", first)
        second = await until(lambda: other_than(raw, first))
        await raw.fetchval("SELECT pg_terminate_backend($1)", second)
        with pytest.raises(Unavailable, match="connection to the database was lost") as caught:
            await reading
    assert type(caught.value) is Unavailable


async def other_than(raw: Any, pid: int) -> int | None:
    found = await blocked(raw)
    return found if found != pid else None


async def test_a_write_whose_connection_is_lost_is_in_doubt_and_not_repeated(
    store: Postgres, raw: Any
) -> None:
    await store.write(*account(balance=10))
    async with raw.transaction():
        await raw.execute("SELECT 1 FROM accounts FOR UPDATE")
        writing = asyncio.ensure_future(store.write(*bought("task_1", 4)))
        await raw.fetchval("SELECT pg_terminate_backend($1)", await blocked(raw))
        with pytest.raises(Doubtful, match="connection to the database was lost"):
            await writing
    assert await store.row("task_by_id", id="task_1") is None
    await store.write(*bought("task_1", 4))


async def test_a_caller_that_goes_away_leaves_a_connection_that_is_not_used_again(
    store: Postgres, raw: Any
) -> None:
    await store.write(*account(balance=10))
    async with raw.transaction():
        await raw.execute("SELECT 1 FROM accounts FOR UPDATE")
        writing = asyncio.ensure_future(store.write(*bought("task_1", 4)))
        await blocked(raw)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert await store.rows("list_keys", account_id="") == []
    await store.write(*bought("task_2", 4))
    assert await store.rows("check_sums") == []


async def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        await open_store("postgresql://someone:secret@127.0.0.1:1/x", clock=lambda: 0)
    assert "secret" not in str(caught.value)


async def test_a_database_that_is_not_there_is_named(postgres_url: str) -> None:
    with pytest.raises(Unavailable, match='database "nowhere" does not exist'):
        await open_store(postgres_url.replace("/postgres?", "/nowhere?"), clock=lambda: 0)


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2])
async def test_a_statement_that_takes_too_long_is_given_up(postgres_url: str, raw: Any, steps: int) -> None:
    async with opened(f"{postgres_url}&statement_timeout=100") as store, raw.transaction():
        await raw.execute("SELECT 1 FROM meta FOR UPDATE")
        with pytest.raises(Unavailable, match="statement timeout") as caught:
            await store.write(*[step("bump_config")] * steps)
        assert type(caught.value) is Unavailable
        assert await store.row("config_version") is not None


async def test_a_server_that_does_not_answer_leaves_doubt(
    postgres_url: str, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CLIENT_SECONDS", 0.3)
    async with opened(postgres_url) as store, raw.transaction():
        await raw.execute("SELECT 1 FROM meta FOR UPDATE")
        with pytest.raises(Doubtful, match="does not answer"):
            await store.write(step("bump_config"))


async def test_a_unit_rolled_back_for_a_deadlock_runs_again(store: Postgres, raw: Any) -> None:
    rows = [{"kind": "route", "name": name, "origin": "admin", "doc": name} for name in "ab"]
    first, second = (step("put_config", **row, paused=0, version=1, updated_at=1) for row in rows)
    await store.write(first, second)
    await raw.execute("SET deadlock_timeout = '20s'")  # so that the store's is the one to be ended
    transaction = raw.transaction()
    await transaction.start()
    await raw.execute("UPDATE config SET paused = 1 WHERE name = 'b'")
    writing = asyncio.ensure_future(store.write(first, second, step("bump_config")))
    await blocked(raw)
    await raw.execute("UPDATE config SET paused = 1 WHERE name = 'a'")
    await transaction.commit()
    await writing
    assert [row["paused"] for row in await store.rows("config_rows")] == [0, 0]
    row = await store.row("config_version")
    assert row is not None
    assert row["value"] == "2"


async def test_time_is_what_the_servers_clock_says(store: Postgres, raw: Any) -> None:
    before = await raw.fetchval("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    now = await store.now()
    after = await raw.fetchval("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    assert before - 50 <= now <= after + 50
    assert abs(store.skew) < postgres.SKEW


async def test_the_clock_is_measured_again_and_a_skew_is_told(
    store: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._offset += 10**12
    wrong = await store.now()
    monkeypatch.setattr(postgres, "CLOCK_SECONDS", -1.0)
    monkeypatch.setattr(postgres, "SKEW", -1)
    with capture_logs() as logs:
        right = await store.now()
    assert wrong - right > 900_000
    assert [entry["event"] for entry in logs] == ["this machine's clock and the database's differ"]


# --- many processes --------------------------------------------------------------------------------------------------


async def test_two_processes_serve_from_one_database_and_leave_each_other_their_leases(
    store: Postgres, postgres_url: str
) -> None:
    await store.write(*account(), task("task_1"))
    await store.take("claim_due", upstream="up", now=2000, lease_until=3000, limit=1)
    async with opened(postgres_url) as other:
        assert await other.take("claim_due", upstream="up", now=2500, lease_until=3500, limit=1) == []
        await store.write(save("task_1", fence=1, state=State.RUNNING))
        row = await other.row("task_by_id", id="task_1")
        assert row is not None
        assert row["state"] == "running"


async def test_more_callers_than_connections_take_turns(store: Postgres, raw: Any) -> None:
    await store.write(*account())
    units = [store.write(step("credit", account_id="acct_1", amount=1)) for _ in range(200)]
    await asyncio.gather(*units)
    text = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'framegate'"
    assert 0 < await raw.fetchval(text) <= postgres.CONNECTIONS
    row = await store.row("account_by_id", id="acct_1")
    assert row is not None
    assert row["balance"] == 200


# --- connections -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[Connections]:
    """A pool of two, with a patience of a tenth of a second."""

    async def connect() -> Any:
        return await asyncpg.connect(postgres_url)

    pool = Connections(connect, 2, 0.1)
    yield pool
    await pool.close()


async def test_connections_are_lent_again_the_last_first(two: Connections) -> None:
    first, second = await two.take(), await two.take()
    two.give(first)
    two.give(second)
    assert await two.take() is second
    assert await two.take() is first
    two.give(first)
    two.give(second)


async def test_a_caller_waits_for_a_connection_but_not_for_ever(two: Connections) -> None:
    first, second = await two.take(), await two.take()
    with pytest.raises(TimeoutError):
        await two.take()
    waiting = asyncio.ensure_future(two.take())
    await asyncio.sleep(0)
    two.give(first)
    assert await waiting is first
    two.give(first)
    two.give(second)


async def test_a_waiting_caller_that_goes_away_keeps_no_connection(two: Connections) -> None:
    first, second = await two.take(), await two.take()
    waiting = [asyncio.ensure_future(two.take()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    two.give(first)
    waiting[1].cancel()  # at the moment when it has been given one
    two.give(second)
    await asyncio.wait(waiting, timeout=1)
    assert waiting[2].result() in {first, second}
    assert (await two.take()).is_closed() is False
    two.give(first)
    two.give(second)


async def test_a_connection_that_is_lost_makes_room_for_another(two: Connections) -> None:
    first, second = await two.take(), await two.take()
    waiting = [asyncio.ensure_future(two.take()) for _ in range(2)]
    await asyncio.sleep(0)
    two.lose(first)
    second.terminate()
    two.give(second)
    fresh = await asyncio.gather(*waiting)
    assert [await one.fetchval("SELECT 1") for one in fresh] == [1, 1]
    for one in fresh:
        two.give(one)
    two.distrust()
    assert [one.is_closed() for one in fresh] == [True, True]
    third = await two.take()
    assert await third.fetchval("SELECT 1") == 1
    two.give(third)


async def test_a_connection_left_in_a_transaction_or_long_unused_is_not_lent_again(
    two: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await two.take()
    await first.execute("BEGIN")
    two.give(first)
    assert first.is_closed()
    second = await two.take()
    two.give(second)
    monkeypatch.setattr("framegate.store.connections.IDLE_SECONDS", -1.0)
    third = await two.take()
    assert third is not second
    assert second.is_closed()
    two.give(third)


async def test_a_connection_that_cannot_be_made_leaves_room(postgres_url: str) -> None:
    tries: list[int] = []

    async def connect() -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("refused")
        return await asyncpg.connect(postgres_url)

    pool = Connections(connect, 1, 5.0)
    results = await asyncio.gather(pool.take(), pool.take(), return_exceptions=True)
    assert [type(result) for result in results[:1]] == [OSError]
    connection: Any = results[1]
    assert await connection.fetchval("SELECT 1") == 1
    pool.give(connection)
    await pool.close()
