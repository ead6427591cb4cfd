"""Cancel and moderation by each vendor's billing: nobody drains the operator, nobody pays for more than was told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.core.dialect import Trouble
from framegate.core.task import State
from vendors import Act, Vendor, answer, vendor
from virtual import PRICE, engine

pytestmark = pytest.mark.slow

FULL = 4 * PRICE
"""What the tests' task costs: four seconds."""


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.mark.parametrize(
    ("form", "terms", "charged"),
    [
        ("runway", "charge_if_billed", FULL),  # Runway bills what was cancelled
        ("runway", "free", 0),
        ("openai-videos", "charge_if_billed", 0),  # whoever serves it does not
    ],
)
async def test_a_cancel_is_charged_as_the_vendor_bills_it(
    tmp_path: Path, counting: Vendor, form: str, terms: str, charged: int
):
    async with engine(tmp_path, {"one": (form, counting)}, route={"on_cancel": terms}) as it:
        task_id = await it.submit("[m:1] [v:never]")
        await it.reaches(task_id, "running")
        await it.cancel(task_id)
        job = await it.finished(task_id)
        assert (State.CANCELLED, charged, []) == (job.state, job.charged, await it.books())
        assert counting.of("1").cancelled


@pytest.mark.parametrize(
    ("form", "terms", "charged"),
    [
        ("runway", "charge_if_billed", FULL),
        ("runway", "free", 0),
        ("openai-videos", "charge_if_billed", 0),
        ("kling", "charge_if_billed", 0),
    ],
)
async def test_moderation_is_charged_as_the_vendor_bills_it(
    tmp_path: Path, counting: Vendor, form: str, terms: str, charged: int
):
    async with engine(tmp_path, {"one": (form, counting)}, route={"on_moderated": terms}) as it:
        job = await it.finished(await it.submit("[m:1] [v:moderate]"))
        assert (State.FAILED, charged, []) == (job.state, job.charged, await it.books())


async def test_submit_then_cancel_at_once_costs_nothing_and_buys_nothing(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        task_id = await it.submit("[m:1]")
        await it.cancel(task_id)
        job = await it.finished(task_id)
        assert (State.CANCELLED, 0, {}) == (job.state, job.charged, counting.orders())


@pytest.mark.parametrize("form", ["openai-videos", "runway"])
async def test_a_cancel_that_comes_too_late_is_paid_like_the_result_that_it_is(
    tmp_path: Path, counting: Vendor, form: str
):
    """It is done at the vendor and not yet seen here: the vendor bills it, so a cancel must not make it free."""
    async with engine(tmp_path, {"one": (form, counting)}, route={"on_cancel": "free"}) as it:
        task_id = await it.submit("[m:1] [v:polls=1]")
        await it.reaches(task_id, "running")
        await it.cancel(task_id)
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, FULL, 1) == (job.state, job.charged, len(job.artifacts))
        assert 0 == counting.count("cancel")


async def test_a_cancel_that_is_not_confirmed_releases_nothing(tmp_path: Path, counting: Vendor):
    """The vendor does not hear it, finishes, and bills: the hold stays until its own last word."""
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        counting.always("cancel", answer(503))
        task_id = await it.submit("[m:1] [v:polls=9]")
        await it.reaches(task_id, "running")
        await it.cancel(task_id)
        await it.step()
        await it.step()
        assert ("running", "0.20") == ((await it.job(task_id)).state.value, (await it.account()).held)
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, FULL) == (job.state, job.charged)


async def test_a_cancel_where_the_vendor_has_none_waits_for_the_result(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("kling", counting)}) as it:
        task_id = await it.submit("[m:1]", seconds=5.0)
        await it.reaches(task_id, "running")
        await it.cancel(task_id)
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, 5 * PRICE) == (job.state, job.charged)


async def test_a_cancel_while_the_outcome_is_unknown_does_not_release_the_hold(
    tmp_path: Path, counting: Vendor
):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        counting.next("submit", Act("close", takes=True))
        task_id = await it.submit("[m:1]")
        await it.reaches(task_id, "sending")
        await it.cancel(task_id)
        await it.pass_time(600_000)
        assert ("sending", "0.20") == ((await it.job(task_id)).state.value, (await it.account()).held)


@pytest.mark.parametrize("reported", [25, None])
async def test_what_the_vendor_did_not_report_is_charged_as_it_was_asked(
    tmp_path: Path, counting: Vendor, reported: int | None
):
    """Credits are the operator's cost, not the customer's unit: they do not change the price."""
    counting.usage = reported
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        job = await it.finished(await it.submit("[m:1]"))
        assert (State.SUCCEEDED, FULL) == (job.state, job.charged)


async def test_a3_two_hundred_submits_at_once_cannot_overdraw(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("runway", counting)}) as it:
        await it.admin.credit("customer", -(999 * 10**9))
        ended = await asyncio.gather(*(it.submit(f"[m:{n}]") for n in range(200)), return_exceptions=True)
        assert 5 == sum(isinstance(e, str) for e in ended)
        assert {Trouble} == {type(e) for e in ended if not isinstance(e, str)}
        await it.settle()
        assert ("0.00", "0.00") == ((a := await it.account()).balance, a.held)
        assert (5, []) == (len(counting.made), await it.books())
