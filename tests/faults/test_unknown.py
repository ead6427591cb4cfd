"""Sends whose outcome is unknown: found, asked again where that is safe, else left for the operator; never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.core.task import State
from framegate.engine.unknown import decide, unknown
from vendors import GARBAGE, HTML, Act, Vendor, answer, vendor
from virtual import HOUR, MINUTE, Clock, Engine, Killed, engine

pytestmark = pytest.mark.slow

LOST = Act("close", takes=True)
"""The order is taken, and the connection closed before the answer."""
NEVER = Act("close")
"""The order is read and forgotten."""


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def uncertain(it: Engine, counting: Vendor, act: Act) -> str:
    """A task whose send went wrong."""
    counting.next("submit", act)
    task_id = await it.submit("waves [m:1]")

    async def there() -> bool:
        return (await it.job(task_id)).unknown_since is not None

    await it.run(there)
    return task_id


AMBIGUOUS = {
    "closed after reading": NEVER,
    "reset after reading": Act("reset", takes=True),
    "half an answer": Act("half"),
    "garbage": GARBAGE,
    "a page of HTML": HTML,
    "half JSON": answer(200, b'{"id": "order0", "sta'),
    "no id in it": answer(200, {"hello": "world"}),
    "a gateway's 502": answer(502, b"<html>bad gateway</html>", takes=True),
    "a gateway's 504": answer(504, takes=True),
    "it broke: 500": answer(500, {"error": {"message": "internal error"}}, takes=True),
    "request timeout": answer(408),
}


@pytest.mark.parametrize("act", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_a2_an_order_that_may_have_arrived_is_sent_nowhere_else(
    tmp_path: Path, counting: Vendor, act: Act
):
    """Others retry it, possibly at another vendor, and pay twice."""
    async with engine(tmp_path, {"one": ("openai-videos", counting), "two": ("runway", counting)}) as it:
        task_id = await uncertain(it, counting, act)
        await it.pass_time(2 * HOUR)
        job = await it.job(task_id)
        assert (State.SENDING, "one", 1) == (job.state, job.upstream, counting.count("submit"))
        assert [task_id] == [job.id for job in await unknown(it.store)]
        assert ["0.20", []] == [(await it.account()).held, await it.books()]


REFUSALS = {
    "busy": answer(429),
    "unavailable": answer(503),
    "the key is wrong": answer(401),
    "invalid": answer(422, {"error": {"message": "no such size"}}),
    "moved": answer(307, b"", location="http://127.0.0.1:1/"),
}


@pytest.mark.parametrize("act", REFUSALS.values(), ids=REFUSALS)
async def test_an_explicit_refusal_goes_to_the_next_upstream(tmp_path: Path, counting: Vendor, act: Act):
    async with engine(tmp_path, {"one": ("openai-videos", counting), "two": ("runway", counting)}) as it:
        counting.next("submit", act)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, "two", {"1": 1}) == (job.state, job.upstream, counting.orders())


async def test_an_order_that_arrived_is_found_by_our_id(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("kling", counting)}) as it:
        counting.next("submit", LOST)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, {"1": 1}, 1) == (job.state, counting.orders(), counting.count("submit"))


async def test_a_miss_proves_nothing_but_our_id_cannot_be_used_twice(tmp_path: Path, counting: Vendor):
    """The vendor's search finds nothing; the second send of the same id is refused as known: so it had arrived."""
    async with engine(tmp_path, {"one": ("kling", counting), "two": ("openai-videos", counting)}) as it:
        counting.next("find", answer(404, {"code": 1203, "message": "no such task"}))
        counting.next("submit", LOST)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, "one", {"1": 1}) == (job.state, job.upstream, counting.orders())
        assert 2 == counting.count("submit")


@pytest.mark.parametrize(
    "no", [answer(429), answer(503), answer(401), answer(400, {"code": 1201, "message": "no"})]
)
async def test_the_refusal_of_a_second_send_does_not_free_the_first(
    tmp_path: Path, counting: Vendor, no: Act
):
    """Of the first send it proves nothing: another upstream would make the order a second time."""
    async with engine(tmp_path, {"one": ("kling", counting), "two": ("openai-videos", counting)}) as it:
        counting.always("find", answer(503))
        counting.next("submit", LOST)
        counting.always("submit", None)
        counting.next("submit", no, no, no)
        task_id = await it.submit("waves [m:1]")
        await it.pass_time(3 * MINUTE)
        counting.always("find", None)
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, "one", {"1": 1}) == (job.state, job.upstream, counting.orders())


async def test_an_order_that_never_arrived_is_sent_again_under_the_same_id(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("kling", counting)}) as it:
        counting.next("submit", NEVER)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, job.id) == (job.state, counting.of("1").external)


async def test_at_its_deadline_it_expires_is_refunded_and_stays_listed(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await uncertain(it, counting, LOST)
        job = await it.finished(task_id)
        assert (State.EXPIRED, 0) == (job.state, job.charged)
        assert [task_id] == [job.id for job in await unknown(it.store)]
        assert ["0.00", "1000.00", []] == [
            (account := await it.account()).held,
            account.balance,
            await it.books(),
        ]


async def test_a_sender_that_died_before_the_deadline_is_listed_after_it(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        it.transport.fate.at = 6  # the mark is written, the send not begun
        task_id = await it.submit("waves [m:1]")
        with pytest.raises(Killed):
            await it.finished(task_id)

    async with engine(tmp_path, clock=Clock(it.clock.now + 7 * HOUR)) as again:
        job = await again.finished(task_id)
        assert State.EXPIRED is job.state
        assert [task_id] == [job.id for job in await unknown(again.store)]


def nobody(_: Any) -> tuple[()]:
    return ()


async def test_the_operator_adopts_what_the_vendor_has(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await uncertain(it, counting, LOST)
        await decide(it.store, nobody, task_id, "adopt", {"id": counting.of("1").id})
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, {"1": 1}) == (job.state, counting.orders())
        assert [] == await unknown(it.store)


async def test_the_operator_confirms_a_refusal_and_it_goes_on_elsewhere(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting), "two": ("runway", counting)}) as it:
        task_id = await uncertain(it, counting, NEVER)
        await decide(it.store, nobody, task_id, "refused")
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, "two", {"1": 1}) == (job.state, job.upstream, counting.orders())


async def test_the_operator_sends_again_and_that_is_on_record(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await uncertain(it, counting, LOST)
        await decide(it.store, nobody, task_id, "resend")
        assert State.SUCCEEDED is (await it.finished(task_id)).state
        assert {"1": 2} == counting.orders()
        events = await it.store.rows("events_of", task_id=task_id, after=0, limit=100)
        assert "decided_resend" in {row["kind"] for row in events}


async def test_the_operator_writes_it_off_and_the_customer_has_the_money_back(
    tmp_path: Path, counting: Vendor
):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await uncertain(it, counting, LOST)
        job = await decide(it.store, nobody, task_id, "write_off")
        assert (State.FAILED, 0) == (job.state, job.charged)
        await it.pass_time(HOUR)
        assert (1, [], []) == (counting.count("submit"), await unknown(it.store), await it.books())


async def test_nothing_can_be_decided_about_a_task_that_is_not_unknown(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await it.submit("waves [m:1]")
        with pytest.raises(Trouble) as told:
            await decide(it.store, nobody, task_id, "resend")
        assert Problem.CONFLICT is told.value.problem


async def test_adopted_after_its_end_it_is_kept_late_and_free(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        task_id = await uncertain(it, counting, LOST)
        await it.finished(task_id)
        await decide(it.store, nobody, task_id, "adopt", {"id": counting.of("1").id})
        await it.pass_time(HOUR)
        job = await it.job(task_id)
        assert (State.EXPIRED, True, 0, 1) == (job.state, job.late, job.charged, len(job.artifacts))
        assert ([], "1000.00") == (await it.books(), (await it.account()).balance)
