"""Forgetting a finished task: what was asked and what was made go, the movements of money stay."""

from __future__ import annotations

import msgspec

from framegate.core.task import Spec
from framegate.engine.job import Job, text
from framegate.store import Step, step


def erase(job: Job, at: int) -> tuple[Step, ...]:
    """The rows that forget it. Its files go with the next sweep, once nothing else refers to them."""
    bare = Spec(kind=job.spec.kind, model=job.spec.model, action=job.spec.action)
    candidates = tuple(msgspec.structs.replace(way, spec=bare) for way in job.candidates)
    return (
        step(
            "erase_task",
            id=job.id,
            account_id=job.account_id,
            spec=text(bare),
            candidates=text(candidates),
            at=at,
        ),
        step("erase_artifacts", None, task_id=job.id, at=at),
        step("add_event", task_id=job.id, at=at, kind="erased", detail=None),
    )
