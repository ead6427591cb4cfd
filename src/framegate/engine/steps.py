"""Commands → the statements that write them down, in the one transaction that also saves the task."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.core.task import Artifact
from framegate.core.wire import Small
from framegate.engine.filing import referred
from framegate.engine.job import Job, created, saved, text
from framegate.engine.lifecycle import Command, End, Keep, Release, Settle, Tell, Try
from framegate.engine.story import Call
from framegate.ledger import Entry, release, settle
from framegate.store import Step, step


def transition(
    before: Job | None, after: Job, commands: Sequence[Command], at: int, calls: Sequence[Call] = ()
) -> tuple[Step, ...]:
    """One unit: a task as it is now, its money, its attempts, and a line of its story, with the `calls` that led here.

    A new task was nothing `before`.
    """
    steps = [step("save_task", **saved(after)) if before else step("insert_task", **created(after))]
    for command in commands:
        match command:
            case Try(n):
                steps.append(
                    step(
                        "insert_attempt",
                        None,
                        task_id=after.id,
                        n=n,
                        upstream=after.candidate.upstream,
                        model=after.candidate.model,
                        order_doc=text(
                            {
                                "adapted": after.candidate.adapted,
                                "model": after.candidate.model,
                            }
                        ),
                        sent_at=at,
                    )
                )
            case End(n, outcome, detail):
                steps.append(
                    step(
                        "end_attempt",
                        None,
                        task_id=after.id,
                        n=n,
                        outcome=outcome,
                        handle=text(after.handle) if after.handle else None,
                        detail=detail or None,
                        ended_at=at,
                    )
                )
            case Settle(charged):
                steps += money(after, settle(after.held, charged), at)
            case Release():
                steps += money(after, release(after.held), at)
            case Keep() | Tell():
                pass  # small files are written below; the notice by the outbox, which knows the dialects
    if after.artifacts and not (before and before.artifacts):
        steps += results(after, [file for c in commands if isinstance(c, Keep) for file in c.small], at)
    if before is None or before.state is not after.state:
        said = after.failure.message if after.failure else None
        steps.append(event(after.id, at, after.state.value, said, calls))
    elif calls:
        steps.append(event(after.id, at, calls=calls))
    return tuple(steps)


def event(
    task_id: str, at: int, kind: str | None = None, detail: str | None = None, calls: Sequence[Call] = ()
) -> Step:
    """A line of a task's story. Without a `kind` it tells of calls alone."""
    told = text(calls) if calls else None
    return step("add_event", task_id=task_id, at=at, kind=kind, detail=detail, calls=told)


def results(job: Job, small: Sequence[Small], at: int) -> list[Step]:
    """The rows of a task's artifacts, with their `small` files."""
    owners = [(made.id, (made.sha256, made.poster, *made.previews)) for made in job.artifacts]
    return [*referred(owners, small, at), *(stored(job, artifact, at) for artifact in job.artifacts)]


def stored(job: Job, artifact: Artifact, at: int) -> Step:
    """The row of one artifact."""
    return step(
        "insert_artifact",
        id=artifact.id,
        task_id=job.id,
        account_id=job.account_id,
        kind=artifact.kind.value,
        media_type=artifact.media_type,
        size=artifact.size,
        sha256=artifact.sha256,
        doc=text(artifact),
        created_at=at,
        deleted_at=None,
    )


def money(job: Job, entry: Entry, at: int) -> list[Step]:
    """A movement that ends a hold: the account's two sums, and the entry that proves it."""
    return [
        step("settle", account_id=job.account_id, held=-entry.held, refund=entry.customer),
        enter(job.account_id, job.id, entry, at),
    ]


def enter(account_id: str, task_id: str | None, entry: Entry, at: int, note: str = "") -> Step:
    """The entry itself, into the append-only ledger."""
    return step(
        "enter",
        account_id=account_id,
        task_id=task_id,
        kind=entry.kind,
        customer=entry.customer,
        held=entry.held,
        revenue=entry.revenue,
        topup=entry.topup,
        writeoff=entry.writeoff,
        at=at,
        note=note,
    )
