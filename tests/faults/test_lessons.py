"""What other gateways lose, double or leak, each as a test named after the defect in the list of lessons.

A2 is in `test_unknown`, A8 and A10 in `test_weather`, A3 in `test_billing`, A4, A5, A22, B1 and B4 in
`test_lessons_of_money`, A6, A13, B5 and B6 in `test_lessons_at_the_door`, A21 in `contract/test_billing_bypass`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.core.task import Action, State
from framegate.engine import pace
from framegate.ledger import Rate
from vendors import KEY, Vendor, answer, vendor
from virtual import HOUR, PRICE, engine

pytestmark = pytest.mark.slow


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.fixture
def other() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def test_a1_the_task_and_its_hold_are_written_before_the_vendor_hears_of_it(
    tmp_path: Path, counting: Vendor
):
    seen: list[object] = []
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:

        def look(what: str) -> None:
            if what.startswith("before POST"):
                row = it.store._store._reader.execute(  # type: ignore[attr-defined]
                    "SELECT t.state, e.kind FROM tasks t JOIN entries e ON e.task_id = t.id"
                ).fetchall()
                seen.extend((r["state"], r["kind"]) for r in row)

        it.transport.fate.then = look
        await it.finished(await it.submit("[m:1]"))
    assert [("sending", "hold")] == seen


async def test_a7_polls_results_and_cancels_go_where_the_order_went(
    tmp_path: Path, counting: Vendor, other: Vendor
):
    """With two accounts at one vendor a poll with the other's key finds nothing."""
    async with engine(tmp_path, {"one": ("openai-videos", counting), "two": ("openai-videos", other)}) as it:
        ids = [await it.submit(f"[m:{n}]", model=f"m@{'one' if n % 2 else 'two'}") for n in range(6)]
        assert {State.SUCCEEDED} == {job.state for job in await it.settle()}
        assert [3, 3] == [len(counting.made), len(other.made)]
        for n, task_id in enumerate(ids):
            assert ("one" if n % 2 else "two") == (await it.job(task_id)).upstream
        assert {KEY} == {h.headers["authorization"].removeprefix("Bearer ") for h in counting.heard}


async def test_a9_many_tasks_at_one_upstream_are_looked_at_side_by_side(
    tmp_path: Path, counting: Vendor, monkeypatch: pytest.MonkeyPatch
):
    """One at a time with a second between, 100 tasks take minutes; stuck ones hold up the new."""
    monkeypatch.setattr(pace, "REMOTE", (100,))
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        stuck = [await it.submit(f"[m:s{n}] [v:never]") for n in range(100)]
        began, at = it.clock.now, time.monotonic()
        quick = [await it.submit(f"[m:{n}]") for n in range(100)]
        for task_id in quick:
            await it.finished(task_id)
        assert it.clock.now - began < 60_000
        assert time.monotonic() - at < 30
        assert {"running"} == {(await it.job(t)).state.value for t in stuck}


async def test_a11_what_goes_on_from_a_task_names_it_to_the_vendor_by_the_vendors_id(
    tmp_path: Path, counting: Vendor, other: Vendor
):
    vendors = {"one": ("framegate", counting), "two": ("framegate", other)}
    async with engine(tmp_path, vendors, to=("two", "one")) as it:
        first = await it.job(await it.submit("[m:1]", model="m@one"))
        await it.finished(first.id)
        second = await it.submit("[m:2]", model="m@one", parent=first.public_id, action=Action.EXTEND)
        await it.finished(second)
        sent = json.loads(next(h.body for h in counting.heard if b"[m:2]" in h.body))
        assert counting.of("1").id == sent["parent"]
        assert first.public_id not in json.dumps(sent)
        with pytest.raises(Trouble):
            await it.submit("[m:3]", model="m@two", parent=first.public_id, action=Action.EXTEND)
        assert {} == other.made, "another account at the same vendor does not know it"


async def test_a12_two_vendors_may_hand_out_the_same_id(tmp_path: Path, counting: Vendor, other: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting), "two": ("runway", other)}) as it:
        first = await it.submit("[m:1]", model="m@one")
        second = await it.submit("[m:2] [v:fail]", model="m@two")
        await it.settle()
        assert counting.of("1").id == other.of("2").id
        assert [State.SUCCEEDED, State.FAILED] == [(await it.job(t)).state for t in (first, second)]


async def test_a14_the_result_is_ours_before_success_is_told(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        counting.always("result", answer(503))
        task_id = await it.submit("[m:1]")
        await it.reaches(task_id, "storing")
        await it.pass_time(60_000)
        assert "storing" == (await it.job(task_id)).state.value
        counting.forgive()
        (artifact,) = (await it.finished(task_id)).artifacts
        assert (
            tmp_path / "artifacts" / artifact.sha256[:2] / artifact.sha256
        ).stat().st_size == artifact.size


async def test_a15_a_price_that_changes_does_not_touch_what_runs(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        task_id = await it.submit("[m:1]")
        await it.reaches(task_id, "running")
        await it.admin.put("price", "*:second", Rate(model="*", unit="second", amount=9 * PRICE))
        await it.watch.refresh()
        assert 4 * PRICE == (await it.finished(task_id)).charged
        assert 36 * PRICE == (await it.job(await it.submit("[m:2]"))).held


async def test_a16_what_was_refunded_is_no_revenue(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        for n, words in enumerate(("[v:fail]", "[v:fail]", "")):
            await it.finished(await it.submit(f"[m:{n}] {words}"))
        entries = [
            row for job in await it.jobs() for row in await it.store.rows("entries_of_task", task_id=job.id)
        ]
        assert -4 * PRICE == sum(row["customer"] for row in entries)
        assert 4 * PRICE == sum(row["revenue"] for row in entries)
        assert "999.80" == (await it.account()).balance


async def test_a17_a_clients_callback_is_never_the_vendors_business(tmp_path: Path, counting: Vendor):
    hook = "https://customer.example/secret-hook"
    async with engine(tmp_path, {"one": ("kling", counting), "two": ("runway", counting)}) as it:
        for model in ("m@one", "m@two"):
            await it.finished(await it.submit(f"[m:{model}]", model=model, callback_url=hook))
    assert [] == [h for h in counting.heard if b"customer.example" in h.body]


async def test_a18_a_task_that_timed_out_is_over_in_every_view(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}, route={"deadline": 600}) as it:
        job = await it.finished(await it.submit("[m:1] [v:never]"))
        assert (State.EXPIRED, State.EXPIRED) == (job.state, job.task().state)
        assert job.finished_at is not None
        attempts = await it.store.rows("attempts_of", task_id=job.id)
        assert ["expired"] == [row["outcome"] for row in attempts]


async def test_a19_the_vendors_clock_ends_nothing(tmp_path: Path, counting: Vendor):
    """A vendor whose clock is years away, ours is what counts."""
    async with engine(tmp_path, {"one": ("runway", counting)}, route={"deadline": 600}) as it:
        for marker, date in (("1", "1999-01-01T00:00:00Z"), ("2", "2099-01-01T00:00:00Z")):
            began = it.clock.now
            counting.always("poll", answer(200, {"id": "order0", "status": "RUNNING", "createdAt": date}))
            task_id = await it.submit(f"[m:{marker}]")
            await it.reaches(task_id, "running")
            await it.pass_time(300_000)
            job = await it.job(task_id)
            assert ("running", 600_000) == (job.state.value, job.deadline_at - began)
            ended = await it.finished(task_id)
            assert (State.EXPIRED, True) == (ended.state, 600_000 <= it.clock.now - began < 700_000)


async def test_a20_an_unknown_word_for_a_state_means_that_it_runs(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        odd = {"id": "order0", "status": "reticulating"}
        counting.next("poll", *[answer(200, odd)] * 3)
        job = await it.finished(await it.submit("[m:1]"))
        assert (State.SUCCEEDED, 5) == (job.state, job.polls)


async def test_a_cancel_after_a_refusal_elsewhere_ends_the_order_that_was_taken(
    tmp_path: Path, counting: Vendor, other: Vendor
):
    """A gateway that remembers the first attempt's id cancels and settles the wrong one."""
    vendors = {"one": ("openai-videos", counting), "two": ("runway", other)}
    async with engine(tmp_path, vendors, to=("one", "two")) as it:
        counting.next("submit", answer(503))
        task_id = await it.submit("[m:1] [v:never]")
        await it.reaches(task_id, "running")
        await it.cancel(task_id)
        assert State.CANCELLED is (await it.finished(task_id)).state
        assert (0, True, []) == (len(counting.made), other.of("1").cancelled, await it.books())


async def test_b2_the_same_id_of_a_clients_twice_is_one_task_and_one_hold(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        ended = await asyncio.gather(
            *(it.submit("[m:1]", external_id="order-7") for _ in range(5)), return_exceptions=True
        )
        told = [error for error in ended if isinstance(error, Trouble)]
        assert [Problem.CONFLICT] * 4 == [error.problem for error in told]
        assert "0.20" == (await it.account()).held
        await it.settle()
        assert ({"1": 1}, []) == (counting.orders(), await it.books())


async def test_b3_a_task_that_the_vendor_has_forgotten_ends_at_its_deadline(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        counting.always("poll", answer(404, {"error": {"message": "no such video"}}))
        job = await it.finished(await it.submit("[m:1]"), within=7 * HOUR)
        assert (State.EXPIRED, 0, "0.00") == (job.state, job.charged, (await it.account()).held)
        assert "waiting because" in (job.failure.message if job.failure else "")
