"""A unit is all or nothing, on both databases and however its steps are run."""

from __future__ import annotations

import asyncio

import pytest

from framegate.store import Doubtful, Duplicate, Step, Store, Unavailable, Unmet, step
from store.conftest import Opener
from store.rows import account, bought, task


def config(name: str, doc: str = "{}") -> Step:
    row = {"kind": "route", "name": name, "doc": doc, "origin": "admin"}
    return step("put_config", **row, paused=0, version=1, updated_at=1)


async def configured(store: Store) -> dict[str, str]:
    return {row["name"]: row["doc"] for row in await store.rows("config_rows")}


async def version(store: Store) -> int:
    row = await store.row("config_version")
    assert row is not None
    return int(row["value"])


async def test_what_is_written_is_read(store: Store) -> None:
    await store.write(*account(balance=500))
    row = await store.row("account_by_name", name="acct_1")
    assert row is not None
    assert dict(row) == {
        "id": "acct_1",
        "name": "acct_1",
        "plan": "default",
        "balance": 500,
        "held": 0,
        "floor": 0,
        "paused": 0,
        "created_at": 1,
        "updated_at": 1,
        "notice_secret": 1,
        "notice_secret_at": 0,
        "erased_at": None,
    }


async def test_a_unit_of_no_steps_is_nothing(store: Store) -> None:
    await store.write()
    assert await store.rows("list_accounts") == []


async def test_a_missing_row_is_none_and_a_missing_list_empty(store: Store) -> None:
    assert await store.row("task_by_id", id="task_0") is None
    assert await store.rows("attempts_of", task_id="task_0") == []
    assert await store.take("claim_due", upstream="up", now=1, lease_until=2, limit=3) == []


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_unmet_takes_the_whole_unit_with_it_wherever_it_stands(store: Store, place: int) -> None:
    steps = [config("a"), config("b")]
    steps.insert(place, step("delete_key", id="key_0"))
    with pytest.raises(Unmet) as caught:
        await store.write(*steps)
    assert (caught.value.step, await configured(store)) == ("delete_key", {})


async def test_unmet_in_a_unit_of_one_statement(store: Store) -> None:
    await store.write(*account(balance=5))
    with pytest.raises(Unmet) as caught:
        await store.write(*bought("task_1", 6))
    assert caught.value.step == "spend"
    assert await store.row("task_by_id", id="task_1") is None
    assert len(await store.rows("account_entries", account_id="acct_1", before=2**62, limit=9)) == 1


async def test_a_step_that_touches_more_rows_than_it_may_is_undone(store: Store) -> None:
    await store.write(*account())
    for key in ("a", "b"):
        row = {"account_id": "acct_1", "key": key, "digest": "d", "task_id": "task_1"}
        await store.write(step("remember", **row, created_at=1))
    with pytest.raises(Unmet):
        await store.write(step("forget_before", at=10))
    assert await store.row("recall", account_id="acct_1", key="a") is not None
    await store.write(step("forget_before", 2, at=10))
    assert await store.row("recall", account_id="acct_1", key="a") is None


async def test_any_number_and_none_may_be_asked_for(store: Store) -> None:
    await store.write(step("forget_before", None, at=10), config("a"))
    await store.write(step("forget_before", 0, at=10), config("b"))
    assert set(await configured(store)) == {"a", "b"}


async def test_a_duplicate_takes_the_whole_unit_with_it(store: Store) -> None:
    await store.write(*account(balance=100))
    await store.write(*bought("task_1", 10))
    with pytest.raises(Duplicate) as caught:
        await store.write(*bought("task_2", 10, public_id="task_1"))
    assert "public_id" in caught.value.rule
    assert await store.row("task_by_id", id="task_2") is None
    row = await store.row("account_by_id", id="acct_1")
    assert row is not None
    assert (row["balance"], row["held"]) == (90, 10)


async def test_steps_see_what_the_steps_before_them_did(store: Store) -> None:
    before = await version(store)
    await store.write(
        config("a", "1"),
        step("bump_config"),
        step("delete_config", kind="route", name="a"),
        step("bump_config"),
    )
    assert (await version(store), await configured(store)) == (before + 2, {})
    await store.write(step("delete_config", 0, kind="route", name="a"), config("a", "2"), config("a", "3"))
    assert await configured(store) == {"a": "3"}


async def test_unmet_undoes_steps_that_built_on_one_another(store: Store) -> None:
    before = await version(store)
    with pytest.raises(Unmet) as caught:
        await store.write(step("bump_config"), step("bump_config"), step("delete_key", id="key_0"))
    assert (caught.value.step, await version(store)) == ("delete_key", before)


async def test_a_failed_unit_takes_nothing_of_its_neighbours_with_it(store: Store) -> None:
    await store.write(*account(balance=10**6))
    units = [bought(f"task_{n}", 1 if n % 3 else 10**7) for n in range(60)]
    ended = await asyncio.gather(*(store.write(*unit) for unit in units), return_exceptions=True)
    assert [isinstance(end, Unmet) for end in ended] == [n % 3 == 0 for n in range(60)]
    row = await store.row("account_by_id", id="acct_1")
    assert row is not None
    assert (row["balance"], row["held"]) == (10**6 - 40, 40)


async def test_references_are_kept(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await store.write(task("task_1", "acct_of_nobody"))
    assert await store.row("task_by_id", id="task_1") is None


async def test_close_finishes_what_was_asked(store: Store, open_again: Opener) -> None:
    await store.write(*account(balance=1000))
    units = [asyncio.ensure_future(store.write(*bought(f"task_{n}", 1))) for n in range(100)]
    await asyncio.sleep(0)
    await store.close()
    assert [unit.exception() for unit in units if unit.done()] == [None] * 100
    other = await open_again()
    row = await other.row("account_by_id", id="acct_1")
    assert row is not None
    assert row["held"] == 100
    with pytest.raises(RuntimeError, match="closed"):
        await store.write(config("late"))
    await store.close()


async def test_a_caller_that_goes_away_leaves_a_whole_unit_or_none(store: Store) -> None:
    await store.write(*account(balance=10**6))
    units = [asyncio.ensure_future(store.write(*bought(f"task_{n:02}", 1))) for n in range(40)]
    await asyncio.sleep(0)
    for unit in units[::2]:
        unit.cancel()
    await asyncio.wait(units)
    await store.write(*bought("task_99", 1))
    assert await store.rows("check_sums") == []
    assert await store.rows("open_holds_without_task") == []
    for n in range(1, 40, 2):
        assert await store.row("task_by_id", id=f"task_{n:02}") is not None


def test_a_doubtful_write_is_an_unavailable_database() -> None:
    """Callers that only ask whether the database is there need to know one of them."""
    assert issubclass(Doubtful, Unavailable)
