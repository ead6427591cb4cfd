"""Units as the engine writes them, with little in them."""

from __future__ import annotations

from typing import Any

from framegate.core.money import Quote
from framegate.core.task import Kind, Spec, State
from framegate.engine.job import Job, created, saved
from framegate.engine.steps import enter, event
from framegate.ledger import hold, top_up
from framegate.routing import Candidate
from framegate.store import Step, step

SPEC = Spec(kind=Kind.VIDEO, model="gen4", prompt="a harbour at dawn")


def account(name: str = "acct_1", balance: int = 0, floor: int = 0) -> tuple[Step, ...]:
    """A new wallet, and the top-up that filled it."""
    new: dict[str, Any] = {
        "id": name,
        "name": name,
        "plan": "default",
        "balance": 0,
        "held": 0,
        "floor": floor,
    }
    return (
        step("insert_account", **new, paused=0, created_at=1, updated_at=1),
        step("credit", account_id=name, amount=balance),
        enter(name, None, top_up(balance), 1),
    )


def job(task_id: str, account_id: str = "acct_1", **changes: Any) -> Job:
    """A queued task at the upstream "up", due at 1000."""
    plain: dict[str, Any] = {
        "id": task_id,
        "public_id": task_id,
        "dialect": "native",
        "account_id": account_id,
        "key_id": "key_1",
        "model": "gen4",
        "state": State.QUEUED,
        "spec": SPEC,
        "quote": Quote(),
        "candidates": (Candidate(upstream="up", provider="sandbox", model="gen4", spec=SPEC),),
        "upstream": "up",
        "due_at": 1000,
        "deadline_at": 2**50,
        "created_at": 1000,
        "updated_at": 1000,
    }
    return Job(**{**plain, **changes})


def task(task_id: str, account_id: str = "acct_1", **changes: Any) -> Step:
    """The row of a new task; `changes` are fields of `Job`."""
    return step("insert_task", **created(job(task_id, account_id, **changes)))


def bought(task_id: str, amount: int, account_id: str = "acct_1", **changes: Any) -> tuple[Step, ...]:
    """What a submit writes: the money is held, the task is there."""
    return (
        step("spend", account_id=account_id, amount=amount),
        enter(account_id, task_id, hold(amount), 1000),
        task(task_id, account_id, held=amount, **changes),
        event(task_id, 1000, "queued"),
    )


def save(task_id: str, **changes: Any) -> Step:
    """The task as a worker leaves it; `changes` are fields of `Job`, `fence` that of its lease among them."""
    return step("save_task", **saved(job(task_id, **changes)))
