"""`framegate tasks …`: what became of tasks, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from framegate.cli.running import Data, with_admin
from framegate.core.dialect import Problem, Trouble
from framegate.core.money import format_usd
from framegate.engine.admin import Admin
from framegate.engine.job import from_row
from framegate.store import Store

tasks = typer.Typer(help="Tasks: tell a task's story, list sends of unknown outcome.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    app.add_typer(tasks, name="tasks")


@tasks.command()
def explain(task_id: str, data: Data = None) -> None:
    """A task's whole story: request, attempts, events, money."""

    async def act(store: Store, _: Admin) -> list[str]:
        row = await store.row("task_by_id", id=task_id)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no task {task_id!r}")
        job = from_row(row)
        lines = [
            f"{job.id}  {job.state.value}  {job.model} by {job.dialect}, served by {job.upstream}",
            f"prompt: {job.spec.prompt}",
            *(f"adapted: {note}" for note in job.candidate.adapted),
            *(
                f"price: {line.quantity / 1_000_000:g} {line.unit} x ${format_usd(line.amount)} ({line.price_id})"
                for line in job.quote.lines
            ),
            f"held ${format_usd(job.held)}"
            + (f", charged ${format_usd(job.charged)}" if job.charged is not None else ", not settled yet"),
            *([f"failure: {job.failure.cause}: {job.failure.message}"] if job.failure else []),
        ]
        for attempt in await store.rows("attempts_of", task_id=job.id):
            outcome, detail = attempt["outcome"] or "open", attempt["detail"] or ""
            lines.append(
                f"attempt {attempt['n']} at {attempt['upstream']} {clock(attempt['sent_at'])}: {outcome} {detail}"
            )
        lines += [
            f"{clock(event['at'])}  {event['kind']}  {event['detail'] or ''}"
            for event in await store.rows("events_of", task_id=job.id, after=0, limit=1000)
        ]
        lines += [
            f"notice to {notice['url']}: {notice['state']} after {notice['tries']} tries"
            for notice in await store.rows("notices_of", task_id=job.id)
        ]
        return lines

    for line in with_admin(data, act):
        print(line)


@tasks.command()
def unknown(data: Data = None) -> None:
    """Sends whose outcome is not known: they are never sent again without a decision."""

    async def act(store: Store, _: Admin) -> list[str]:
        rows = await store.rows("unknown_tasks", limit=1000)
        return [f"{row['id']}  {row['upstream']}  since {clock(row['unknown_since'])}" for row in rows]

    for line in with_admin(data, act) or ["none"]:
        print(line)


def clock(ms: int | None) -> str:
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
