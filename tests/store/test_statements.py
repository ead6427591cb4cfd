"""Every named statement, whoever wrote it: both databases take it, and none reads a large table from end to end."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from framegate.core.task import State
from framegate.store import Duplicate, Step, Store, Unmet
from framegate.store.postgres import numbered
from framegate.store.statements import FOLDER, load, parse
from store.rows import account, task

NAMES = sorted(load("sqlite"))
REPORTS = {
    "check_sums": "the whole ledger",
    "open_holds_without_task": "the whole ledger",
    "list_accounts": "all wallets",
    "still_gifted": "all wallets",
    "list_keys": "all keys",
    "config_rows": "the whole configuration",
    "tell_doubt": "after a restore",
    "end_leases": "after a restore",
    "doubt_queued": "after a restore",
    "storing_outputs": "the tasks of one moment, by an index of their own",
    "reclaim_leases": "at the start of an SQLite database alone",
}
"""Statements that read a table from end to end, and what for."""
SMALL = {"config", "meta", "paces", "found", "json_each"}
"""What is read from end to end in no time; `found` is a statement's own, `json_each` reads a parameter."""


def test_both_databases_have_the_same_statements() -> None:
    sqlite, postgres = load("sqlite"), load("postgres")
    assert sqlite.keys() == postgres.keys()
    differing = [name for name in sqlite if set(sqlite[name].params) != set(postgres[name].params)]
    assert differing == []


def test_each_statement_is_described_and_named_once() -> None:
    texts = [path.read_text() for path in FOLDER.glob("*.sql")]
    names = re.findall(r"(?m)^-- name: (\w+)$", "\n".join(texts))
    assert sorted(names) == NAMES
    assert [name for name in NAMES if not load("sqlite")[name].about] == []


def test_a_block_is_read_for_the_database_it_is_for() -> None:
    block = (
        "-- About it.\n-- In two lines.\n-- sqlite:\nSELECT :a;\n-- postgres:\nSELECT :b::text, ':', :b;\n"
    )
    assert parse("x", block, "sqlite") == ("x", "About it. In two lines.", "SELECT :a", ("a",))
    postgres = parse("x", block, "postgres")
    assert postgres.params == ("b",)
    assert numbered(postgres, 4) == ("SELECT $4::text, ':', $4", ("b",))


SAMPLES: dict[str, Any] = {"text": "x", "int4": 1, "int8": 1, "float8": 0.5, "jsonb": "[]", "bytea": b"x"}
DOCUMENTS = {"files": "[]", "story": "[]"}
"""Parameters that are JSON: SQLite has no type of its own for it."""


async def test_postgres_knows_the_type_of_every_parameter(store: Store, url: str) -> None:
    """Times and money are 64 bits; an `int4` is a count or a flag."""
    if store.kind == "sqlite":
        pytest.skip("SQLite's parameters have no types")
    counts = {"paused", "attempt", "polls", "misses", "tries", "sandbox", "late", "upload", "n"}
    connection = await asyncpg.connect(url)
    try:
        for name in NAMES:
            prepared = await connection.prepare(numbered(load("postgres")[name])[0])
            kinds = dict(
                zip(load("postgres")[name].params, (t.name for t in prepared.get_parameters()), strict=True)
            )
            assert set(kinds.values()) <= SAMPLES.keys(), name
            assert {param for param, kind in kinds.items() if kind == "int4"} <= counts, name
    finally:
        await connection.close()


async def test_every_statement_runs(store: Store, url: str) -> None:
    """With something of the right type for each parameter; rules of the tables may refuse it, the database may not."""
    await store.write(*account("x"), task("task_1", "x"))
    for name in NAMES:
        values = await sample(store, url, name)
        text = load(store.kind)[name].text
        if text.startswith(("SELECT", "WITH")):
            rows = await store.rows(name, **values)
            first = await store.row(name, **values)
            assert (first is None) == (rows == []), name
        elif "RETURNING" in text:
            await store.take(name, **values)
        else:
            with contextlib.suppress(
                Duplicate, Unmet, sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError
            ):
                await store.write(Step(name, values, None))


async def sample(store: Store, url: str, name: str) -> dict[str, Any]:
    statement = load(store.kind)[name]
    if store.kind == "sqlite":
        return {param: DOCUMENTS.get(param, 1) for param in statement.params}
    connection = await asyncpg.connect(url)
    try:
        prepared = await connection.prepare(numbered(statement)[0])
        return {
            param: SAMPLES[kind.name]
            for param, kind in zip(statement.params, prepared.get_parameters(), strict=True)
        }
    finally:
        await connection.close()


async def test_only_reports_read_a_large_table_from_end_to_end(store: Store, url: str) -> None:
    plans = {name: [line async for line in scans(store, url, name)] for name in NAMES}
    assert {name: lines for name, lines in plans.items() if lines and name not in REPORTS} == {}


async def scans(store: Store, url: str, name: str) -> Any:
    """What a statement reads without a condition on an index, in the database's own words."""
    if store.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            statement = load("sqlite")[name]
            plan = connection.execute(
                f"EXPLAIN QUERY PLAN {statement.text}", dict.fromkeys(statement.params)
            ).fetchall()
        for line in (row[3] for row in plan):
            if re.match(r"SCAN (?!CONSTANT)", line) and line.split()[1] not in SMALL:
                yield line
        return
    connection = await asyncpg.connect(url, server_settings={"enable_seqscan": "off"})
    try:
        text, params = numbered(load("postgres")[name])
        explained = await connection.fetchval(
            f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {text}", *(None for _ in params)
        )
    finally:
        await connection.close()
    for node in nodes(json.loads(explained)[0]["Plan"]):
        if (
            "Scan" in node["Node Type"]
            and node.get("Relation Name", "meta") not in SMALL
            and not bounded(node)
        ):
            yield f"{node['Node Type']} on {node['Relation Name']}"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def bounded(node: dict[str, Any]) -> bool:
    """Whether an index, or the place of the row itself, leads to what is read."""
    return any(key in node for key in ("Index Cond", "TID Cond", "Recheck Cond"))


async def test_a_worker_and_its_lists_read_little_of_fifty_thousand_tasks(store: Store, url: str) -> None:
    """The proof by count: pages that PostgreSQL touches, steps that SQLite's machine makes."""
    await store.write(*account(), task("task_0", state=State.SUCCEEDED, due_at=None, finished_at=5))
    await multiply(url, 50_000)
    now = {"upstream": "up", "now": 2_000, "lease_until": 3_000, "limit": 20}
    every = {
        "account_id": "acct_1",
        "dialect": "",
        "state": "",
        "model": "",
        "family": "",
        "limit": 20,
        "offset": 0,
    }
    for name, params in {
        "claim_due": now,
        "claim_due_polls": now,
        "next_due": now,
        "in_flight": now,
        "upstreams_with_tasks": {},
        "running_of_account": every,
        "list_tasks": {**every, "after": "task_9"},
        "list_tasks_ascending": {**every, "after": ""},
        "task_of_owner": {"any_id": "task_77", "account_id": "acct_1"},
    }.items():
        assert await effort(store, url, name, params) < LIMITS[store.kind], name


LIMITS = {"sqlite": 40_000, "postgres": 300}
"""Virtual machine steps, and pages, for a statement that finds what it wants; a scan takes ten times as many."""


async def multiply(url: str, count: int) -> None:
    """Copies of the one task: most are long done, one in 500 waits for its next look, one in 1000 runs."""
    columns = (
        "dialect, family, account_id, key_id, model, spec, quote, candidates, terms, attempt, held, artifacts"
    )
    columns += ", lease_until, fence, polls, misses, deadline_at, created_at, updated_at, sandbox, late"
    values = (
        "CASE WHEN n % 1000 = 0 THEN 'running' ELSE state END, CASE WHEN n % 3 = 0 THEN 'up' ELSE 'other' END"
    )
    values += ", CASE WHEN n % 500 = 0 THEN 5000 + n END, CASE WHEN n % 500 > 0 THEN 5 END"
    insert = f"INSERT INTO tasks (id, public_id, {columns}, state, upstream, due_at, finished_at)"
    select = f"SELECT 'task_' || n, 'p' || n, {columns}, {values} FROM tasks, numbers WHERE id = 'task_0'"
    if url.startswith("sqlite"):
        numbers = f"numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(f"{insert} WITH RECURSIVE {numbers} {select}")
            connection.commit()
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            f"{insert} WITH numbers AS (SELECT generate_series(1, {count}) AS n) {select}"
        )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def effort(store: Store, url: str, name: str, params: dict[str, Any]) -> int:
    statement = load(store.kind)[name]
    if store.kind == "sqlite":
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.set_progress_handler(count, 100)
            connection.execute(statement.text, params).fetchall()
        return steps * 100
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            text, names = numbered(statement)
            explained = await connection.fetchval(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", *(params[n] for n in names)
            )
    finally:
        await connection.close()
    plan = json.loads(explained)[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
