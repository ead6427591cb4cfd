"""Migrations: the same tables on both databases, once each, however many processes start together."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from framegate.store import migrate as migrations
from framegate.store import open_store
from framegate.store.migrate import FOLDER, TooNew
from framegate.store.sqlite import migrate, split
from store.rows import account

TYPES = {
    "TEXT": "text",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE PRECISION": "double precision",
    "BLOB": "bytea",
}
Schema = dict[str, Any]


def sqlite_schema(path: Path) -> Schema:
    with contextlib.closing(sqlite3.connect(path)) as connection:

        def rows(text: str, *values: str) -> list[Any]:
            return connection.execute(text, values).fetchall()

        tables = [
            name
            for (name,) in rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        columns = {
            (table, name): (TYPES[kind], bool(required or key))
            for table in tables
            for _, name, kind, required, _, key in rows(f"PRAGMA table_info({table})")
        }
        indexes = {
            name: (table, bool(unique), bool(partial), [c[2] for c in rows(f"PRAGMA index_info({name})")])
            for table in tables
            for _, name, unique, origin, partial in rows(f"PRAGMA index_list({table})")
            if origin == "c"
        }
    return {"columns": columns, "indexes": indexes}


async def postgres_schema(url: str) -> Schema:
    connection = await asyncpg.connect(url)
    try:
        columns = await connection.fetch(
            "SELECT table_name, column_name, data_type, is_nullable = 'NO' AS required FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name <> 'schema_version'"
        )
        indexes = await connection.fetch(
            "SELECT i.relname AS name, t.relname AS tab, x.indisunique, x.indpred IS NOT NULL AS partial,"
            " ARRAY(SELECT attname FROM unnest(x.indkey) WITH ORDINALITY k (n, place)"
            "       JOIN pg_attribute ON attrelid = t.oid AND attnum = k.n ORDER BY place)::text[] AS parts"
            " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid"
            " LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u')"
            " WHERE t.relnamespace = current_schema()::regnamespace AND c.oid IS NULL"
        )
    finally:
        await connection.close()
    return {
        "columns": {(r["table_name"], r["column_name"]): (r["data_type"], r["required"]) for r in columns},
        "indexes": {r["name"]: (r["tab"], r["indisunique"], r["partial"], r["parts"]) for r in indexes},
    }


async def test_both_databases_have_the_same_tables(postgres_url: str, tmp_path: Path) -> None:
    for url in (postgres_url, f"sqlite:///{tmp_path}/x.db"):
        await (await open_store(url, clock=lambda: 1)).close()
    sqlite, postgres = sqlite_schema(tmp_path / "x.db"), await postgres_schema(postgres_url)
    numbered = {("entries", "id"), ("events", "id")}  # SQLite counts in an INTEGER, which is 64 bits there
    assert {sqlite["columns"].pop(one) for one in numbered} == {("integer", True)}
    assert {postgres["columns"].pop(one) for one in numbered} == {("bigint", True)}
    assert sqlite == postgres
    assert len(sqlite["columns"]) > 100


async def version(url: str, new: int | None = None) -> int:
    """The version that a database says it has, after it was made to say so."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            if new is not None:
                connection.execute(f"PRAGMA user_version={new}")
            return connection.execute("PRAGMA user_version").fetchone()[0]
    connection = await asyncpg.connect(url)
    try:
        if new is not None:
            await connection.execute(f"UPDATE schema_version SET version = {new}")
        return await connection.fetchval("SELECT version FROM schema_version")
    finally:
        await connection.close()


async def test_opening_again_changes_nothing(url: str) -> None:
    store = await open_store(url, clock=lambda: 1)
    await store.write(*account(balance=5))
    await store.close()
    before = await version(url)
    store = await open_store(url, clock=lambda: 1)
    assert [row["balance"] for row in await store.rows("list_accounts")] == [5]
    await store.close()
    assert (await version(url), before) == (before, max(int(p.name[:4]) for p in FOLDER.glob("*.sql")))


async def test_a_database_of_a_newer_program_is_refused(url: str) -> None:
    await (await open_store(url, clock=lambda: 1)).close()
    await version(url, 9999)
    with pytest.raises(TooNew, match=r"version 9999.*upgrade Framegate"):
        await open_store(url, clock=lambda: 1)
    await version(url, 1)
    await (await open_store(url, clock=lambda: 1)).close()


async def test_of_many_that_start_together_one_migrates(url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(migrate, [str(tmp_path / "framegate.db")] * 6)) == [None] * 6
    stores = await asyncio.gather(*(open_store(url, clock=lambda: 1, exclusive=False) for _ in range(6)))
    assert [await store.rows("list_accounts") for store in stores] == [[]] * 6
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_migration_that_fails_leaves_nothing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await open_store(url, clock=lambda: 1)).close()
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr(migrations, "FOLDER", folder)
    (folder / "0002_more.sql").write_text("CREATE TABLE more (a TEXT);\nCREATE TABLE more (a TEXT);\n")
    with pytest.raises(Exception, match=r"more.* already exists"):
        await open_store(url, clock=lambda: 1)
    assert await version(url) == 1
    (folder / "0002_more.sql").write_text("CREATE TABLE more (a TEXT);\n")
    (folder / f"0002_more.{'sqlite' if url.startswith('sqlite') else 'postgres'}.sql").write_text(
        "INSERT INTO more (a) VALUES ('x');\n"
    )
    await (await open_store(url, clock=lambda: 1)).close()
    assert await version(url) == 2


def test_a_script_is_split_into_its_statements() -> None:
    trigger = "CREATE TRIGGER t BEFORE UPDATE ON a BEGIN\n  SELECT 1;\nEND;\n"
    assert list(split(f"-- one; two\nCREATE TABLE a (b TEXT);\n\n{trigger}")) == [
        "-- one; two\nCREATE TABLE a (b TEXT);\n",
        f"\n{trigger}",
    ]


async def test_a_url_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with sqlite:/// or postgresql://, not with 'mysql'"):
        await open_store("mysql://root@localhost/x", clock=lambda: 1)
