"""Tasks by the ten thousand, written straight into a database: copies of one that went through the door."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has no types

from bench import engine
from framegate.app import open_app
from framegate.core.dialect import Identity
from framegate.core.task import Kind, Spec
from framegate.settings import from_environment
from framegate.telemetry import configure
from running import KEY

ENTRIES = ("account_id", "task_id", "kind", "customer", "held", "revenue", "topup", "writeoff", "at", "note")


async def fill(data: Path, settings: Mapping[str, str], count: int, *, due_in: int, **changes: Any) -> str:  # noqa: ANN401 - columns
    """`count` tasks at the upstream `bench` that run since now and are due in `due_in` milliseconds, each with a hold.

    `changes` are other columns of theirs. The id of the first one.
    """
    engine.known()
    configure("error")
    data.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs here
    (data / "bench.toml").write_text(engine.CONFIG)
    given = {"FRAMEGATE_BOOTSTRAP_KEY": KEY, "FRAMEGATE_BOOTSTRAP_CREDIT": "100000000"}
    given |= {f"FRAMEGATE_{name.upper()}": value for name, value in settings.items()}
    chosen = from_environment(given, data=data)
    async with open_app(
        chosen, public_url="http://127.0.0.1:1", config=data / "bench.toml", work=False
    ) as app:
        caller = await app.gateway.authenticate(Identity(key=KEY), dialect="native", address="")
        spec = Spec(
            kind=Kind.IMAGE, model="bench-image", prompt="a paper boat crosses a puddle, slow dolly in"
        )
        task = await app.gateway.submit(caller, "native", spec)
        row = dict(await app.store.row("task_by_id", id=task.id) or {})
        now = await app.store.now()
    held = {"account_id": row["account_id"], "kind": "hold", "customer": -row["held"], "held": row["held"]}
    held |= {"revenue": 0, "topup": 0, "writeoff": 0, "at": now, "note": ""}
    tasks: list[list[Any]] = []
    entries: list[list[Any]] = []
    for number in range(count):
        name = f"{task.id[:-6]}{number:06d}"
        made = {**row, "id": name, "public_id": name, "state": "running", "handle": f'{{"id":"{name}"}}'}
        made |= {"due_at": now + due_in, "sent_at": now, "deadline_at": now + 6 * 3_600_000, **changes}
        tasks.append(list(made.values()))
        entries.append([{**held, "task_id": name}[column] for column in ENTRIES])
    spent = row["held"] * count
    if "database_url" not in settings:
        with sqlite3.connect(data / "framegate.db") as connection:
            marks = ", ".join("?" * len(row))
            connection.executemany(f"INSERT INTO tasks ({', '.join(row)}) VALUES ({marks})", tasks)  # noqa: S608 - columns
            marks = ", ".join("?" * len(ENTRIES))
            connection.executemany(f"INSERT INTO entries ({', '.join(ENTRIES)}) VALUES ({marks})", entries)  # noqa: S608
            connection.execute("UPDATE accounts SET balance = balance - ?, held = held + ?", (spent, spent))
        connection.close()
        return str(tasks[0][0])
    database: Any = await asyncpg.connect(settings["database_url"])
    await database.copy_records_to_table("tasks", records=tasks, columns=list(row))
    await database.copy_records_to_table("entries", records=entries, columns=ENTRIES)
    await database.execute("UPDATE accounts SET balance = balance - $1, held = held + $1", spent)
    await database.execute("ANALYZE")
    await database.close()
    return str(tasks[0][0])
