"""Tasks in hand, and what a look costs that brings nothing new."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from framegate.core.task import Input, Kind, Role, Spec, State
from framegate.engine import scribe
from framegate.engine.hand import Hand
from framegate.engine.health import Health
from framegate.engine.job import Job
from framegate.engine.ordering import plain
from framegate.engine.pump import LEASE
from framegate.engine.story import tell
from store.rows import job
from vendors import Act, Vendor, vendor
from virtual import Clock, Engine, Fate, engine


def held(name: str, due_at: int, fence: int = 0) -> Job:
    return job(name, state=State.RUNNING, due_at=due_at, lease_until=60_000, fence=fence)


def names(jobs: list[Job]) -> list[str]:
    return [each.id for each in jobs]


def test_what_is_due_is_taken_out_most_overdue_first() -> None:
    hand = Hand()
    for n in (3, 1, 2, 9):
        hand.put(held(f"task_{n}", n))
    assert (1, ["task_1", "task_2"]) == (hand.next(), names(hand.due(5, 2)))
    assert (["task_3"], 9, 1) == (names(hand.due(5, 2)), hand.next(), len(hand))
    assert (["task_9"], math.inf, 0) == (names(hand.clear()), hand.next(), len(hand))


def test_the_newer_lease_of_a_task_counts() -> None:
    hand = Hand()
    hand.put(held("task_1", 5, fence=2))
    hand.put(held("task_1", 1, fence=1))
    assert (5, 1) == (hand.next(), len(hand))
    hand.put(held("task_1", 7, fence=3))
    assert ([3], []) == ([each.fence for each in hand.due(9, 9)], hand.due(9, 9))


def test_what_another_has_is_dropped() -> None:
    hand = Hand()
    hand.put(held("task_1", 5))
    hand.drop("task_1")
    hand.drop("task_2")
    assert (math.inf, []) == (hand.next(), hand.due(9, 9))


@pytest.fixture
def upstream() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def running(it: Engine, words: str) -> str:
    task_id = await it.submit(f"[m:1] {words}")
    await it.reaches(task_id, "running")
    return task_id


async def test_looks_that_bring_nothing_write_and_claim_nothing(tmp_path: Path, upstream: Vendor) -> None:
    fate = Fate()
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}, fate=fate) as it:
        task_id = await running(it, "[v:polls=4]")
        before = len(fate.steps)
        while upstream.count("poll") < 3:
            await it.step()
        assert [] == [step for step in fate.steps[before:] if "save" in step or "claim" in step]
        done = await it.finished(task_id)
        polls = [call for call in (await tell(it.store, task_id)).calls if call.what == "poll"]
        assert (State.SUCCEEDED, upstream.count("poll")) == (done.state, len(polls))


async def test_a_lease_in_hand_is_renewed_by_the_look_that_would_outlast_it(
    tmp_path: Path, upstream: Vendor
) -> None:
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}) as it:
        task_id = await running(it, "[v:polls=40]")
        first = await it.job(task_id)
        for _ in range(30):
            await it.step()
            row = await it.job(task_id)
            assert scribe.GRACE <= row.lease_until - it.clock.now <= scribe.HELD
            assert (first.fence, State.RUNNING) == (row.fence, row.state)


async def test_a_process_that_stops_gives_back_what_it_holds(tmp_path: Path, upstream: Vendor) -> None:
    clock = Clock()
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}, clock=clock) as it:
        task_id = await running(it, "[v:polls=3]")
        while upstream.count("poll") < 1:
            await it.step()
        await it.worker.pumps.of("one").stop()
        row = await it.job(task_id)
        assert (0, 1) == (row.lease_until, row.polls)
        assert row.due_at is not None
        assert row.due_at <= clock.now + 10_000
        assert ["submit", "poll"] == [call.what for call in (await tell(it.store, task_id)).calls]
        assert not it.worker.pumps.room("one", clock.now)


async def test_a_sick_upstream_is_asked_by_one_at_a_time_also_for_what_was_in_hand(
    tmp_path: Path, upstream: Vendor
) -> None:
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}) as it:
        made = [await it.submit(f"[m:{n}] [v:polls=3]") for n in range(6)]
        for task_id in made:
            await it.reaches(task_id, "running")
        upstream.mood = lambda what: Act("reset") if what == "poll" else None
        while not it.reach.health("one").sick:
            await it.step()
        await it.step()
        assert 0 == len(it.worker.pumps.of("one")._hand)
        upstream.mood = lambda _: None
        assert {State.SUCCEEDED} == {each.state for each in await it.settle()}


async def test_a_cancel_and_a_hint_reach_a_task_in_hand_at_once(tmp_path: Path, upstream: Vendor) -> None:
    async with engine(tmp_path, {"one": ("runway", upstream)}) as it:
        task_id = await running(it, "[v:polls=9]")
        polled, at = upstream.count("poll"), it.clock.now
        await it.store.write(scribe.Step("nudge_task", {"id": task_id, "at": at}))
        it.worker.pumps.wake("one")
        await it.step()
        assert (polled + 1, at) == (upstream.count("poll"), it.clock.now)
        await it.cancel(task_id)
        it.worker.pumps.wake("one")
        assert State.CANCELLED is (await it.finished(task_id, within=100)).state


async def test_who_calls_while_the_database_is_looked_at_is_not_forgotten(
    tmp_path: Path, upstream: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}) as it:
        pump, looked = it.worker.pumps.of("one"), list[str]()
        row = it.store.row

        async def called_meanwhile(statement: str, **params: Any) -> Any:
            looked.append(statement)
            found = await row(statement, **params)
            if len(looked) == 1:
                pump.wake()
            return found

        monkeypatch.setattr(it.store, "row", called_meanwhile)
        for _ in range(3):
            await pump._round()
        assert ["next_due", "next_due"] == looked


async def test_more_than_a_hand_holds_is_left_to_the_database(
    tmp_path: Path, upstream: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framegate.engine.pump.HAND", 2)
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}) as it:
        made = [await running(it, "[v:polls=3]") for _ in range(3)]
        leased = [(await it.job(task_id)).lease_until > 0 for task_id in made]
        assert [True, True, False] == leased
        assert {State.SUCCEEDED} == {each.state for each in await it.settle()}


async def test_a_new_task_is_marked_with_its_hold_and_sent_at_once(tmp_path: Path, upstream: Vendor) -> None:
    fate = Fate()
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}, fate=fate) as it:
        it.worker.pumps.of("one")
        task_id = await it.submit("[m:1]")
        row = await it.job(task_id)
        assert (State.SENDING, it.clock.now + LEASE, 0) == (row.state, row.lease_until, row.fence)
        await it.finished(task_id)
        story = [event["kind"] for event in (await tell(it.store, task_id)).events]
        assert ["sending", "running", "succeeded"] == story, "a line for each time it was written"
        assert [] == [step for step in fate.steps if "claim" in step]


@pytest.mark.parametrize("why", ["limited", "quiet", "late"])
async def test_a_new_task_that_cannot_be_sent_at_once_is_queued(
    tmp_path: Path, upstream: Vendor, why: str
) -> None:
    limits = {"concurrency": 5} if why == "limited" else {}
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}, upstream=limits) as it:
        pump = it.worker.pumps.of("one")
        if why == "quiet":
            it.reach._health["one"] = Health(quiet_until=it.clock.now + 5_000)
        if why == "late":
            pump._hand.put(held("task_x", it.clock.now - 1_000))
        row = await it.job(await it.submit("[m:1]"))
        assert (State.QUEUED, 0) == (row.state, row.lease_until)


def test_what_needs_a_medium_or_another_task_first_is_not_plain() -> None:
    given = job(
        "task_1", spec=Spec(kind=Kind.VIDEO, model="m", inputs=(Input(role=Role.FIRST_FRAME, url="x"),))
    )
    assert (True, False) == (plain(job("task_1")), plain(given))
    (way,) = job("task_1").candidates
    for field in ("parent", "sequel"):
        spec = msgspec.structs.replace(way.spec, **{field: "task_0"})
        assert not plain(job("task_1", candidates=(msgspec.structs.replace(way, spec=spec),)))


async def test_a_submit_that_is_left_alone_is_queued_again_not_unknown(
    tmp_path: Path, upstream: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its client went away while it was written: whether it was, shows later; it was surely not sent."""
    monkeypatch.setattr("framegate.engine.submit.SETTLED", 0.05)
    async with engine(tmp_path, {"one": ("openai-videos", upstream)}) as it:
        it.worker.pumps.of("one")
        asked = asyncio.create_task(it.submit("[m:1]"))
        while not it.transport.fate.steps:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await asyncio.sleep(0.1)
        (row,) = await it.settle()
        assert (State.SUCCEEDED, 1, {"1": 1}) == (row.state, row.attempt, upstream.orders())
