"""Tasks between two looks whose leases this process keeps: nothing has to be written or claimed for the next one.

What is in hand is in the database too, as it was last written, and due there when its lease ends: a process that dies
with its hands full loses nothing but that time.
"""

from __future__ import annotations

import math
from heapq import heappop, heappush

from framegate.engine.job import Job


class Hand:
    """Running tasks of one upstream, by when they are due."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        # also of those that have gone: passed over when their time comes
        self._order: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Hold a task until it is due; of one that is here already the newer lease counts."""
        known = self._jobs.get(job.id)
        if job.due_at is not None and (known is None or known.fence <= job.fence):
            self._jobs[job.id] = job
            heappush(self._order, (job.due_at, job.id))

    def drop(self, task_id: str) -> None:
        """Somebody has a newer lease of this one."""
        self._jobs.pop(task_id, None)

    def due(self, now: int, limit: int) -> list[Job]:
        """Take out what is due, the most overdue first."""
        found: list[Job] = []
        while len(found) < limit and self.next() <= now:
            found.append(self._jobs.pop(heappop(self._order)[1]))
        return found

    def next(self) -> float:
        """When the first one is due (milliseconds); infinity when there is none."""
        while self._order:
            at, name = self._order[0]
            job = self._jobs.get(name)
            if job is not None and job.due_at == at:
                return at
            heappop(self._order)
        return math.inf

    def clear(self) -> list[Job]:
        """Take out all."""
        jobs = list(self._jobs.values())
        self._jobs.clear()
        self._order.clear()
        return jobs
