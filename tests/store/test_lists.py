"""Lists by page and filter, reads by any id, and what is remembered of requests."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from framegate.core.task import State
from framegate.engine.steps import event
from framegate.engine.story import Call
from framegate.store import Duplicate, Store, step
from store.rows import account, bought, task


async def ids(store: Store, statement: str = "list_tasks", **wanted: Any) -> list[str]:
    plain: dict[str, Any] = {"account_id": "acct_1", "dialect": "", "state": "", "model": "", "family": ""}
    rows = await store.rows(statement, **{**plain, "after": "", "limit": 100, "offset": 0, **wanted})
    return [row["id"] for row in rows]


async def many(store: Store) -> None:
    await store.write(
        *account(),
        *account("acct_2"),
        task("task_1"),
        task("task_2", dialect="runway", family="video"),
        task("task_3", dialect="runway", family="image", model="gen3a"),
        task("task_4", state=State.RUNNING),
        task("task_5", "acct_2"),
        task("task_6", dialect="runway", family="video", state=State.RUNNING, finished_at=5),
    )


async def test_a_list_is_newest_first_and_of_one_owner(store: Store) -> None:
    await many(store)
    assert await ids(store) == ["task_6", "task_4", "task_3", "task_2", "task_1"]
    assert await ids(store, account_id="acct_2") == ["task_5"]
    assert await ids(store, account_id="acct_3") == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"dialect": "runway"}, "632"),
        ({"dialect": "runway", "family": "video"}, "62"),
        ({"state": "running"}, "64"),
        ({"model": "gen3a"}, "3"),
        ({"dialect": "runway", "family": "video", "state": "running", "model": "gen4"}, "6"),
        ({"dialect": "luma"}, ""),
        ({"model": "' OR 1=1 --"}, ""),
    ],
)
async def test_filters_narrow_a_list_and_its_count(store: Store, wanted: dict[str, str], found: str) -> None:
    await many(store)
    expected = [f"task_{n}" for n in found]
    assert await ids(store, **wanted) == expected
    assert await ids(store, "list_tasks_ascending", **wanted) == expected[::-1]
    every = {"dialect": "", "state": "", "model": "", "family": "", **wanted}
    count = await store.row("count_tasks", account_id="acct_1", **every)
    assert count is not None
    assert count["n"] == len(found)


async def test_pages_meet_without_gap_or_overlap(store: Store) -> None:
    await many(store)
    for statement, whole in (("list_tasks", "64321"), ("list_tasks_ascending", "12346")):
        seen: list[str] = []
        while page := await ids(store, statement, after=seen[-1] if seen else "", limit=2):
            seen += page
        assert seen == [f"task_{n}" for n in whole]
        assert await ids(store, statement, limit=2, offset=3) == seen[3:5]


async def test_a_task_is_found_by_each_of_its_ids_by_its_owner_alone(store: Store) -> None:
    await store.write(*account(), *account("acct_2"), task("task_1", public_id="1234", external_id="mine"))

    async def found(statement: str, **params: str) -> bool:
        return await store.row(statement, **params) is not None

    assert await found("task_of_owner", any_id="task_1", account_id="acct_1")
    assert await found("task_of_owner", any_id="1234", account_id="acct_1")
    assert not await found("task_of_owner", any_id="1234", account_id="acct_2")
    assert not await found("task_of_owner", any_id="mine", account_id="acct_1")
    assert await found("task_by_external_id", external_id="mine", account_id="acct_1", dialect="native")
    assert not await found("task_by_external_id", external_id="mine", account_id="acct_1", dialect="kling")
    assert not await found("task_by_external_id", external_id="mine", account_id="acct_2", dialect="native")


async def test_a_clients_own_name_is_good_for_one_task_of_an_account_and_dialect(store: Store) -> None:
    await store.write(
        *account(), *account("acct_2"), task("task_1", external_id="mine"), task("task_2"), task("task_3")
    )
    await store.write(
        task("task_4", "acct_2", external_id="mine"), task("task_5", dialect="kling", external_id="mine")
    )
    with pytest.raises(Duplicate):
        await store.write(task("task_6", external_id="mine"))


async def test_what_is_erased_is_gone_from_every_answer_but_not_from_the_books(store: Store) -> None:
    await store.write(*account(balance=10))
    await store.write(*bought("task_1", 4, external_id="mine"))
    forget = {"id": "task_1", "spec": "{}", "candidates": "[]", "failure": None, "at": 9}
    await store.write(step("erase_task", 0, account_id="acct_1", **forget))  # not while it runs
    await store.write(*bought("task_2", 4, external_id="other", finished_at=8, state=State.FAILED))
    forget["id"] = "task_2"
    await store.write(step("erase_task", 0, account_id="acct_2", **forget))
    await store.write(step("erase_task", account_id="acct_1", **forget))
    await store.write(step("erase_task", 0, account_id="acct_1", **forget))
    assert await ids(store) == ["task_1"]
    assert await store.row("task_of_owner", any_id="task_2", account_id="acct_1") is None
    entries = await store.rows("account_entries", account_id="acct_1", before=2**62, limit=9)
    assert [row["task_id"] for row in entries] == ["task_2", "task_1", None]


async def test_how_many_tasks_of_an_account_are_under_way(store: Store) -> None:
    await many(store)
    counts = [
        await store.row("running_of_account", account_id=name) for name in ("acct_1", "acct_2", "acct_3")
    ]
    assert [row and row["n"] for row in counts] == [4, 1, 0]


async def test_a_story_is_told_in_the_order_it_was_written(store: Store) -> None:
    await store.write(*account(), task("task_1"), task("task_2"))
    told = ["queued", "sending", "running", "storing", "succeeded"]
    for n, kind in enumerate(told):  # all within one millisecond
        calls = [Call(n, "poll", "GET", f"/{kind}", 200, 1, None)]
        await store.write(event("task_1", 1000, kind, calls=calls), event("task_1", 1000, calls=calls))
        await store.write(event("task_2", 1000, kind, "x"))
    events = await store.rows("events_of", task_id="task_1", limit=4)
    assert [row["kind"] for row in events] == told[:4]
    newest = await store.rows("calls_of", task_id="task_1", limit=3)
    assert ["/succeeded", "/succeeded", "/storing"] == [
        call["url"] for row in newest for call in msgspec.json.decode(row["calls"])
    ]


async def test_a_send_again_under_the_same_id_is_the_same_attempt(store: Store) -> None:
    await store.write(*account(), task("task_1"))
    begin = {"task_id": "task_1", "upstream": "up", "model": "m", "order_doc": "{}"}
    await store.write(step("insert_attempt", None, **begin, n=0, sent_at=5))
    await store.write(step("insert_attempt", None, **begin, n=0, sent_at=6))
    end = {"task_id": "task_1", "n": 0, "detail": None}
    await store.write(
        step("end_attempt", **end, outcome="accepted", handle='{"id":"7"}', ended_at=7),
        step("insert_attempt", None, **begin, n=1, sent_at=8),
    )
    await store.write(step("end_attempt", **end, outcome="failed", handle=None, ended_at=9))
    rows = await store.rows("attempts_of", task_id="task_1")
    assert [(row["n"], row["sent_at"], row["outcome"], row["handle"], row["ended_at"]) for row in rows] == [
        (0, 5, "failed", '{"id":"7"}', 9),
        (1, 8, None, None, None),
    ]


async def test_an_idempotency_key_is_used_once_by_an_account(store: Store) -> None:
    await store.write(*account(balance=100))
    use = {"account_id": "acct_1", "key": "k", "digest": "d", "created_at": 5}
    await store.write(*bought("task_1", 10), step("remember", **use, task_id="task_1"))
    with pytest.raises(Duplicate):
        await store.write(*bought("task_2", 10), step("remember", **use, task_id="task_2"))
    assert await ids(store) == ["task_1"]
    row = await store.row("recall", account_id="acct_1", key="k")
    assert row is not None
    assert (row["task_id"], row["digest"]) == ("task_1", "d")
    assert await store.row("recall", account_id="acct_2", key="k") is None
    await store.write(step("remember", **{**use, "account_id": "acct_2"}, task_id="task_1"))


async def test_the_last_request_without_a_key_is_the_one_remembered(store: Store) -> None:
    use = {"account_id": "acct_1", "key": "retry:d", "digest": "d"}
    await store.write(step("remember_last", **use, task_id="task_1", created_at=5))
    await store.write(step("remember_last", **use, task_id="task_2", created_at=6))
    row = await store.row("recall", account_id="acct_1", key="retry:d")
    assert row is not None
    assert (row["task_id"], row["created_at"]) == ("task_2", 6)


async def test_keys_are_listed_for_one_account_or_for_all(store: Store) -> None:
    await store.write(*account(), *account("acct_2"))
    for n in (1, 2, 3):
        row = {
            "id": f"key_{n}",
            "account_id": f"acct_{n % 2 + 1}",
            "name": "",
            "hash": f"h{n}",
            "hint": "fg-…",
        }
        row |= {"scopes": "{}"}
        await store.write(step("insert_key", **row, expires_at=None, paused=0, created_at=n, used_at=None))
    assert [row["id"] for row in await store.rows("list_keys", account_id="")] == ["key_1", "key_2", "key_3"]
    assert [row["id"] for row in await store.rows("list_keys", account_id="acct_2")] == ["key_1", "key_3"]
    found = await store.row("key_by_hash", name="h2")
    assert found is not None
    assert (found["id"], found["account_name"], found["account_paused"]) == ("key_2", "acct_1", 0)
