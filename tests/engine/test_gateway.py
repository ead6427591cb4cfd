"""When a key was last used is noted once an hour, and no request waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from framegate.access import digest
from framegate.core.dialect import Identity, Trouble
from framegate.engine.configuration import Watch
from framegate.engine.gateway import KEY_TTL, NOTED, Gateway
from framegate.settings import catalogue
from framegate.store import Step, Store, Unavailable, open_store, step
from store.rows import account

START = 1_800_000_000_000


class Broken:
    """A store whose disk is full: what is read is read, and nothing can be written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, *steps: Step) -> None:
        raise Unavailable(steps[0].name)


def gateway(store: Any) -> Gateway:
    nothing: Any = None
    return Gateway(
        store=store,
        watch=Watch(store, {}, catalogue()),
        worker=None,
        media=nothing,
        dialects={},
        changes=nothing,
        wake=nothing,
        key_secret=lambda _: "",
    )


async def test_a_use_is_noted_once_an_hour(tmp_path: Path) -> None:
    at = [START]
    store = await open_store(f"sqlite:///{tmp_path}/framegate.db", clock=lambda: at[0], exclusive=True)
    try:
        row = {
            "id": "key_1",
            "account_id": "acct_1",
            "name": "",
            "hash": digest("fg-1"),
            "hint": "",
            "scopes": "",
        }
        await store.write(
            *account(), step("insert_key", **row, expires_at=None, paused=0, created_at=1, used_at=None)
        )
        door = gateway(store)

        async def used(there: Gateway, key: str = "fg-1") -> int | None:
            with contextlib.suppress(Trouble):
                await there.authenticate(Identity(key=key), dialect="native", address="127.0.0.1")
            await asyncio.gather(*there._noting)
            row = await store.row("key_by_id", name="key_1")
            assert row is not None
            return row["used_at"]

        assert await used(door, "fg-another") is None
        assert await used(gateway(Broken(store))) is None, "the request was answered all the same"
        assert START == await used(door)
        for after in (1, KEY_TTL, NOTED - 1):
            at[0] = START + after
            assert START == await used(door)
        at[0] = START + NOTED + KEY_TTL
        assert at[0] == await used(door)
    finally:
        await store.close()
