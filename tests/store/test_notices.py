"""The outbox: of one task one notice at a time, newer news replaces older, and what is overtaken is not tried again."""

from __future__ import annotations

from typing import Any

from framegate.store import Store, step
from store.rows import account, task

NOW = 1_000_000


def notice(name: str, task_id: str = "task_1", **changes: Any) -> dict[str, Any]:
    base = {
        "id": name,
        "task_id": task_id,
        "account_id": "acct_1",
        "url": "https://x",
        "kind": "task.running",
        "headers": "{}",
        "body": "{}",
        "due_at": NOW,
        "tries": 0,
        "state": "due",
        "lease_until": 0,
        "last_error": None,
        "created_at": NOW,
        "sent_at": None,
    }
    return base | changes


async def tell(store: Store, name: str, task_id: str = "task_1", now: int = NOW) -> None:
    await store.write(
        step("supersede_notices", None, task_id=task_id, now=now),
        step("insert_notice", **notice(name, task_id)),
    )


async def claimed(store: Store, now: int = NOW) -> list[str]:
    rows = await store.take("claim_notices", now=now, lease_until=now + 30_000, limit=10)
    return sorted(row["id"] for row in rows)


async def failed(store: Store, name: str, due_at: int) -> None:
    ended = {"state": "due", "tries": 1, "due_at": due_at, "last_error": "no", "sent_at": None}
    await store.write(step("end_notice", id=name, **ended))


async def states(store: Store) -> dict[str, str]:
    return {row["id"]: row["state"] for row in await store.rows("notices_of", task_id="task_1")}


async def prepared(store: Store) -> Store:
    await store.write(*account(), task("task_1"), task("task_2"))
    return store


async def test_newer_news_replaces_what_still_waits(store: Store) -> None:
    await prepared(store)
    await tell(store, "msg_1")
    await tell(store, "msg_2")
    assert {"msg_1": "superseded", "msg_2": "due"} == await states(store)
    assert ["msg_2"] == await claimed(store)


async def test_what_is_under_way_is_waited_for(store: Store) -> None:
    await prepared(store)
    await tell(store, "msg_1")
    await tell(store, "msg_9", "task_2")
    assert ["msg_1", "msg_9"] == await claimed(store)
    await tell(store, "msg_2")
    assert [] == await claimed(store)
    await failed(store, "msg_1", NOW + 5000)
    assert {"msg_1": "superseded", "msg_2": "due"} == await states(store)
    assert ["msg_2"] == await claimed(store)


async def test_a_sender_that_died_is_replaced_and_the_order_kept(store: Store) -> None:
    await prepared(store)
    await tell(store, "msg_1")
    assert ["msg_1"] == await claimed(store)
    later = NOW + 60_000
    await tell(store, "msg_2", now=later)
    assert {"msg_1": "superseded", "msg_2": "due"} == await states(store)
    assert ["msg_2"] == await claimed(store, later)
