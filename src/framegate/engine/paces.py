"""What this process knows of how long tasks take, by upstream and model; kept in the database for the next start."""

from __future__ import annotations

from framegate.engine.job import Job
from framegate.engine.pace import next_poll
from framegate.engine.rhythm import Pace, learn, next_look
from framegate.store import Step, Store, step

LEAST = 1.0
"""Seconds between two looks at the least, where the provider does not ask for more."""


class Paces:
    """Learned paces. `load` once; then everything is in memory."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Pace] = {}

    async def load(self, store: Store) -> None:
        for row in await store.rows("paces"):
            pace = Pace(row["n"], row["mean"], row["variance"])
            self._known[row["upstream"], row["model"]] = pace

    def next(self, job: Job, at: int, least: float, every: float) -> int:
        """When to look again (milliseconds) at a task that still runs; engines of ours are asked by a fixed plan.

        `least` are the seconds for which its provider wants to be left alone; `every`, if not 0, the operator's own.
        """
        pace = self._known.get(key(job))
        if job.sandbox or pace is None or not pace.known or job.sent_at is None:
            return next_poll(job, at, every)
        return at + int(1000 * next_look(pace, (at - job.sent_at) / 1000, every or max(LEAST, least)))

    def ended(self, job: Job, at: int) -> tuple[Step, ...]:
        """Learn from a task that was seen to have succeeded at `at`; it ended between this look and the one before."""
        if job.sandbox or job.sent_at is None:
            return ()
        before = max(job.updated_at, job.sent_at)
        pace = learn(self._known.get(key(job), Pace()), ((before + at) / 2 - job.sent_at) / 1000)
        upstream, model = key(job)
        self._known[upstream, model] = pace
        kept = {"n": pace.n, "mean": pace.mean, "variance": pace.variance}
        return (step("keep_pace", upstream=upstream, model=model, **kept, updated_at=at),)


def key(job: Job) -> tuple[str, str]:
    return job.upstream, job.candidate.model
