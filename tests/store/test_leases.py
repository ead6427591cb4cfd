"""Who may change a task: leases, fences, and a cancel that comes in between."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from framegate.core.task import State
from framegate.engine.job import text
from framegate.store import Row, Store, Unmet, step
from store.conftest import Opener
from store.rows import account, bought, save, task


async def claim(store: Store, limit: int = 10, now: int = 2000, name: str = "claim_due") -> list[Row]:
    return await store.take(name, upstream="up", now=now, lease_until=now + 500, limit=limit)


async def read(store: Store, task_id: str) -> Row:
    row = await store.row("task_by_id", id=task_id)
    assert row is not None
    return row


async def filled(store: Store, count: int, **changes: Any) -> None:
    await store.write(*account(), *(task(f"task_{n:03}", **changes) for n in range(count)))


async def test_a_claim_leases_the_oldest_and_raises_their_fence(store: Store) -> None:
    await store.write(*account(), *(task(f"task_{n}", due_at=1000 - n) for n in range(5)))
    rows = await claim(store, 2)
    assert {row["id"] for row in rows} == {"task_4", "task_3"}
    assert [(row["fence"], row["lease_until"]) for row in rows] == [(1, 2500)] * 2
    assert {row["id"] for row in await claim(store)} == {"task_2", "task_1", "task_0"}
    assert await claim(store) == []


async def test_claimers_of_many_processes_get_disjoint_rows(store: Store, open_again: Opener) -> None:
    await filled(store, 100)
    stores = [store, await open_again(), await open_again()]
    claims = await asyncio.gather(*(claim(stores[n % 3], 7) for n in range(30)))
    found = [row["id"] for rows in claims for row in rows]
    assert max(len(rows) for rows in claims) <= 7
    found += [
        row["id"] for row in await claim(store, 100)
    ]  # PostgreSQL passes over rows that another just looks at
    assert sorted(found) == [f"task_{n:03}" for n in range(100)]


async def test_a_limit_holds_also_for_a_plan_made_on_an_empty_table(store: Store) -> None:
    for _ in range(10):  # PostgreSQL keeps a general plan after five
        assert await claim(store) == []
    await filled(store, 300)
    assert len(await claim(store, 20)) == 20


async def test_only_what_is_due_at_this_upstream_is_claimed(store: Store) -> None:
    await store.write(
        *account(),
        task("task_now", due_at=2000),
        task("task_later", due_at=2001),
        task("task_never", due_at=None),
        task("task_elsewhere", upstream="other"),
    )
    assert [row["id"] for row in await claim(store)] == ["task_now"]


async def test_an_expired_lease_is_claimed_again_under_a_higher_fence(store: Store) -> None:
    await filled(store, 1)
    assert [row["fence"] for row in await claim(store, now=2000)] == [1]
    assert await claim(store, now=2499) == []
    assert [row["fence"] for row in await claim(store, now=2500)] == [2]


async def test_a_full_upstream_gives_only_what_needs_no_room(store: Store) -> None:
    await store.write(
        *account(),
        task("task_queued"),
        task("task_running", state=State.RUNNING),
        task("task_cancel", cancel_at=1500),
        task("task_overdue", deadline_at=2000),
    )
    rows = await claim(store, name="claim_due_polls")
    assert sorted(row["id"] for row in rows) == ["task_cancel", "task_overdue", "task_running"]


async def test_a_worker_that_lost_its_lease_writes_nothing(store: Store) -> None:
    await filled(store, 1)
    await claim(store, now=2000)
    await claim(store, now=3000)
    with pytest.raises(Unmet) as caught:
        await store.write(
            step("bump_config"), save("task_000", fence=1, state=State.FAILED), step("bump_config", None)
        )
    assert caught.value.step == "save_task"
    assert ((await read(store, "task_000"))["state"], await store.row("config_version")) == (
        "queued",
        await store.row("config_version"),
    )
    with pytest.raises(Unmet):
        await store.write(step("renew_lease", id="task_000", fence=1, lease_until=9000))
    await store.write(step("renew_lease", id="task_000", fence=2, lease_until=9000))
    await store.write(
        save("task_000", fence=2, state=State.RUNNING, cost=2**40, progress=0.25, lease_until=0)
    )
    row = await read(store, "task_000")
    assert (row["state"], row["cost"], row["progress"], row["lease_until"]) == ("running", 2**40, 0.25, 0)


async def test_a_cancel_asked_while_an_order_is_sent_is_not_lost(store: Store) -> None:
    """The sender keeps its lease to the end of the send; it cannot keep the task in hand after that."""
    await filled(store, 1)
    await claim(store, now=2000)
    sending = {"state": State.SENDING, "lease_until": 2500, "updated_at": 2050}
    await store.write(save("task_000", fence=1, **sending))
    await store.write(step("ask_cancel", id="task_000", account_id="acct_1", at=2100))
    row = await read(store, "task_000")
    assert (row["fence"], row["lease_until"], row["due_at"]) == (1, 2500, 2500)
    taken = {"state": State.RUNNING, "due_at": 9000, "lease_until": 62200, "updated_at": 2200}
    await store.write(save("task_000", fence=1, **taken))
    row = await read(store, "task_000")
    assert (row["state"], row["cancel_at"]) == ("running", 2100)
    assert (row["due_at"], row["lease_until"]) == (2200, 0)
    assert [row["id"] for row in await claim(store, now=2200)] == ["task_000"]


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
async def test_a_cancel_and_a_hint_take_a_task_that_waits_from_its_holder(store: Store, state: State) -> None:
    await filled(store, 2, state=state, fence=3, lease_until=62000)
    await store.write(step("ask_cancel", id="task_000", account_id="acct_1", at=2100))
    await store.write(step("nudge_task", id="task_001", at=2100))
    with pytest.raises(Unmet):
        await store.write(save("task_000", fence=3, state=State.RUNNING, due_at=9000, updated_at=2200))
    row = await read(store, "task_000")
    assert (row["cancel_at"], row["due_at"], row["lease_until"], row["fence"]) == (2100, 2100, 0, 4)
    row = await read(store, "task_001")
    taken = (2100, 0, 4) if state is State.RUNNING else (62000, 62000, 3)
    assert (row["due_at"], row["lease_until"], row["fence"]) == taken


async def test_what_is_leased_is_not_due_before_its_lease_ends(store: Store) -> None:
    await filled(store, 1)
    await claim(store, now=2000)
    running = {"state": State.RUNNING, "due_at": 3000, "lease_until": 9000}
    await store.write(save("task_000", fence=1, **running))
    assert (await read(store, "task_000"))["due_at"] == 9000
    await store.write(step("renew_lease", id="task_000", fence=1, lease_until=9500))
    assert await claim(store, now=9499) == []
    assert [row["fence"] for row in await claim(store, now=9500)] == [2]


async def test_tasks_in_hand_are_given_back_unless_another_has_them(store: Store) -> None:
    await filled(store, 3, state=State.RUNNING, fence=1, lease_until=62000)
    held = [
        {"id": f"task_{n:03}", "fence": 2 if n == 1 else 1, "due_at": 3000 + n, "polls": 7} for n in range(3)
    ]
    await store.write(step("rest_tasks", None, tasks=text(held)))
    rows = [await read(store, f"task_{n:03}") for n in range(3)]
    found = [(row["due_at"], row["lease_until"], row["polls"]) for row in rows]
    assert found == [(3000, 0, 7), (62000, 62000, 0), (3002, 0, 7)]


async def test_a_cancel_that_came_too_late_wakes_nobody(store: Store) -> None:
    await filled(store, 1, state=State.STORING)
    await claim(store, now=2000)
    await store.write(step("ask_cancel", id="task_000", account_id="acct_1", at=2100))
    ended = {"state": State.SUCCEEDED, "due_at": None, "updated_at": 2200, "finished_at": 2200}
    await store.write(save("task_000", fence=1, **ended))
    row = await read(store, "task_000")
    assert (row["state"], row["cancel_at"], row["due_at"]) == ("succeeded", 2100, None)
    await store.write(step("ask_cancel", 0, id="task_000", account_id="acct_1", at=2300))
    await store.write(step("nudge_task", 0, id="task_000", at=2300))


async def test_a_cancel_that_a_worker_knows_of_keeps_its_own_time(store: Store) -> None:
    await filled(store, 1)
    await store.write(step("ask_cancel", id="task_000", account_id="acct_1", at=1500))
    await claim(store, now=2000)
    await store.write(save("task_000", fence=2, state=State.RUNNING, cancel_at=1500, due_at=9000))
    assert (await read(store, "task_000"))["due_at"] == 9000
    await store.write(step("nudge_task", id="task_000", at=4000))
    assert (await read(store, "task_000"))["due_at"] == 4000


async def test_a_cancel_is_asked_once_and_by_the_owner(store: Store) -> None:
    await filled(store, 1)
    await store.write(step("ask_cancel", 0, id="task_000", account_id="acct_2", at=1500))
    await store.write(step("ask_cancel", 1, id="task_000", account_id="acct_1", at=1600))
    await store.write(step("ask_cancel", 0, id="task_000", account_id="acct_1", at=1700))
    row = await read(store, "task_000")
    assert (row["cancel_at"], row["due_at"]) == (1600, 1600)


@pytest.mark.parametrize("turn", range(8))
async def test_a_cancel_racing_with_a_save_is_kept(store: Store, open_again: Opener, turn: int) -> None:
    await filled(store, 1, state=State.SENDING)
    await claim(store, now=2000)
    other = await open_again()
    acts = [
        store.write(save("task_000", fence=1, state=State.RUNNING, due_at=9000, updated_at=2200)),
        other.write(step("ask_cancel", id="task_000", account_id="acct_1", at=2100)),
    ]
    await asyncio.gather(*(acts if turn % 2 else acts[::-1]))
    row = await read(store, "task_000")
    assert (row["state"], row["cancel_at"]) == ("running", 2100)
    assert row["due_at"] in {2100, 2200}


async def test_when_the_next_task_is_due(store: Store) -> None:
    async def due() -> int | None:
        row = await store.row("next_due", upstream="up")
        assert row is not None
        return row["due_at"]

    assert await due() is None
    await store.write(*account(), task("task_a", due_at=1000), task("task_b", due_at=2400))
    assert await due() == 1000
    await claim(store, now=2000)
    assert await due() == 2400
    await claim(store, now=2400)
    assert await due() == 2500


async def test_which_upstreams_have_tasks_and_how_many_are_in_flight(store: Store) -> None:
    assert [dict(row) for row in await store.rows("upstreams_with_tasks")] == []
    await store.write(
        *account(),
        task("task_1", upstream="b", state=State.RUNNING),
        task("task_2", upstream="a"),
        task("task_3", upstream="b", state=State.SENDING),
        task("task_4", upstream="b"),
        task("task_5", upstream="c", due_at=None),
    )
    assert sorted(row["upstream"] for row in await store.rows("upstreams_with_tasks")) == ["a", "b"]
    counts = {name: await store.row("in_flight", upstream=name) for name in "abc"}
    assert {name: row and row["n"] for name, row in counts.items()} == {"a": 0, "b": 2, "c": 0}


async def test_sends_of_unknown_outcome_are_listed_oldest_first(store: Store) -> None:
    await store.write(
        *account(),
        task("task_1", unknown_since=20),
        task("task_2", unknown_since=10),
        task("task_3"),
    )
    assert [row["id"] for row in await store.rows("unknown_tasks", limit=5)] == ["task_2", "task_1"]


async def test_notices_are_leased_and_ended(store: Store) -> None:
    await store.write(*account(), *(row for n in range(3) for row in bought(f"task_{n}", 0)))
    for n in range(3):
        row = {"id": f"msg_{n}", "task_id": f"task_{n}", "account_id": "acct_1", "url": "https://x.test/"}
        row |= {"kind": "task.succeeded", "headers": "{}", "body": "{}", "state": "due"}
        await store.write(
            step(
                "insert_notice",
                **row,
                due_at=100 + n,
                tries=0,
                lease_until=0,
                last_error=None,
                created_at=n,
                sent_at=None,
            )
        )
    first, second = await asyncio.gather(
        store.take("claim_notices", now=101, lease_until=201, limit=5),
        store.take("claim_notices", now=101, lease_until=201, limit=5),
    )
    assert sorted(row["id"] for row in first + second) == ["msg_0", "msg_1"]
    end = {"state": "sent", "tries": 1, "due_at": None, "last_error": None, "sent_at": 150}
    await store.write(step("end_notice", id="msg_0", **end))
    again = await store.take("claim_notices", now=300, lease_until=400, limit=5)
    assert sorted(row["id"] for row in again) == ["msg_1", "msg_2"]
    told = [row for n in range(3) for row in await store.rows("notices_of", task_id=f"task_{n}")]
    assert [row["state"] for row in told] == ["sent", "due", "due"]
