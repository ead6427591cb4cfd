"""The life of a task: each rule of the lifecycle as a conversation of events."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.core.money import UNIT, USD, Line, Quote
from framegate.core.task import Artifact, Cause, Failure, Kind, Output, Report, Spec, State
from framegate.core.wire import Small
from framegate.engine import lifecycle as life
from framegate.engine.job import Job, Terms
from framegate.engine.pace import LATE_EVERY
from framegate.routing import Candidate

NOW = 1_700_000_000_000
SPEC = Spec(kind=Kind.VIDEO, model="gen3a_turbo", prompt="a fox", seconds=10)
QUOTE = Quote(lines=(Line("p", "second", 10 * UNIT, USD // 20),), total=USD // 2)


def candidate(upstream: str = "one", **more: object) -> Candidate:
    return msgspec.structs.replace(
        Candidate(upstream=upstream, provider="runway", model="gen4_turbo", spec=SPEC, quote=QUOTE), **more
    )


def job(**changes: object) -> Job:
    base = Job(
        id="task_1",
        public_id="uuid",
        dialect="runway",
        account_id="acct",
        key_id="key",
        model="gen3a_turbo",
        state=State.QUEUED,
        spec=SPEC,
        quote=QUOTE,
        candidates=(candidate(),),
        upstream="one",
        held=QUOTE.total,
        due_at=NOW,
        deadline_at=NOW + 3_600_000,
        created_at=NOW,
        updated_at=NOW,
    )
    return msgspec.structs.replace(base, **changes)


def play(start: Job, *events: life.Event) -> tuple[Job, list[life.Command]]:
    told: list[life.Command] = []
    for event in events:
        start, commands = life.advance(start, event, NOW)
        told.extend(commands)
    return start, told


ACCEPTED = life.Accepted(Report(state=State.QUEUED, handle={"id": "1"}))
OUTPUT = Output(id="1", kind=Kind.VIDEO, url="https://x/v.mp4")
DONE = life.Seen(Report(state=State.SUCCEEDED, outputs=(OUTPUT,)))
ARTIFACT = Artifact(id="art", kind=Kind.VIDEO, media_type="video/mp4", size=1, sha256="00")
KEPT = life.Kept((ARTIFACT,), cost=USD // 4)
MARKED = life.Marked(NOW + 60_000)


def test_the_straight_line_settles_once_and_tells_once():
    end, told = play(job(), MARKED, ACCEPTED, DONE, KEPT)
    assert end.state is State.SUCCEEDED
    assert end.charged == QUOTE.total
    assert told == [
        life.Try(0),
        life.End(0, "accepted"),
        life.Tell(State.RUNNING),
        life.End(0, "succeeded"),
        life.Settle(QUOTE.total),
        life.Tell(State.SUCCEEDED),
    ]
    assert end.due_at is None


@pytest.mark.parametrize(
    "event",
    [MARKED, ACCEPTED, DONE, KEPT, life.Overdue(), life.Stopped(), life.Uncertain("x"), life.Unseen("x")],
)
def test_a_final_task_changes_no_more(event: life.Event):
    end, _ = play(job(), MARKED, ACCEPTED, DONE, KEPT)
    again, commands = life.advance(end, event, NOW + 5)
    assert commands == ()
    assert msgspec.structs.replace(again, updated_at=end.updated_at) == end


def test_an_unknown_send_stays_sending_and_is_not_tried_elsewhere():
    end, told = play(
        job(candidates=(candidate(), candidate("two"))),
        MARKED,
        life.Uncertain("reset"),
        life.Uncertain("still"),
    )
    assert (end.state, end.upstream, end.attempt, end.unknown_since) == (State.SENDING, "one", 0, NOW)
    assert told == [life.Try(0), life.End(0, "unknown", "reset")]


def test_an_explicit_refusal_goes_to_the_next_candidate():
    no = life.Refused(Failure(Cause.INVALID, "no such ratio"))
    end, told = play(job(candidates=(candidate(), candidate("two"))), MARKED, no)
    assert (end.state, end.upstream, end.attempt, end.due_at) == (State.QUEUED, "two", 1, NOW)
    assert told == [life.Try(0), life.End(0, "refused", "no such ratio")]


def test_when_every_candidate_says_invalid_the_task_fails_and_the_hold_goes_back():
    no = life.Refused(Failure(Cause.INVALID, "no"))
    end, told = play(job(candidates=(candidate(), candidate("two"))), MARKED, no, MARKED, no)
    assert (end.state, end.charged) == (State.FAILED, 0)
    assert told[-2:] == [life.Release(), life.Tell(State.FAILED)]


def test_a_busy_upstream_makes_the_task_wait_not_fail():
    end, told = play(job(), MARKED, life.Refused(Failure(Cause.BUSY, "429"), retry_after=30))
    assert end.state is State.QUEUED
    assert NOW + 30_000 <= (end.due_at or 0) <= NOW + 33_000
    assert life.Release() not in told


def test_a_moderated_prompt_is_not_shopped_around():
    end, told = play(
        job(candidates=(candidate(), candidate("two"))),
        MARKED,
        life.Refused(Failure(Cause.MODERATED, "unsafe")),
    )
    assert (end.state, end.charged) == (State.FAILED, 0)
    assert life.Release() in told


@pytest.mark.parametrize("billed", [True, False])
@pytest.mark.parametrize("terms", ["charge_if_billed", "free"])
def test_moderation_while_running_follows_the_vendors_billing(billed: bool, terms: str):
    start = job(candidates=(candidate(bills_moderated=billed),), terms=Terms(on_moderated=terms))
    end, told = play(
        start, MARKED, ACCEPTED, life.Seen(Report(state=State.FAILED, failure=Failure(Cause.MODERATED, "x")))
    )
    charged = QUOTE.total if billed and terms == "charge_if_billed" else 0
    assert (end.state, end.charged) == (State.FAILED, charged)
    assert (life.Settle(charged) if charged else life.Release()) in told


@pytest.mark.parametrize("billed", [True, False])
def test_a_confirmed_cancel_follows_the_vendors_billing(billed: bool):
    start = job(candidates=(candidate(bills_cancelled=billed),))
    end, _ = play(start, MARKED, ACCEPTED, life.Seen(Report(state=State.CANCELLED)))
    assert (end.state, end.charged) == (State.CANCELLED, QUOTE.total if billed else 0)


def test_weather_on_a_poll_never_ends_a_task():
    start, _ = play(job(), MARKED, ACCEPTED)
    end, told = play(start, *[life.Unseen("503")] * 50)
    assert (end.state, told) == (State.RUNNING, [])
    assert (end.due_at or 0) <= NOW + 90_000


def test_the_deadline_releases_the_hold_and_a_late_success_is_kept_for_free():
    running, _ = play(job(), MARKED, ACCEPTED)
    expired, told = play(running, life.Overdue())
    assert (expired.state, expired.charged, expired.due_at) == (State.EXPIRED, 0, NOW + LATE_EVERY)
    assert told == [life.End(0, "expired"), life.Release(), life.Tell(State.EXPIRED)]
    late, told = play(expired, DONE, KEPT)
    assert (late.state, late.late, late.artifacts, late.charged) == (State.EXPIRED, True, (ARTIFACT,), 0)
    assert told == [life.End(0, "succeeded")]


def test_small_files_are_written_with_what_is_made_of_them_also_late():
    small = (Small(b"picture", "00", "image/png"),)
    kept = life.Kept((ARTIFACT,), small=small)
    _, told = play(job(), MARKED, ACCEPTED, DONE, kept)
    assert life.Keep(small) in told
    expired, _ = play(job(), MARKED, ACCEPTED, life.Overdue())
    _, told = play(expired, DONE, kept)
    assert told == [life.End(0, "succeeded"), life.Keep(small)]


def test_an_unknown_send_at_its_deadline_is_left_to_the_operator():
    sending, _ = play(job(), MARKED, life.Uncertain("reset"))
    end, _ = play(sending, life.Overdue())
    assert (end.state, end.unknown_since, end.due_at) == (State.EXPIRED, NOW, None)


def test_a_late_failure_ends_the_looking():
    expired, _ = play(job(), MARKED, ACCEPTED, life.Overdue())
    end, told = play(expired, life.Seen(Report(state=State.FAILED, failure=Failure(Cause.BROKEN, "x"))))
    assert (end.state, end.due_at, told) == (State.EXPIRED, None, [life.End(0, "failed")])


def test_an_order_that_is_written_off_costs_nothing_and_is_decided_once():
    unknown, _ = play(job(), MARKED, life.Uncertain("reset"))
    gone = life.WrittenOff("given up by the operator")
    end, told = play(unknown, gone)
    assert (end.state, end.charged, end.unknown_since) == (State.FAILED, 0, None)
    assert [life.End(0, "failed", gone.message), life.Release(), life.Tell(State.FAILED)] == told
    for decision in (gone, life.Denied("it never came"), life.Adopted({"id": "x"})):
        assert (end, []) == play(end, decision)


@pytest.mark.parametrize("decision", [life.Denied("it never came"), life.WrittenOff("given up")])
def test_what_has_expired_meanwhile_stays_so_whatever_is_decided(decision: life.Denied | life.WrittenOff):
    expired, _ = play(job(), MARKED, life.Uncertain("reset"), life.Overdue())
    end, told = play(expired, decision)
    assert (end.state, end.unknown_since, end.due_at) == (State.EXPIRED, None, None)
    assert [life.End(0, "refused", decision.message)] == told


def test_undelivered_outputs_are_refunded():
    start = job(candidates=(candidate(spec=msgspec.structs.replace(SPEC, count=4)),))
    end, told = play(start, MARKED, ACCEPTED, DONE, KEPT)
    assert end.charged == QUOTE.total // 4
    assert life.Settle(QUOTE.total // 4) in told


@pytest.mark.parametrize(
    ("follows", "seconds", "reported", "charged"),
    [
        (True, 2.04, {}, 2),
        (True, 2.4, {}, 3),
        (True, None, {}, 10),
        (True, 60.0, {}, 10),
        (True, 2.04, {"second": 4_000_000}, 4),
        (False, 2.04, {}, 10),
    ],
)
def test_what_is_as_long_as_its_input_is_charged_for_what_it_became(
    follows: bool, seconds: float | None, reported: dict[str, int], charged: int
):
    """Of ten seconds that were held for. What the upstream says of it counts first."""
    start = job(candidates=(candidate(follows=follows),))
    kept = life.Kept((msgspec.structs.replace(ARTIFACT, seconds=seconds),))
    done = life.Seen(Report(state=State.SUCCEEDED, outputs=(OUTPUT,), usage=reported))
    end, _ = play(start, MARKED, ACCEPTED, done, kept)
    assert charged * QUOTE.total // 10 == end.charged


def test_a_customer_never_pays_more_than_was_held():
    start = job(held=QUOTE.total // 10)
    end, _ = play(start, MARKED, ACCEPTED, DONE, KEPT)
    assert end.charged == QUOTE.total // 10


def test_a_success_without_any_result_is_a_failure():
    end, _ = play(job(), MARKED, ACCEPTED, life.Seen(Report(state=State.SUCCEEDED)))
    assert (end.state, end.charged) == (State.FAILED, 0)


def test_results_are_kept_before_success_is_published():
    end, told = play(job(), MARKED, ACCEPTED, DONE)
    assert (end.state, end.finished_at) == (State.STORING, None)
    assert life.Tell(State.SUCCEEDED) not in told


def test_a_result_that_cannot_be_copied_is_tried_again_then_lost():
    storing, _ = play(job(), MARKED, ACCEPTED, DONE)
    waiting, told = play(storing, life.Unkept("disk"))
    assert (waiting.state, told) == (State.STORING, [])
    lost, told = play(storing, life.Unkept("link expired", for_good=True))
    assert (lost.state, lost.failure) == (State.FAILED, Failure(Cause.LOST, "link expired"))
    assert life.Release() in told


EVENTS = st.sampled_from(
    [
        MARKED,
        ACCEPTED,
        DONE,
        KEPT,
        life.Accepted(Report(state=State.SUCCEEDED, outputs=(OUTPUT,))),
        life.Accepted(Report(state=State.RUNNING)),
        life.Refused(Failure(Cause.INVALID, "no")),
        life.Refused(Failure(Cause.BUSY, "later"), retry_after=3),
        life.Refused(Failure(Cause.MODERATED, "no")),
        life.Uncertain("?"),
        life.Seen(Report(state=State.RUNNING, progress=0.5)),
        life.Seen(Report(state=State.FAILED, failure=Failure(Cause.BROKEN, "x"))),
        life.Seen(Report(state=State.FAILED, failure=Failure(Cause.MODERATED, "x"))),
        life.Seen(Report(state=State.CANCELLED)),
        life.Unseen("cloud"),
        life.Unkept("disk"),
        life.Unkept("gone", for_good=True),
        life.Stopped(),
        life.Overdue(),
    ]
)


@given(events=st.lists(EVENTS, max_size=30), ways=st.integers(1, 3))
def test_whatever_happens_the_hold_ends_exactly_once_with_the_task(events: list[life.Event], ways: int):
    start = job(candidates=tuple(candidate(f"u{n}") for n in range(ways)))
    end, told = play(start, *events)
    money = [c for c in told if isinstance(c, life.Settle | life.Release)]
    tells = [c for c in told if isinstance(c, life.Tell) and c.state.final]
    assert len(money) == len(tells) == (1 if end.state.final else 0)
    assert (end.charged is not None) == end.state.final
    assert all(0 <= c.charged <= end.held for c in money if isinstance(c, life.Settle))
    assert end.state.final or end.due_at is not None
