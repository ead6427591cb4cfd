"""The database: named SQL, run as values, on SQLite or PostgreSQL."""

from __future__ import annotations

from framegate.store.migrate import TooNew
from framegate.store.unit import (
    Clock,
    Doubtful,
    Duplicate,
    Occupied,
    Row,
    Step,
    Store,
    Unavailable,
    Unmet,
    step,
)

__all__ = [
    "Clock",
    "Doubtful",
    "Duplicate",
    "Occupied",
    "Row",
    "Step",
    "Store",
    "TooNew",
    "Unavailable",
    "Unmet",
    "open_store",
    "step",
]


async def open_store(url: str, *, clock: Clock, exclusive: bool = True) -> Store:
    """Open and migrate `sqlite:///path/file.db` or `postgresql://…`.

    `exclusive`: this process serves, so no other may (SQLite only; any number may serve from one PostgreSQL). Raises
    `Occupied` when another does, `Unavailable` when the database cannot be reached, `TooNew` when a newer program wrote
    it, `ValueError` for another kind of URL.
    """
    if url.startswith("sqlite:///"):
        from framegate.store.sqlite import Sqlite  # noqa: PLC0415 - only the chosen driver is imported

        return await Sqlite.open(url.removeprefix("sqlite:///"), clock=clock, exclusive=exclusive)
    if not url.startswith(("postgresql://", "postgres://")):
        scheme = url.partition(":")[0]
        raise ValueError(f"a database URL begins with sqlite:/// or postgresql://, not with {scheme!r}")
    from framegate.store.postgres import Postgres  # noqa: PLC0415

    return await Postgres.open(url)
