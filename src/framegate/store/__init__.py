"""The database: named SQL, run as values, on SQLite or PostgreSQL."""

from __future__ import annotations

from framegate.store.unit import Clock, Duplicate, Occupied, Row, Step, Store, Unmet, step

__all__ = ["Clock", "Duplicate", "Occupied", "Row", "Step", "Store", "Unmet", "open_store", "step"]


async def open_store(url: str, *, clock: Clock, exclusive: bool = True) -> Store:
    """Open and migrate `sqlite:///path/file.db` or `postgresql://…`.

    `exclusive`: this process serves, so no other may (SQLite only). Raises `Occupied` when another does.
    """
    if url.startswith("sqlite:///"):
        from framegate.store.sqlite import Sqlite  # noqa: PLC0415 - only the chosen driver is imported

        return await Sqlite.open(url.removeprefix("sqlite:///"), clock=clock, exclusive=exclusive)
    from framegate.store.postgres import Postgres  # noqa: PLC0415

    return await Postgres.open(url)
