"""One task's life, ended at a given step by the death of the process, and taken up again by the next one.

A death is possible before and after each statement that writes and each call that leaves: between any two steps
that outlive the process. What must hold afterwards is `flaws`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from framegate.core.dialect import Problem, Trouble
from framegate.engine.job import Job
from framegate.engine.unknown import decide, unknown
from vendors import Act, Vendor, answer
from virtual import Clock, Engine, Fate, Killed, engine

HOOK = "https://hooks.example.com/task"
LOST_ANSWER = Act("close", takes=True)
LOOKED = 60_000


@dataclass(frozen=True, slots=True)
class Life:
    """What a task goes through. `forms`: the providers of its route, in order; `acts` of the first send of all."""

    name: str
    forms: tuple[str, ...]
    ends: frozenset[str]
    words: str = ""
    cancel: Literal["", "at once", "while it runs"] = ""
    acts: tuple[Act, ...] = ()


def life(name: str, forms: str, ends: str, **more: object) -> Life:
    return Life(name, tuple(forms.split()), frozenset(ends.split()), **more)  # pyright: ignore[reportArgumentType]


LIVES = (
    life("plain", "openai-videos", "succeeded"),
    life("found by our id", "kling", "succeeded"),
    life(
        "cancelled while it runs",
        "runway",
        "cancelled succeeded",
        cancel="while it runs",
        words="[v:polls=5]",
    ),
    life("cancelled at once", "openai-videos", "cancelled succeeded", cancel="at once"),
    life("failed", "openai-videos", "failed", words="[v:fail]"),
    life("moderated", "runway", "failed", words="[v:moderate]"),
    life("refused, then elsewhere", "openai-videos kling", "succeeded", acts=(answer(503),)),
    life("its answer lost", "openai-videos", "succeeded", acts=(LOST_ANSWER,)),
    life("its answer lost, found", "kling openai-videos", "succeeded", acts=(LOST_ANSWER,)),
    life("its answer lost, sent again", "framegate openai-videos", "succeeded", acts=(LOST_ANSWER,)),
    life(
        "its answer lost, then refused",
        "framegate openai-videos",
        "succeeded",
        acts=(LOST_ANSWER, answer(429)),
    ),
)


@dataclass(slots=True)
class Outcome:
    """`steps` were passed before the last death; `flaws` is what must be empty."""

    steps: list[str] = field(default_factory=list)
    deaths: int = 0
    unknown: int = 0
    flaws: list[str] = field(default_factory=list)


async def live(folder: Path, vendor: Vendor, lived: Life, deaths: tuple[int, ...], url: str = "") -> Outcome:
    """One task's life with the process dying at these steps, each counted from its own start."""
    folder.mkdir()
    marker, clock, found = str(folder), Clock(), Outcome()
    vendor.forgive()
    vendor.next("submit", *lived.acts)
    vendors = {f"up{n}": (form, vendor) for n, form in enumerate(lived.forms)}
    for n in range(len(deaths) + 1):
        fate = Fate(deaths[n]) if n < len(deaths) else Fate()
        async with engine(folder, None if n else vendors, clock=clock, fate=fate, url=url) as it:
            try:
                await play(it, lived, marker)
                while await decided(it, vendor, marker, found):
                    await it.run(lambda: rest(it))
            except Killed:
                found.deaths += 1
                found.steps = fate.steps
                clock.now += 3_000
                continue
            found.steps = found.steps or fate.steps
            found.flaws = await flaws(it, vendor, lived, marker)
            return found
    raise AssertionError("the last process lives for ever")


async def play(it: Engine, lived: Life, marker: str) -> None:
    """What the client does, again after each restart: its key makes sure that it is the same task."""
    task_id = await it.submit(f"waves [m:{marker}] {lived.words}", key=marker, callback_url=HOOK)
    if lived.cancel == "at once":
        await it.cancel(task_id)
    if lived.cancel == "while it runs":

        async def runs() -> bool:
            job = await it.job(task_id)
            return job.state.value in {"running", "storing"} or resting(job)

        await it.run(runs)
        await it.cancel(task_id)

    await it.run(lambda: rest(it))


async def rest(it: Engine) -> bool:
    return all(resting(job) for job in await it.jobs())


def resting(job: Job) -> bool:
    """Whether nothing more happens by itself: it is over, or only the operator can tell. What was looked for and not
    found in a minute is not there.
    """
    looked = job.unknown_since is not None and job.updated_at - job.unknown_since > LOOKED
    return job.state.final or (job.unknown_since is not None and (job.due_at == job.deadline_at or looked))


async def decided(it: Engine, vendor: Vendor, marker: str, found: Outcome) -> bool:
    """The operator looks each unknown order up at the vendor, and decides; whether there was any."""
    listed = await unknown(it.store)
    for job in listed:
        made = [made for made in vendor.made.values() if made.marker == marker]
        found.unknown += 1
        handle = {"id": made[0].id, "kind": "video", "path": "/v1/videos/text2video"} if made else None
        try:
            await decide(it.store, lambda _: (), job.id, "adopt" if made else "refused", handle)
        except Trouble as trouble:  # it is just being looked for: the operator is told to try again, and does
            if trouble.problem is not Problem.CONFLICT:
                raise
            await it.step()
    return bool(listed)


async def flaws(it: Engine, vendor: Vendor, lived: Life, marker: str) -> list[str]:
    """Every promise that was broken."""
    found = [f"the books: {line}" for line in await it.books()]
    jobs = await it.jobs()
    if len(jobs) != 1:
        return [*found, f"{len(jobs)} tasks instead of one"]
    (job,) = jobs
    orders = vendor.orders()[marker]
    if job.state.value not in lived.ends:
        found.append(f"it ended as {job.state.value}: {job.failure and job.failure.message}")
    if orders > 1:
        found.append(f"ordered {orders} times")
    if job.state.value == "succeeded" and (orders, len(job.artifacts)) != (1, 1):
        found.append(f"a success with {orders} orders and {len(job.artifacts)} results")
    if job.state.value == "succeeded" and job.charged != job.candidate.quote.total:
        found.append(f"charged {job.charged} of {job.candidate.quote.total}")
    account = await it.account()
    if account.held != "0.00":
        found.append(f"an orphaned hold of {account.held}")
    final = [
        row
        for row in await it.store.rows("notices_of", task_id=job.id)
        if row["kind"] == f"task.{job.state.value}"
    ]
    if len(final) != 1:
        found.append(f"{len(final)} notices of its end")
    return found
