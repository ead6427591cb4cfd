"""When to look again. Pure: jitter comes from a hash of the task's id and count, not from a random source."""

from __future__ import annotations

from zlib import crc32

from framegate.engine.job import Job

LATE_EVERY = 600_000
"""Milliseconds between looks at an expired task that its provider may still finish."""
LATE_FOR = 86_400_000
"""How long after its deadline an expired task is still looked at."""

LOCAL = (120, 250, 400, 500)
REMOTE = (5_000, 5_000, 6_000, 8_000, 10_000)


def next_poll(job: Job, at: int, every: float = 0.0) -> int:
    """The next poll of a running task: engines of ours are asked twice a second, vendors every 5 to 10 seconds
    (Runway asks for 5 s at the least), with up to 10 % of jitter. `every`: the seconds of the first step, if not 5.
    """
    steps = LOCAL if job.sandbox else REMOTE
    step = steps[min(job.polls, len(steps) - 1)]
    if every and not job.sandbox:
        step = int(step * 1000 * every / REMOTE[0])
    return at + jitter(step, f"{job.id}{job.polls}", 0.1)


def after_miss(at: int, misses: int, retry_after: float | None, *, seed: str) -> int:
    """After bad weather: 1, 2, 4 … at most 60 seconds, with up to 50 % of jitter; never before Retry-After."""
    if retry_after is not None:
        return at + jitter(int(min(retry_after, 3600) * 1000), f"{seed}{misses}", 0.1)
    return at + jitter(min(60_000, 1000 * 2 ** min(max(misses, 1) - 1, 10)), f"{seed}{misses}", 0.5)


def jitter(base: int, seed: str, share: float) -> int:
    """`base` milliseconds and up to `share` more, the same each time for the same seed."""
    return base + int(base * share * (crc32(seed.encode()) % 1000) / 1000)
