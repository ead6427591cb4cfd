"""Tasks at a running sandbox: taken once, seen through, found, cancelled, listed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from framegate.core.provider import Weather
from framegate.core.task import Action, Cause, Failure, Kind, Report, Role, State
from framegate.core.wire import get, post
from sandbox.driving import PATIENCE, Client, order, sandbox


async def test_a_task_is_submitted_polled_and_fetched(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        report = await client.submit(order(size="96x64"))
        assert Report(state=State.QUEUED, handle={"id": "t1", "kind": "image"}) == report
        reports = await client.seen()
        blob = await client.fetch(reports[-1])
    with Image.open(blob.path) as picture:
        assert ("PNG", (96, 64)) == (picture.format, picture.size)
    assert blob.media_type == "image/png"
    assert [State.SUCCEEDED] == [r.state for r in reports if r.state.final]
    assert sorted(r.progress or 0.0 for r in reports) == [r.progress for r in reports]


async def test_progress_grows_while_a_renderer_works(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("slow"))
        reports = await client.seen()
    told = [r.progress or 0.0 for r in reports]
    assert sorted(told) == told
    assert len(set(told)) > 5
    assert told[-1] == 1.0


async def test_many_come_with_seeds_that_follow_one_another(tmp_path: Path):
    async with sandbox(tmp_path, workers=2) as client:
        await client.submit(order(count=3, seed=7))
        report = await client.end()
        blobs = [await client.fetch(report, place) for place in range(3)]
    colours = [Image.open(blob.path).getpixel((0, 0)) for blob in blobs]
    assert [(7, 0, 0), (8, 0, 0), (9, 0, 0)] == colours


async def test_an_id_is_good_for_one_task(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        statuses = [(await client.send(order("slow"))).status, (await client.send(order("slow"))).status]
        await client.cancel()
        statuses.append((await client.send(order("slow"))).status)
        again = await client.submit(order("slow"))
        assert State.CANCELLED is (await client.poll()).state
    assert [201, 200, 200] == statuses
    assert State.QUEUED is again.state


async def test_an_id_that_comes_twice_at_once_makes_one_task(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        answers = await asyncio.gather(*(client.send(order()) for _ in range(8)))
        await client.end()
        listed = (await client.call(get("/tasks"))).json().at("tasks").items()
    assert [200] * 7 + [201] == sorted(answer.status for answer in answers)
    assert len(listed) == 1


async def test_a_task_is_found_by_our_id(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        assert await client.find() is None
        await client.submit(order())
        last = await client.end()
        found = await client.find()
    assert found is not None
    assert (State.SUCCEEDED, last.outputs, {"id": "t1", "kind": "image"}) == (
        found.state,
        found.outputs,
        found.handle,
    )


async def test_a_cancel_stops_what_waits_and_what_runs(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("slow", "t1"))
        await client.submit(order("quick", "t2"))
        await client.submit(order("quick", "t3"))
        await client.reaches(State.RUNNING, "t1", 0.02)
        pids = client.engine.pool.pids
        assert [State.CANCELLED] * 2 == [(await client.cancel(t)).state for t in ("t2", "t1")]
        assert State.SUCCEEDED is (await client.end("t3")).state
        assert pids == client.engine.pool.pids
        assert [State.CANCELLED] * 2 == [(await client.poll(t)).state for t in ("t1", "t2")]
    files = sorted(p.name for p in (tmp_path / "sandbox" / "files").iterdir())
    assert ["t3-0.png"] == files


async def test_a_cancel_that_comes_too_late_says_how_it_ended(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order())
        await client.end()
        assert State.SUCCEEDED is (await client.cancel()).state
        with pytest.raises(Weather) as lost:
            await client.cancel("t9")
    assert lost.value.cause is Cause.LOST


async def test_a_renderer_that_does_not_stop_is_killed(tmp_path: Path):
    async with sandbox(tmp_path, grace=0.2) as client:
        await client.submit(order("deaf slow"))
        await client.reaches(State.RUNNING, progress=0.02)
        (pid,) = client.engine.pool.pids
        await client.cancel()
        await client.submit(order("quick", "t2"))
        assert State.SUCCEEDED is (await client.end("t2")).state
        assert pid not in client.engine.pool.pids


async def test_a_crash_is_tried_again_once(tmp_path: Path):
    mark = tmp_path / "crashed"
    async with sandbox(tmp_path) as client:
        await client.submit(order("crash once", "t1", media={Role.FIRST_FRAME: mark}, size="64x64"))
        await client.submit(order("crash", "t2"))
        await client.submit(order("quick", "t3"))
        ends = [await client.end(task_id) for task_id in ("t1", "t2", "t3")]
    assert mark.exists()
    assert [State.SUCCEEDED, State.FAILED, State.SUCCEEDED] == [report.state for report in ends]
    assert Failure(Cause.BROKEN, "the renderer stopped unexpectedly, twice", "internal") == ends[1].failure


async def test_a_renderer_that_falls_silent_is_killed(tmp_path: Path):
    async with sandbox(tmp_path, hush=1.5) as client:
        await client.submit(order("hang"))
        report = await client.end()
        await client.submit(order("quick", "t2"))
        assert State.SUCCEEDED is (await client.end("t2")).state
    assert Failure(Cause.BROKEN, "the renderer stopped unexpectedly, twice", "internal") == report.failure


async def test_a_killed_worker_is_replaced_and_its_job_done(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("slow"))
        await client.reaches(State.RUNNING, progress=0.1)
        (pid,) = client.engine.pool.pids
        os.kill(pid, signal.SIGKILL)
        assert State.SUCCEEDED is (await client.end()).state
        assert client.engine.pool.pids != [pid]


@pytest.mark.parametrize(
    ("prompt", "failure"),
    [
        ("bug", Failure(Cause.BROKEN, "the renderer failed: ZeroDivisionError", "renderer")),
        ("unreadable", Failure(Cause.INVALID, "the first frame is no picture", "renderer")),
    ],
)
async def test_what_a_renderer_says_is_told(tmp_path: Path, prompt: str, failure: Failure):
    async with sandbox(tmp_path) as client:
        await client.submit(order(prompt))
        report = await client.end()
        (pid,) = client.engine.pool.pids
        await client.submit(order("quick", "t2"))
        await client.end("t2")
        assert [pid] == client.engine.pool.pids
    assert failure == report.failure


async def test_a_task_of_many_lets_others_through(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("many", "t1", count=10))
        await client.submit(order("one", "t2"))
        assert State.SUCCEEDED is (await client.end("t2")).state
        assert State.RUNNING is (await client.poll("t1")).state
        assert len((await client.end("t1")).outputs) == 10


async def test_a_task_succeeds_with_what_could_be_made(tmp_path: Path):
    async with sandbox(tmp_path, workers=2) as client:
        await client.submit(order("slow", count=2))
        async with asyncio.timeout(PATIENCE):
            while len(client.engine.pool.pids) < 2:
                await client.poll()
                await asyncio.sleep(0.01)
        victim = client.engine.pool.pids[0]
        os.kill(victim, signal.SIGKILL)
        os.kill(await replaced(client, victim), signal.SIGKILL)  # a job is tried twice
        report = await client.end()
    assert [False, True] == sorted(output.failure is not None for output in report.outputs)
    assert State.SUCCEEDED is report.state


async def replaced(client: Client, pid: int) -> int:
    """The process that stands in the place of one that was killed."""
    before = set(client.engine.pool.pids) - {pid}
    async with asyncio.timeout(PATIENCE):
        while True:
            now = set(client.engine.pool.pids) - {pid} - before
            if now:
                return now.pop()
            await asyncio.sleep(0.01)


async def test_what_is_unfinished_starts_over_with_the_next_start(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("quick", "t0"))
        done = await client.end("t0")
        await client.submit(order("slow", "t1"))
        await client.submit(order("quick", "t2"))
        await client.submit(order("[sandbox:stall]", "t3"))
        await client.reaches(State.RUNNING, "t1", 0.05)
    async with sandbox(tmp_path) as client:
        assert {State.QUEUED, State.RUNNING} >= {(await client.poll(t)).state for t in ("t1", "t2", "t3")}
        assert await client.find("t1") is not None
        assert [State.SUCCEEDED] * 2 == [(await client.end(t)).state for t in ("t1", "t2")]
        assert done.outputs == (await client.end("t0")).outputs
        await client.fetch(done)
        assert State.RUNNING is (await client.poll("t3")).state


async def test_the_list_is_bounded_and_newest_first(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        for place in range(3):
            await client.submit(order("quick", f"t{place}"))
            await client.end(f"t{place}")
        await client.submit(order("[sandbox:stall]", "t3"))
        two = await client.call(get("/tasks?limit=2"))
        some = await client.call(get("/tasks?id=t1&id=t9&id=t3"))
        wrong = await client.call(get("/tasks?limit=1000"))
    assert ["t3", "t2"] == [task.at("id").value for task in two.json().at("tasks").items()]
    assert ["t1", "t3"] == [task.at("id").value for task in some.json().at("tasks").items()]
    assert (400, "limit must be a whole number from 1 to 100") == (
        wrong.status,
        wrong.json().at("error", "message").value,
    )


MISSING = {
    "/files/none.png": (404, "lost"),
    "/files/..%2Fdone%2Ft1.json": (404, "lost"),
    "/files/part-1.png": (404, "lost"),
    "/files": (404, "lost"),
    "/tasks/t9": (404, "lost"),
    "/tasks/%00": (404, "lost"),
    "/tasks/..%2Fx": (404, "invalid"),
    "/tasks/t1/pause": (404, "invalid"),
    "/": (404, "invalid"),
}


async def test_what_is_not_there_is_said_not_to_be(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order())
        await client.end()
        (tmp_path / "sandbox" / "files" / "part-1.png").touch()
        answers = {path: await client.call(get(path)) for path in MISSING}
    assert {p: (a.status, a.json().at("error", "code").value) for p, a in answers.items()} == MISSING


@pytest.mark.parametrize(
    ("spec", "cause", "message"),
    [
        (
            {"prompt": "[sandbox:explode]"},
            Cause.INVALID,
            "[sandbox:explode] is not known; known are fail, moderate",
        ),
        (
            {"kind": Kind.MUSIC, "seconds": 301.0},
            Cause.INVALID,
            "seconds must be more than 0 and at most 300",
        ),
        ({"seconds": 90.0}, Cause.INVALID, "seconds must be more than 0 and at most 60"),
    ],
)
async def test_a_refusal_is_a_report_with_a_reason(
    tmp_path: Path, spec: dict[str, Any], cause: Cause, message: str
):
    async with sandbox(tmp_path) as client:
        report = await client.submit(order(**spec))
        assert await client.find() is None
    assert report.failure is not None
    assert (cause, message) == (report.failure.cause, report.failure.message[: len(message)])
    assert report.handle is None


async def test_a_body_that_is_too_large_is_refused(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        answer = await client.call(post("/tasks", {"id": "t1", "prompt": "x" * 1_100_000}))
    assert (400, "a request may have at most 1000000 bytes") == (
        answer.status,
        json.loads(answer.text())["error"]["message"],
    )


async def test_a_parent_that_is_gone_leaves_the_words(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        await client.submit(order("quick", "t2", action=Action.EXTEND, parent="t1"))
        assert State.SUCCEEDED is (await client.end("t2")).state
        await client.submit(order("quick", "t3", action=Action.UPSCALE, parent="t1"))
        report = await client.end("t3")
    assert report.failure == Failure(
        Cause.INVALID, "the task to enlarge is no longer kept here; give the file itself"
    )


async def test_too_many_unfinished_tasks_are_refused_for_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("framegate.local.sandbox.engine.MOST", 1)
    async with sandbox(tmp_path) as client:
        await client.submit(order("[sandbox:stall]"))
        report = await client.submit(order("quick", "t2"))
    assert report.failure is not None
    assert (Cause.BUSY, 10.0) == (report.failure.cause, report.retry_after)


async def test_a_disk_that_is_full_takes_no_task(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        (tmp_path / "sandbox" / "open").rmdir()
        report = await client.submit(order())
        (tmp_path / "sandbox" / "open").mkdir()
        again = await client.submit(order())
        await client.end()
    assert report.failure is not None
    assert (Cause.BROKEN, State.QUEUED) == (report.failure.cause, again.state)


async def test_no_process_is_started_before_there_is_work(tmp_path: Path):
    async with sandbox(tmp_path) as client:
        assert client.engine.pool.pids == []
        await client.submit(order())
        await client.end()
        assert len(client.engine.pool.pids) == 1
