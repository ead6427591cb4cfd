"""What SQLite alone does: one process that serves, commands beside it, a disk that fills up."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from framegate.store import Occupied, Unavailable, open_store, step
from framegate.store.sqlite import Sqlite
from store.rows import account, bought, task


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "framegate.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Sqlite]:
    store = await open_store(f"sqlite:///{path}", clock=lambda: 42)
    assert isinstance(store, Sqlite)
    yield store
    await store.close()


def pragma(store: Sqlite, text: str) -> asyncio.Future[Any]:
    """Set something of the writer's own connection."""
    return store._submit(lambda _, connection: connection.execute(f"PRAGMA {text}").fetchall())


async def test_one_process_serves_and_others_may_open(store: Sqlite, path: Path) -> None:
    with pytest.raises(Occupied, match="another process serves"):
        await open_store(f"sqlite:///{path}", clock=lambda: 42)
    beside = await open_store(f"sqlite:///{path}", clock=lambda: 42, exclusive=False)
    await beside.write(*account())
    assert await store.row("account_by_id", id="acct_1") is not None
    await beside.close()
    await store.close()
    await (await open_store(f"sqlite:///{path}", clock=lambda: 42)).close()


async def test_whoever_takes_the_lock_reclaims_the_leases(store: Sqlite, path: Path) -> None:
    await store.write(*account(), task("task_1"), task("task_2", due_at=None, lease_until=9))
    await store.take("claim_due", upstream="up", now=2000, lease_until=10**9, limit=1)
    await store.close()
    beside = await open_store(f"sqlite:///{path}", clock=lambda: 42, exclusive=False)
    assert await beside.take("claim_due", upstream="up", now=3000, lease_until=10**9, limit=1) == []
    serving = await open_store(f"sqlite:///{path}", clock=lambda: 42)
    rows = await serving.take("claim_due", upstream="up", now=3000, lease_until=10**9, limit=1)
    assert [(row["id"], row["fence"]) for row in rows] == [("task_1", 3)]
    await beside.close()
    await serving.close()


async def test_time_is_what_the_given_clock_says(store: Sqlite) -> None:
    assert await store.now() == 42


async def test_a_read_sees_what_was_written_before_it(store: Sqlite, path: Path) -> None:
    """Also after a read that took one row of several: a statement left half-way would hold an old snapshot."""
    await store.write(*account("a"), *account("b"))
    beside = await open_store(f"sqlite:///{path}", clock=lambda: 42, exclusive=False)
    for n in range(1, 20):
        first = await store.row("list_accounts")
        assert first is not None
        writer = store if n % 2 else beside
        await writer.write(step("credit", account_id="b", amount=1))
        row = await store.row("account_by_id", id="b")
        assert row is not None
        assert row["balance"] == n
        assert [row["balance"] for row in await store.rows("list_accounts")] == [0, n]
        del first
    await beside.close()


async def test_a_write_waits_for_a_command_beside_it(store: Sqlite, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as command:
        command.execute("BEGIN IMMEDIATE")
        command.execute("UPDATE meta SET value = '7' WHERE key = 'config_version'")
        waiting = asyncio.ensure_future(store.write(step("bump_config")))
        done, _ = await asyncio.wait([waiting], timeout=0.1)
        assert not done
        row = await store.row("config_version")  # a read does not wait
        assert row is not None
        assert row["value"] == "1"
        command.execute("COMMIT")
        await waiting
    row = await store.row("config_version")
    assert row is not None
    assert row["value"] == "8"


async def test_a_command_that_never_ends_makes_writes_fail_in_time(store: Sqlite, path: Path) -> None:
    await pragma(store, "busy_timeout=50")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as command:
        command.execute("BEGIN IMMEDIATE")
        units = [store.write(step("bump_config")) for _ in range(3)]
        results = await asyncio.gather(*units, return_exceptions=True)
        assert [type(result) for result in results] == [Unavailable] * 3
        assert "locked" in str(results[0])
    await store.write(step("bump_config"))
    row = await store.row("config_version")
    assert row is not None
    assert row["value"] == "2"


async def test_a_full_disk_is_told_to_every_caller_and_passes(store: Sqlite) -> None:
    await store.write(*account(balance=10**6))
    [counted] = await pragma(store, "page_count")
    await pragma(store, f"max_page_count={counted['page_count'] + 2}")
    large = "x" * 5000
    units = [store.write(*bought(f"task_{n:02}", 1, callback_url=large)) for n in range(20)]
    results = await asyncio.gather(*units, return_exceptions=True)
    written = [n for n, result in enumerate(results) if result is None]
    refused = [result for result in results if result is not None]
    assert {type(result) for result in refused} == {Unavailable}
    assert "full" in str(refused[0])
    for n in range(20):
        assert (await store.row("task_by_id", id=f"task_{n:02}") is not None) == (n in written)
    assert await store.rows("check_sums") == []
    await pragma(store, "max_page_count=1073741823")
    await store.write(*bought("task_99", 1, callback_url=large))
    assert await store.rows("open_holds_without_task") == []


async def test_a_defect_of_a_statement_is_not_called_a_full_disk(store: Sqlite) -> None:
    with pytest.raises(KeyError, match="account_id"):
        await store.write(step("credit", amount=1))


async def test_a_caller_whose_loop_is_gone_hurts_nobody(store: Sqlite) -> None:
    await store.write(*account())
    held, go = asyncio.Event(), asyncio.get_running_loop()

    def elsewhere() -> None:
        async def leave() -> None:
            store._submit(lambda _, connection: connection.execute("SELECT 1").fetchall())

        asyncio.run(leave())
        go.call_soon_threadsafe(held.set)

    thread = Thread(target=elsewhere)
    thread.start()
    await held.wait()
    thread.join()
    await store.write(step("credit", account_id="acct_1", amount=1))


async def test_close_leaves_no_connection_open(store: Sqlite) -> None:
    await asyncio.gather(*(store.rows("list_accounts") for _ in range(8)))
    await store.close()
    assert len(store._readers) > 1
    for reader in store._readers:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            reader.execute("SELECT 1")


async def test_what_is_no_database_is_named(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(Unavailable, match="cannot be opened"):
        await open_store(f"sqlite:///{path}", clock=lambda: 42)
    path.unlink()
    await (await open_store(f"sqlite:///{path}", clock=lambda: 42)).close()
