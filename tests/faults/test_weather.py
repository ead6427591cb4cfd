"""Bad weather at an upstream: tasks wait, the upstream is left alone and probed, others notice nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.core.task import State
from framegate.engine import worker
from framegate.engine.pace import LATE_EVERY
from vendors import GARBAGE, HTML, Act, Vendor, answer, vendor
from virtual import HOUR, MINUTE, Engine, engine

pytestmark = pytest.mark.slow


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.fixture
def other() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hanging costs real time: a call's deadline is short here."""
    monkeypatch.setattr(worker, "POLL", 0.4)
    monkeypatch.setattr(worker, "SEND", 0.4)


WEATHER = {
    "resets": Act("reset"),
    "closed": Act("close"),
    "half": Act("half"),
    "drips": Act("drip"),
    "hangs": Act("hang"),
    "garbage": GARBAGE,
    "HTML": HTML,
    "401": answer(401, {"error": "key"}),
    "403": answer(403, {"error": "key"}),
    "404": answer(404, {"error": "not found"}),
    "410": answer(410),
    "429": answer(429),
    "429 with Retry-After": answer(429, retry_after="20"),
    "500": answer(500),
    "503": answer(503),
}


@pytest.mark.parametrize("form", ["openai-videos", "kling", "runway"])
@pytest.mark.parametrize("act", WEATHER.values(), ids=WEATHER)
async def test_a10_weather_on_polls_ends_and_refunds_nothing(
    tmp_path: Path, counting: Vendor, act: Act, form: str
):
    """Others fail the task, pay the money back, and the vendor goes on rendering and bills."""
    async with engine(tmp_path, {"one": (form, counting)}) as it:
        task_id = await it.submit("waves [m:1]")
        await it.reaches(task_id, "running")
        bad = 4 if act.how in {"hang", "drip"} else 40
        counting.next("poll", *[act] * bad)

        async def over() -> bool:
            return not counting._acts["poll"]

        await it.run(over, within=5 * HOUR)
        assert State.RUNNING is (await it.job(task_id)).state
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, {"1": 1}, []) == (job.state, counting.orders(), await it.books())


async def test_hours_of_503_are_waited_out_and_the_upstream_is_asked_now_and_then(
    tmp_path: Path, counting: Vendor
):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        running = [await it.submit(f"[m:{n}]") for n in range(5)]
        for task_id in running:
            await it.reaches(task_id, "running")
        counting.always("poll", answer(503))
        counting.always("submit", answer(503))
        waiting = [await it.submit(f"[m:w{n}]") for n in range(8)]
        before = len(counting.heard)
        await it.pass_time(2 * HOUR)
        calls = len(counting.heard) - before
        assert it.reach.health("one").sick
        assert 60 < calls < 300, "probed by one task at a time, about once a minute"
        states = {(await it.job(t)).state.value for t in (*running, *waiting)}
        assert states == {"running", "queued"}
        counting.forgive()
        jobs = await it.settle()
        assert {State.SUCCEEDED} == {job.state for job in jobs}
        assert {1} == set(counting.orders().values())
        assert not it.reach.health("one").sick
        assert [] == await it.books()


@pytest.mark.parametrize("act", [GARBAGE, HTML], ids=["garbage", "HTML"])
async def test_an_upstream_that_answers_in_pages_for_people_is_paused(
    tmp_path: Path, counting: Vendor, act: Act
):
    """Each order that it may have taken is unknown from then on: so a few must be enough to notice."""
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        counting.always("submit", act)
        for n in range(30):
            await it.submit(f"[m:{n}]")
            await it.step()
        await it.pass_time(MINUTE)
        assert it.reach.health("one").sick
        assert counting.count("submit") < 15


async def test_401_after_a_key_rotation_pauses_the_upstream_until_the_key_is_right(
    tmp_path: Path, counting: Vendor
):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await it.submit("[m:1]")
        await it.reaches(task_id, "running")
        good, counting.key = counting.key, "rotated"
        queued = await it.submit("[m:2]")
        await it.pass_time(10 * MINUTE)
        assert it.reach.health("one").sick
        assert "bad key" in it.reach.health("one").why
        assert ["running", "queued"] == [(await it.job(t)).state.value for t in (task_id, queued)]
        before = len(counting.heard)
        await it.pass_time(10 * MINUTE)
        assert len(counting.heard) - before < 25
        counting.key = good
        assert {State.SUCCEEDED} == {job.state for job in await it.settle()}
        assert {"1": 1, "2": 1} == counting.orders()


async def test_404_just_after_a_submit_is_no_end(tmp_path: Path, counting: Vendor):
    """Vendors know of a task a moment after they have named it."""
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        counting.next("poll", *[answer(404, {"error": "not found"})] * 3)
        job = await it.finished(await it.submit("[m:1]"))
        assert (State.SUCCEEDED, 2) == (job.state, job.polls)


async def test_429_with_retry_after_holds_new_orders_back_for_that_long(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        counting.next("submit", answer(429, retry_after="120"))
        first = await it.submit("[m:1]")
        await it.step()
        second = await it.submit("[m:2]")
        await it.pass_time(110_000)
        assert 1 == counting.count("submit")
        jobs = [await it.finished(first), await it.finished(second)]
        assert [State.SUCCEEDED] * 2 == [job.state for job in jobs]
        assert not it.reach.health("one").sick


async def test_429_without_retry_after_is_backed_off_from(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        counting.always("submit", answer(429))
        task_id = await it.submit("[m:1]")
        await it.pass_time(HOUR)
        assert 40 <= counting.count("submit") <= 75
        counting.forgive()
        assert State.SUCCEEDED is (await it.finished(task_id)).state


async def test_429_that_means_arrears_pauses_the_upstream(tmp_path: Path, counting: Vendor, other: Vendor):
    """Kling's 1102 says that the account is empty: the task goes elsewhere, new ones avoid the upstream."""
    async with engine(tmp_path, {"one": ("kling", counting), "two": ("runway", other)}) as it:
        counting.always("submit", answer(429, {"code": 1102, "message": "resource pack exhausted"}))
        job = await it.finished(await it.submit("[m:1]"))
        assert (State.SUCCEEDED, "two") == (job.state, job.upstream)
        assert it.reach.health("one").sick
        assert "two" == (await it.job(await it.submit("[m:2]"))).upstream


async def test_a8_an_upstream_that_hangs_slows_no_other(tmp_path: Path, counting: Vendor, other: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting), "two": ("runway", other)}) as it:
        counting.always("poll", Act("hang"))
        counting.always("submit", Act("hang"))
        hanging = [await it.submit(f"[m:{n}]", model="m@one") for n in range(10)]
        quick = [await it.submit(f"[m:{n}]", model="m@two") for n in range(10)]
        for task_id in quick:
            assert State.SUCCEEDED is (await it.finished(task_id, within=2 * MINUTE)).state
        assert {"sending", "queued"} >= {(await it.job(t)).state.value for t in hanging}


async def test_a_late_success_is_kept_and_free(tmp_path: Path, counting: Vendor):
    """The vendor finishes an hour after our deadline: the customer had the money back, and has the video now, too."""
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await it.submit("[m:1]")
        await it.reaches(task_id, "running")
        counting.always("poll", answer(503))
        job = await it.finished(task_id)
        assert (State.EXPIRED, 0, False) == (job.state, job.charged, job.late)
        await it.pass_time(HOUR)
        counting.forgive()
        await it.pass_time(3 * LATE_EVERY)
        late = await it.job(task_id)
        assert (State.EXPIRED, True, 0, 1) == (late.state, late.late, late.charged, len(late.artifacts))
        assert ([], "1000.00", "0.00") == (await it.books(), *await money(it))


async def test_a_result_that_is_slow_in_coming_is_fetched_again_before_success_is_told(
    tmp_path: Path, counting: Vendor
):
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        counting.next("result", Act("half"), answer(403), answer(503), Act("reset"), HTML)
        task_id = await it.submit("[m:1]")
        await it.reaches(task_id, "storing")
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, 1, 6) == (job.state, len(job.artifacts), counting.count("result"))


async def money(it: Engine) -> tuple[str, str]:
    account = await it.account()
    return account.balance, account.held
