"""`framegate tasks …`: what became of tasks, and why; and what to do about sends whose outcome is not known."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from framegate.app import plain_notices
from framegate.cli.running import Data, with_admin
from framegate.engine import unknown as sends
from framegate.engine.admin import Admin
from framegate.engine.job import Job
from framegate.engine.story import Story, tell
from framegate.store import Store

tasks = typer.Typer(
    help="Tasks: tell a task's story, decide about sends of unknown outcome.", no_args_is_help=True
)


def add(app: typer.Typer) -> None:
    app.add_typer(tasks, name="tasks")


@tasks.command()
def explain(
    task_id: str,
    as_json: Annotated[bool, typer.Option("--json", help="The whole story as JSON.")] = False,
    data: Data = None,
) -> None:
    """A task's whole story: request, attempts, events, calls to the upstream, money, notices."""

    async def act(store: Store, _: Admin) -> Story:
        return await tell(store, task_id)

    story = with_admin(data, act)
    if as_json:
        import msgspec  # noqa: PLC0415 - only here

        print(json.dumps(msgspec.to_builtins(story), indent=2, ensure_ascii=False))
        return
    for line in lines(story):
        print(line)


def lines(story: Story) -> list[str]:
    """A story as a person reads it."""
    request = {k: v for k, v in story.request.items() if k not in {"memo", "prompt"} and v}
    found = [
        f"{story.id}  {story.state}  {story.model} by {story.dialect} ({story.public_id})",
        f"prompt: {story.request.get('prompt', '')}",
        f"request: {json.dumps(request, ensure_ascii=False)[:500]}",
        *(f"adapted: {note}" for note in story.adapted),
        *(f"price: {line}" for line in story.price),
        f"held ${story.held}" + (f", charged ${story.charged}" if story.charged else ", not settled yet"),
        *([f"cost: ${story.cost}"] if story.cost else []),
        *([f"because: {story.waiting}"] if story.waiting else []),
    ]
    for attempt in story.attempts:
        outcome, detail = attempt["outcome"] or "open", attempt["detail"] or ""
        where = f"{attempt['upstream']} as {attempt['model']}"
        found.append(f"attempt {attempt['n']} at {where} {clock(attempt['sent_at'])}: {outcome} {detail}")
    found += [f"{clock(event['at'])}  {event['kind']}  {event['detail'] or ''}" for event in story.events]
    for call in story.calls:
        answer = call.detail if call.status is None else call.status
        found.append(f"{clock(call.at)}  {call.what} {call.method} {call.url} → {answer} in {call.ms} ms")
    for entry in story.entries:
        found.append(
            f"{clock(entry['at'])}  {entry['kind']}  balance {entry['customer']}, "
            f"held {entry['held']}, revenue {entry['revenue']}"
        )
    for notice in story.notices:
        error = f": {notice['last_error']}" if notice["last_error"] else ""
        found.append(
            f"notice {notice['id']} to {notice['url']}: {notice['state']} after {notice['tries']} tries{error}"
        )
    return found


@tasks.command()
def unknown(data: Data = None) -> None:
    """Sends whose outcome is not known: they are never sent again without a decision."""

    async def act(store: Store, _: Admin) -> list[Job]:
        return await sends.unknown(store)

    found = with_admin(data, act)
    if not found:
        print("framegate: there is no send of unknown outcome", file=sys.stderr)
    for job in found:
        why = job.failure.message if job.failure else ""
        print(f"{job.id}  {job.state.value:8}  {job.upstream}  since {clock(job.unknown_since)}  {why}")


Handle_ = Annotated[str, typer.Argument(help="The order's id at the upstream, or its whole handle as JSON.")]


@tasks.command()
def adopt(task_id: str, handle: Handle_, data: Data = None) -> None:
    """The upstream did take the order: go on with it under this handle."""
    decide(data, task_id, "adopt", handle)


@tasks.command()
def refused(task_id: str, data: Data = None) -> None:
    """The upstream surely never took the order: try it again, elsewhere first."""
    decide(data, task_id, "refused")


@tasks.command()
def resend(task_id: str, data: Data = None) -> None:
    """Send the order as a new attempt, at the risk that it is made twice."""
    decide(data, task_id, "resend")


@tasks.command("write-off")
def write_off(task_id: str, data: Data = None) -> None:
    """Give the order up: the client is told that it failed, and pays nothing."""
    decide(data, task_id, "write_off")


@tasks.command()
def redeliver(notice_id: str, data: Data = None) -> None:
    """Send a notice again now: its id is in the task's story."""
    with_admin(data, lambda _, admin: admin.redeliver(notice_id))


def decide(data: Any, task_id: str, decision: sends.Decision, handle: str = "") -> None:  # noqa: ANN401 - Data
    async def act(store: Store, _: Admin) -> Job:
        return await sends.decide(store, plain_notices(), task_id, decision, handle_of(handle))

    job = with_admin(data, act)
    print(f"{job.id} is {job.state.value} now")


def handle_of(text: str) -> dict[str, str] | None:
    """`abc` → `{"id": "abc"}`; a JSON object of texts as it is. Raises `BadParameter` for other JSON."""
    if not text.strip().startswith("{"):
        return {"id": text.strip()} if text.strip() else None
    try:
        value = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"the handle is not valid JSON: {error}") from None
    if not all(isinstance(item, str) for item in value.values()):
        raise typer.BadParameter("the handle must be an object of texts")
    return value


def clock(ms: int | None) -> str:
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
