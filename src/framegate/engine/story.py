"""A task explains itself: what was asked, tried, answered, paid and told, from the rows alone and without a secret."""

from __future__ import annotations

from typing import Any

import msgspec

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import UNIT, format_usd
from framegate.engine.job import Job, from_row
from framegate.store import Row, Store

LIMIT = 500
"""Events and calls that a story tells at most; of more calls the newest."""
COLUMNS = ("customer", "held", "revenue", "topup", "writeoff")


class Call(msgspec.Struct, frozen=True):
    """One call to an upstream, without what is secret in it. It took `ms` milliseconds until it was `at` an end."""

    at: int
    what: str
    method: str
    url: str
    status: int | None
    ms: int
    detail: str | None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Times are Unix milliseconds, money decimal strings of USD. `price` says the arithmetic in words."""

    id: str
    public_id: str
    dialect: str
    account_id: str
    state: str
    model: str
    request: dict[str, Any]
    adapted: tuple[str, ...]
    waiting: str
    price: tuple[str, ...]
    held: str
    charged: str | None
    cost: str | None
    attempts: list[dict[str, Any]]
    events: list[dict[str, Any]]
    calls: list[Call]
    entries: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    artifacts: list[dict[str, Any]]


async def tell(store: Store, any_id: str) -> Story:
    """The story of a task, by any id of ours. Raises `Trouble` NOT_FOUND."""
    row = await store.row("task_any", any_id=any_id)
    if row is None:
        raise Trouble(Problem.NOT_FOUND, f"there is no task {any_id[:80]!r}")
    job = from_row(row)

    told = await store.rows("calls_of", task_id=job.id, limit=LIMIT)
    calls = [call for row in told[::-1] for call in msgspec.json.decode(row["calls"], type=list[Call])]

    async def rows(statement: str, **bounds: int) -> list[dict[str, Any]]:
        return [plain(found) for found in await store.rows(statement, task_id=job.id, **bounds)]

    return Story(
        id=job.id,
        public_id=job.public_id,
        dialect=job.dialect,
        account_id=job.account_id,
        state=job.state.value,
        model=job.model,
        request=msgspec.to_builtins(job.spec),
        adapted=job.candidate.adapted,
        waiting=job.failure.message if job.failure else "",
        price=priced(job),
        held=format_usd(job.held),
        charged=usd(job.charged),
        cost=usd(job.cost),
        attempts=await rows("attempts_of"),
        events=await rows("events_of", limit=LIMIT),
        calls=calls[-LIMIT:],
        entries=[in_usd(entry) for entry in await rows("entries_of_task")],
        notices=[without_body(notice) for notice in await rows("notices_of")],
        deliveries=await rows("deliveries_of_task", limit=LIMIT),
        artifacts=msgspec.to_builtins(job.artifacts),
    )


def priced(job: Job) -> tuple[str, ...]:
    """The arithmetic of the quote: `10 second x $0.05 (gen3a_turbo:second)`, and the plan's multiplier."""
    lines = [
        f"{line.quantity / UNIT:g} {line.unit} x ${format_usd(line.amount)} ({line.price_id})"
        for line in job.quote.lines
    ]
    if job.quote.multiplier != UNIT:
        lines.append(f"x {job.quote.multiplier / UNIT:g} by the plan")
    return (*lines, f"= ${format_usd(job.quote.total)}")


def usd(amount: int | None) -> str | None:
    return None if amount is None else format_usd(amount)


def in_usd(entry: Row) -> dict[str, Any]:
    """An entry of the ledger, its five columns as decimals."""
    return {key: format_usd(entry[key]) if key in COLUMNS else entry[key] for key in entry.keys()}  # noqa: SIM118 - rows of SQLite are no dicts


def plain(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in row.keys() if key != "task_id"}  # noqa: SIM118 - rows of SQLite are no dicts


def without_body(notice: dict[str, Any]) -> dict[str, Any]:
    """A notice's body is the task once more, with links that work: it is not shown."""
    return {key: value for key, value in notice.items() if key not in {"body", "headers", "account_id"}}
