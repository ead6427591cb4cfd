"""What other gateways refund twice, settle never or hold for ever: each as a test named after the defect.

A3, A15 and A16 are in `test_billing` and `test_lessons`, A21 is in `contract/test_billing_bypass`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import USD
from framegate.core.task import State
from vendors import Vendor, vendor
from virtual import CREDIT, PRICE, Clock, Engine, Fate, Killed, engine

pytestmark = pytest.mark.slow
COST = 4 * PRICE


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def entries(it: Engine, task_id: str) -> list[tuple[str, int]]:
    rows = await it.store.rows("entries_of_task", task_id=task_id)
    return sorted((row["kind"], row["customer"]) for row in rows)


async def ended(
    folder: Path, counting: Vendor, words: str, death: int
) -> tuple[list[str], list[tuple[str, int]]]:
    """One task's life, the process dying at that step and starting anew: the steps passed, and the task's entries."""
    folder.mkdir()
    clock, fate = Clock(), Fate(death)
    vendors = {"one": ("openai-videos", counting)}
    async with engine(folder, vendors, clock=clock, fate=fate) as it:
        try:
            await it.finished(await it.submit(f"[m:{folder.name}] {words}", key="k"))
        except Killed:
            clock.now += 3_000
    async with engine(folder, clock=clock) as it:
        job = await it.finished(await it.submit(f"[m:{folder.name}] {words}", key="k"))
        assert ([], "0.00") == (await it.books(), (await it.account()).held)
        return fate.steps, await entries(it, job.id)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("[v:fail]", [("hold", -COST), ("release", COST)], id="a4_a_refund_is_made_once"),
        pytest.param("", [("hold", -COST), ("settle", 0)], id="a5_a_success_is_settled_once"),
    ],
)
async def test_whatever_step_of_its_end_the_process_dies_at(
    tmp_path: Path, counting: Vendor, words: str, expected: list[tuple[str, int]]
):
    """A4: a refund before its mark is made twice, one after it never. A5: an end that is told before it is paid."""
    steps, whole = await ended(tmp_path / "whole", counting, words, 1 << 60)
    assert expected == whole
    for death in range(max(1, len(steps) - 7), len(steps) + 1):
        assert expected == (await ended(tmp_path / f"death{death}", counting, words, death))[1], steps[
            death - 1
        ]


async def test_a22_a_hold_is_a_row_with_its_task_and_dies_with_no_process(tmp_path: Path, counting: Vendor):
    clock, fate = Clock(), Fate()

    def die(what: str) -> None:
        if what == "after spend":
            fate.dead = True

    fate.then = die
    async with engine(tmp_path, {"one": ("openai-videos", counting)}, clock=clock, fate=fate) as it:
        await it.submit("[m:1]")
        with pytest.raises(Killed):
            await it.store.now()
    async with engine(tmp_path, clock=clock) as it:
        assert (("0.20", 0), []) == (((await it.account()).held, counting.count("submit")), await it.books())
        (job,) = await it.settle()
        assert (State.SUCCEEDED, COST) == (job.state, job.charged)
        assert ({"1": 1}, "0.00") == (counting.orders(), (await it.account()).held)


async def test_b1_what_is_held_cannot_be_spent_while_the_vendor_is_still_asked(
    tmp_path: Path, counting: Vendor
):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        await it.admin.credit(it.caller.account_id, COST - CREDIT)
        first = await it.submit("[m:1]")
        with pytest.raises(Trouble) as refused:
            await it.submit("[m:2]")
        assert Problem.OUT_OF_CREDIT is refused.value.problem
        assert 0 == counting.count("submit"), "no call was needed to know"
        assert State.SUCCEEDED is (await it.finished(first)).state
        assert ({"1": 1}, "0.00") == (counting.orders(), (await it.account()).balance)


async def test_b4_what_is_given_back_goes_where_it_came_from(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        await it.admin.create_account("another")
        await it.admin.credit("another", 7 * USD)
        task_id = await it.submit("[m:1] [v:fail]")
        assert ("999.80", "0.20") == ((await it.account()).balance, (await it.account()).held)
        await it.finished(task_id)
        assert ("1000.00", "0.00") == ((await it.account()).balance, (await it.account()).held)
        assert "7.00" == (await it.admin.account("another")).balance
        mine, theirs = [await it.admin.entries(name) for name in (it.caller.account_id, "another")]
        assert ([task_id, task_id, None], [None]) == (
            [row.task_id for row in mine.data],
            [row.task_id for row in theirs.data],
        )
