"""Sends whose outcome is unknown: found, asked again where that is safe, else left for the operator; never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.core.task import Kind, State
from framegate.engine.unknown import decide, unknown
from framegate.routing import Route, Target
from vendors import GARBAGE, HTML, Act, Vendor, answer, vendor
from virtual import HOUR, Clock, Engine, Killed, engine

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


MISS = answer(404, {"code": 1203, "message": "no such task"})


async def test_a_miss_proves_nothing_and_is_asked_about_again(tmp_path: Path, counting: Vendor):
    """The vendor's search lags behind: the order is there after all, and was sent once."""
    async with engine(tmp_path, {"one": ("kling", counting), "two": ("openai-videos", counting)}) as it:
        counting.next("find", MISS, MISS)
        counting.next("submit", LOST)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, "one", {"1": 1}) == (job.state, job.upstream, counting.orders())
        assert 1 == counting.count("submit")


async def test_what_is_not_found_waits_for_a_decision_where_a_repeat_is_not_known_to_be_refused(
    tmp_path: Path, counting: Vendor
):
    """Kling asks for ids that are unique, and no page of it says that it refuses one that is not."""
    async with engine(tmp_path, {"one": ("kling", counting), "two": ("openai-videos", counting)}) as it:
        task_id = await uncertain(it, counting, NEVER)
        await it.pass_time(2 * HOUR)
        job = await it.job(task_id)
        assert (State.SENDING, "one", 1) == (job.state, job.upstream, counting.count("submit"))
        assert counting.count("find") > 3
        await decide(it.store, nobody, task_id, "refused")
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, "two", {"1": 1}) == (job.state, job.upstream, counting.orders())


async def test_an_order_that_an_operator_sends_again_is_known_by_our_id(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("kling", counting)}) as it:
        counting.always("find", MISS)
        task_id = await uncertain(it, counting, LOST)
        await decide(it.store, nobody, task_id, "resend")
        counting.always("find", None)
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, {"1": 1}, 2) == (job.state, counting.orders(), counting.count("submit"))


async def test_a_speech_whose_answer_is_lost_is_made_once(tmp_path: Path, counting: Vendor):
    """Kling's speech takes no id of ours: nothing can be asked about it, and nothing sent again."""
    async with engine(tmp_path, {"one": ("kling", counting)}) as it:
        await it.admin.put(
            "route", "tts", Route(model="tts", to=(Target(upstream="one", model="tts-kling"),))
        )
        await it.watch.refresh()
        task_id = await it.submit("Good morning.", model="tts", kind=Kind.SPEECH, voice="v1", seconds=None)

        async def there() -> bool:
            return (await it.job(task_id)).unknown_since is not None

        counting.next("other", Act("close"))
        await it.run(there)
        await it.pass_time(2 * HOUR)
        job = await it.job(task_id)
        assert (State.SENDING, 1, 0) == (job.state, counting.count("other"), counting.count("find"))
        assert job.due_at == job.deadline_at
        assert [task_id] == [job.id for job in await unknown(it.store)]


async def test_where_our_id_makes_one_order_it_is_sent_again(tmp_path: Path, counting: Vendor):
    """A gateway behind this one answers a repeat with the task that it has: so it had arrived."""
    async with engine(tmp_path, {"one": ("framegate", counting), "two": ("openai-videos", counting)}) as it:
        counting.next("submit", LOST)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, "one", {"1": 1}) == (job.state, job.upstream, counting.orders())
        assert 2 == counting.count("submit")


@pytest.mark.parametrize(
    "no", [answer(429), answer(503), answer(401), answer(400, {"code": "invalid", "detail": "no"})]
)
async def test_the_refusal_of_a_second_send_does_not_free_the_first(
    tmp_path: Path, counting: Vendor, no: Act
):
    """Of the first send it proves nothing: another upstream would make the order a second time."""
    async with engine(tmp_path, {"one": ("framegate", counting), "two": ("openai-videos", counting)}) as it:
        counting.next("submit", LOST, no, no, no)
        job = await it.finished(await it.submit("waves [m:1]"))
        assert (State.SUCCEEDED, "one", {"1": 1}) == (job.state, job.upstream, counting.orders())


async def test_an_order_that_never_arrived_is_sent_again_under_the_same_id(tmp_path: Path, counting: Vendor):
    async with engine(tmp_path, {"one": ("framegate", counting)}) as it:
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
        events = await it.store.rows("events_of", task_id=task_id, limit=100)
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
