"""Each directive does what the documents say, at a running sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from framegate.core.provider import Weather
from framegate.core.task import Cause, Failure, Kind, State
from framegate.core.wire import Malformed
from framegate.local.sandbox.directives import CAUSES
from framegate.transport import Unknown
from sandbox.driving import order, sandbox, weather


@pytest.mark.parametrize(("word", "cause"), CAUSES.items())
async def test_fail(tmp_path: Path, word: str, cause: Cause):
    async with sandbox(tmp_path) as client:
        await client.submit(order(f"a fox [sandbox:fail={word}]"))
        report = await client.end()
    assert Failure(cause, f"failed with {word}, as the prompt asked for", word) == report.failure


async def test_fail_without_a_word_is_the_sandbox_s_own_fault(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:fail]"))
        report = await client.end()
        assert client.engine.pool.pids == []
    assert report.failure is not None
    assert Cause.BROKEN is report.failure.cause


async def test_moderate_refuses_the_order(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        report = await client.submit(order("[sandbox:moderate]"))
        assert await client.find() is None
    assert report.failure is not None
    assert (Cause.MODERATED, None) == (report.failure.cause, report.handle)


async def test_moderate_output_withholds_the_result(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        accepted = await client.submit(order("[sandbox:moderate=output]"))
        report = await client.end()
        assert len(client.engine.pool.pids) == 1
    assert accepted.handle is not None
    assert report.failure is not None
    assert Cause.MODERATED is report.failure.cause
    assert list((tmp_path / "sandbox" / "files").iterdir()) == []


async def test_delay_runs_with_progress_and_without_a_renderer(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:delay=0.4]"))
        await client.reaches(State.RUNNING, progress=0.1)
        assert client.engine.pool.pids == []
        reports = await client.seen()
    told = [r.progress or 0.0 for r in reports]
    assert State.SUCCEEDED is reports[-1].state
    assert sorted(told) == told
    assert len({value for value in told if 0 < value < 0.5}) > 3


async def test_delay_and_fail_stand_together(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:delay=0.3] [sandbox:fail=invalid]"))
        reports = await client.seen()
    assert State.RUNNING in {r.state for r in reports}
    assert reports[-1].failure is not None
    assert Cause.INVALID is reports[-1].failure.cause


async def test_queue_waits_before_it_runs(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:queue=0.3]"))
        reports = await client.seen()
    states = list(dict.fromkeys(r.state for r in reports))
    assert (State.QUEUED, State.SUCCEEDED) == (states[0], states[-1])
    assert len([r for r in reports if r.state is State.QUEUED]) > 3


async def test_late_holds_the_end_back(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:late=0.3]"))
        reports = await client.seen()
    assert State.SUCCEEDED is reports[-1].state
    assert len([r for r in reports if (r.progress or 0) >= 0.7 and r.state is State.RUNNING]) > 3


async def test_stall_stops_at_sixty_per_cent_until_it_is_cancelled(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:stall]"))
        report = await client.reaches(State.RUNNING, progress=0.6)
        assert report.progress == 0.6
        assert (await client.poll()).progress == 0.6
        assert State.CANCELLED is (await client.cancel()).state
        assert State.CANCELLED is (await client.poll()).state


async def test_stall_is_given_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("framegate.local.sandbox.engine.GIVE_UP", 0.2)
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:stall]"))
        report = await client.end()
    assert Failure(Cause.BROKEN, "stalled, as asked for", "stall") == report.failure


async def test_lost_vanishes_after_it_was_accepted(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        accepted = await client.submit(order("[sandbox:lost]"))
        met = await weather(client)
        assert await client.find() is None
    assert State.QUEUED is accepted.state
    assert isinstance(met, Weather)
    assert Cause.LOST is met.cause


async def test_garbage_answers_polls_with_garbage(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:garbage]"))
        assert isinstance(await weather(client), Malformed)
        assert State.CANCELLED is (await client.cancel()).state
        assert State.CANCELLED is (await client.poll()).state


async def test_drop_takes_the_task_and_does_not_answer(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        with pytest.raises(Unknown):
            await client.submit(order("[sandbox:drop]"))
        found = await client.find()
        assert found is not None
        assert found.handle is not None
        assert (await client.send(order("[sandbox:drop]"))).status == 200
        assert State.SUCCEEDED is (await client.end()).state


async def test_rate_limit_refuses_two_submits_and_takes_the_third(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        asked = order("[sandbox:rate_limit]")
        reports = [await client.submit(asked) for _ in range(3)]
        assert State.SUCCEEDED is (await client.end()).state
    assert [(Cause.BUSY, 1.0)] * 2 == [(r.failure.cause, r.retry_after) for r in reports if r.failure]
    assert State.QUEUED is reports[2].state


async def test_flaky_answers_some_polls_with_weather(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:flaky=2]"))
        met = [await weather(client) for _ in range(2)]
        assert [Cause.BROKEN] * 2 == [w.cause for w in met if isinstance(w, Weather)]
        assert State.SUCCEEDED is (await client.end()).state


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.VIDEO])
async def test_size_pads_the_result(tmp_path: Path, kind: Kind):
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:size=1.5]", kind=kind))
        blob = await client.fetch(await client.end())
    assert blob.size == 1_500_000
    with Image.open(blob.path) as picture:
        picture.load()
