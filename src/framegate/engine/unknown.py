"""Sends whose outcome is unknown, and the four things that an operator can decide about one.

Nothing is sent again without a decision on record: who finds the order at the vendor adopts it; who makes sure that it
was never taken lets it go on; who accepts a possible double order sends it again; who gives it up writes it off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from framegate.core.dialect import Problem, Trouble, invalid
from framegate.core.task import Handle, State
from framegate.engine import lifecycle as life
from framegate.engine.job import Job, from_row
from framegate.engine.steps import event, transition
from framegate.store import Step, Store, Unmet

Notify = Callable[[Job], tuple[Step, ...]]
Decision = Literal["adopt", "refused", "resend", "write_off"]
MESSAGES: dict[Decision, str] = {
    "adopt": "adopted by the operator",
    "refused": "the operator has confirmed that the upstream never took it",
    "resend": "sent again by the operator's decision, though the upstream may have taken it",
    "write_off": "whether the upstream took the order could not be found out",
}
SEIZE = 10_000
"""Milliseconds for which a decision keeps the workers off."""


async def unknown(store: Store, limit: int = 1000) -> list[Job]:
    """The tasks whose outcome is unknown, oldest first."""
    return [from_row(row) for row in await store.rows("unknown_tasks", limit=limit)]


async def decide(
    store: Store, notices: Notify, task_id: str, decision: Decision, handle: Handle | None = None
) -> Job:
    """Carry out a decision; `notices` gives the rows that tell the client.

    Raises `Trouble` NOT_FOUND, CONFLICT (the outcome is not unknown, or a worker is at it) or INVALID.
    """
    row = await store.row("task_by_id", id=task_id)
    if row is None:
        raise Trouble(Problem.NOT_FOUND, f"there is no task {task_id[:80]!r}")
    job = from_row(row)
    if job.unknown_since is None:
        raise Trouble(Problem.CONFLICT, f"the outcome of {task_id} is not unknown: it is {job.state.value}")
    if decision == "adopt" and not handle:
        raise invalid("handle", "adopting needs the handle: the order's id at the upstream")
    if decision == "resend" and job.state is not State.SENDING:
        message = f"{task_id} is {job.state.value} for its client and paid nothing: it cannot be sent again"
        raise Trouble(Problem.CONFLICT, message)
    now = await store.now()
    seize = {"id": job.id, "fence": job.fence, "now": now, "lease_until": now + SEIZE}
    try:
        await store.write(Step("seize_task", seize))
        job = from_row(await store.row("task_by_id", id=task_id) or row)
        after, commands = life.advance(job, event_of(decision, handle), now)
        steps = (*transition(job, after, commands, now), decided(job, decision, now))
        if any(isinstance(command, life.Tell) for command in commands):
            steps += notices(after)
        await store.write(*steps)
    except Unmet:
        raise Trouble(Problem.CONFLICT, f"{task_id} is being worked on; try again in a moment") from None
    return after


def event_of(decision: Decision, handle: Handle | None) -> life.Event:
    message = MESSAGES[decision]
    if decision == "adopt":
        return life.Adopted(handle or {})
    return life.WrittenOff(message) if decision == "write_off" else life.Denied(message)


def decided(job: Job, decision: Decision, now: int) -> Step:
    """The decision on record."""
    return event(job.id, now, f"decided_{decision}", MESSAGES[decision])
