"""The sweeper: ends the lifetimes that plans give, and removes what nobody refers to or needs any more.

One process does so at a time for all of them, by a lease; each process tidies its own folders. Every pass is made of
small batches and short of time, so that it stands in nobody's way: what is left over is the next pass's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import structlog

from framegate.access import Plan
from framegate.artifacts import Shelf
from framegate.core.task import Output
from framegate.engine import erasing
from framegate.engine.job import from_row
from framegate.store import Row, Step, Store, Unavailable, Unmet, step

log = structlog.get_logger("framegate.sweeper")

LEASE_NAME = "sweep"
LEASE = 60_000
"""Milliseconds for which the lease is taken at a time."""
EVERY = 300.0
"""Seconds between two passes."""
FIRST = 20.0
"""Seconds after the start before the first one."""
PASS = 60.0
"""Seconds that one pass may take."""
GRACE = 3_600_000
"""Milliseconds for which a file without a reference stays: somebody may be about to refer to it."""
STALE = 60_000
"""Milliseconds after which a removal that was begun and not ended is taken up again."""
PROOF = 86_400.0
"""Seconds between two proofs that every open hold has a live task."""
BATCH = 50
DAY = 86_400_000
IDEMPOTENT = DAY
"""Milliseconds for which an idempotency key is remembered."""
LEFT = 3600.0
"""Seconds after which a file that passes through is a leftover of a request that died."""
CACHED = re.compile(r"[0-9a-f]{64}")
"""Names of copies from object storage: they are made anew when needed, and stay for a day."""


More = Callable[[], Awaitable[bool]]


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass did. `bytes` are those of removed files; `done` is false when something is left for the next."""

    tasks: int = 0
    artifacts: int = 0
    media: int = 0
    files: int = 0
    bytes: int = 0
    leftovers: int = 0
    done: bool = True

    def __add__(self, other: Swept) -> Swept:
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in self.__struct_fields__)
        return Swept(**{name: a and b if name == "done" else a + b for name, a, b in pairs})


class Sweeper:
    """Sweeps now and then until stopped.

    `spool` is the folder of what passes through. `remembered` names tasks that engines of this process still have
    results of, and `forget` removes those results: for tasks that were erased.
    """

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        *,
        spool: Path,
        remembered: Callable[[], Sequence[str]] = lambda: (),
        forget: Callable[[Sequence[str]], int] = len,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._spool = spool
        self._remembered = remembered
        self._forget = forget
        self._holder = secrets.token_hex(8)
        self._main: asyncio.Task[None] | None = None
        self._proven = 0.0

    async def start(self) -> None:
        self._main = asyncio.create_task(self._run(), name="sweeper")

    async def stop(self) -> None:
        if self._main:
            self._main.cancel()
            await asyncio.gather(self._main, return_exceptions=True)

    async def _run(self) -> None:
        pause = FIRST
        while True:
            await asyncio.sleep(pause)
            pause = EVERY
            try:
                swept = await self.sweep()
                if not swept.done:
                    pause = 1.0
                if swept != Swept(done=swept.done):
                    log.info("swept", **msgspec.to_builtins(swept))
            except Unavailable as error:
                log.warning("sweeping was put off", why=str(error))
            except Exception:
                log.exception("sweeping failed")

    async def sweep(self, *, grace: int = GRACE) -> Swept:
        """One pass: of all lifetimes and files if no other process is at it (else not `done`), and of this process's
        own folders. `grace` in milliseconds.
        """
        swept = await self._tidy()
        async with leased(self._store, self._holder) as held:
            if held is None:
                return swept + Swept(done=False)
            swept += await self._expire(short(held))
            swept += await self._remove(grace, short(held))
            await self._store.scrub()
            await self._prove()
        return swept

    async def _expire(self, more: More) -> Swept:
        """End what has lived its time, account by account."""
        now = await self._store.now()
        await self._store.write(Step("forget_before", {"at": now - IDEMPOTENT}, None))
        rows = await self._store.rows("config_of", kind="plan")
        plans = {row["name"]: msgspec.json.decode(row["doc"], type=Plan) for row in rows if not row["paused"]}
        swept = Swept()
        for account in await self._store.rows("list_accounts"):
            plan, erased = plans.get(account["plan"]) or Plan(name=account["plan"]), account["erased_at"]
            for work in (
                self._tasks(account, "tasks_before", before(now, plan.content_days)),
                self._tasks(account, "tasks_made_before", erased),
                self._artifacts(account, before(now, plan.artifact_days)),
                self._media(account, latest(before(now, plan.media_days), erased)),
            ):
                async for batch in work:
                    swept += batch
                    if not await more():
                        return swept + Swept(done=False)
        return swept

    async def _tasks(self, account: Row, which: str, until: int | None) -> AsyncIterator[Swept]:
        async for rows in self._batches(which, account, until):
            at = await self._store.now()
            jobs = [from_row(row) for row in rows]
            units = [(*erasing.erase(job, at), step("trim_events", None, task_id=job.id)) for job in jobs]
            yield Swept(tasks=await self._write(units))

    async def _artifacts(self, account: Row, until: int | None) -> AsyncIterator[Swept]:
        async for rows in self._batches("artifacts_before", account, until):
            at = await self._store.now()
            yield Swept(artifacts=await self._write(erasing.expire_artifact(row["id"], at) for row in rows))

    async def _media(self, account: Row, until: int | None) -> AsyncIterator[Swept]:
        async for rows in self._batches("media_before", account, until):
            at = await self._store.now()
            yield Swept(
                media=await self._write(erasing.expire_media(row["id"], until or 0, at) for row in rows)
            )

    async def _batches(self, which: str, account: Row, until: int | None) -> AsyncIterator[list[Row]]:
        seen: set[str] = set()
        while until is not None:
            rows = await self._store.rows(which, account_id=account["id"], before=until, limit=BATCH)
            fresh = [row for row in rows if row["id"] not in seen]
            if not fresh:  # what could not be ended this time is the next pass's
                return
            seen |= {row["id"] for row in fresh}
            yield fresh

    async def _write(self, units: Iterable[tuple[Step, ...]]) -> int:
        """Each unit by itself; how many held. What others changed meanwhile is looked at again by the next pass."""
        held = 0
        for unit in units:
            with contextlib.suppress(Unmet):
                await self._store.write(*unit)
                held += 1
        return held

    async def _remove(self, grace: int, more: More) -> Swept:
        """Remove from the shelf what nobody refers to."""
        swept = Swept()
        while await more():
            now = await self._store.now()
            marks = {"before": now - grace, "limit": BATCH}
            fastened = await self._store.take("fasten_files", **marks)
            began = time.monotonic()
            doomed = await self._store.take("doom_files", **marks, now=now, stale=now - STALE)
            if not fastened and not doomed:
                return swept
            spared = {row["sha256"] for row in await self._store.take("spare_files", now=now)}
            for row in (one for one in doomed if one["sha256"] not in spared):
                if time.monotonic() - began > STALE / 2000:
                    break  # this process stood still: others may have taken up what it has begun
                await self._shelf.delete(row["sha256"])
                await self._store.write(step("drop_file", None, sha256=row["sha256"], going_at=now))
                swept += Swept(files=1, bytes=row["size"])
        return swept + Swept(done=False)

    async def _tidy(self) -> Swept:
        """The folders of this process: leftovers of requests that died, and results of erased tasks."""
        kept: set[str] = set()
        for row in await self._store.rows("storing_outputs"):
            outputs = msgspec.json.decode(row["outputs"], type=tuple[Output, ...])
            kept |= {Path(output.blob.path).name for output in outputs if output.blob}
        gone = await asyncio.to_thread(tidy, self._spool, kept)
        gone += await self._shelf.tidy(LEFT)
        names = await asyncio.to_thread(self._remembered)
        for place in range(0, len(names), BATCH):
            ids = " ".join(names[place : place + BATCH])
            erased = [row["id"] for row in await self._store.rows("erased_among", ids=ids)]
            if erased:
                gone += await asyncio.to_thread(self._forget, erased)
        return Swept(leftovers=gone)

    async def _prove(self) -> None:
        """Now and then, that every open hold has a live task; anything else is an alarm."""
        if self._proven and time.monotonic() - self._proven < PROOF:
            return
        self._proven = time.monotonic()
        for row in await self._store.rows("open_holds_without_task"):
            log.error("a hold without a live task, or a task without a hold", **dict(row))


@contextlib.asynccontextmanager
async def leased(store: Store, holder: str) -> AsyncGenerator[More | None]:
    """The sweeper's lease for the length of a `with`; None when another holds it.

    What is yielded holds the lease on, and says whether it is still ours: to be asked more often than every 30 seconds.
    """

    async def held() -> bool:
        now = await store.now()
        row = {"name": LEASE_NAME, "holder": holder, "now": now, "lease_until": now + LEASE}
        return bool(await store.take("claim_lease", **row))

    if not await held():
        yield None
        return
    try:
        yield held
    finally:
        await store.write(step("end_lease", None, name=LEASE_NAME, holder=holder))


def short(held: More) -> More:
    """Whether to go on: there is time, and the lease is ours."""
    end = time.monotonic() + PASS

    async def more() -> bool:
        return time.monotonic() < end and await held()

    return more


def before(now: int, days: int) -> int | None:
    """Until when a life must have begun to be over now; None: it lasts for ever."""
    return now - days * DAY if days else None


def latest(*times: int | None) -> int | None:
    return max((time for time in times if time is not None), default=None)


def tidy(folder: Path, kept: set[str]) -> int:
    """Remove the leftovers in a folder of files that pass through; how many there were."""
    gone = 0
    now = time.time()
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                age = now - entry.stat().st_mtime
                old = age > (DAY / 1000 if CACHED.fullmatch(entry.name) else LEFT)
                if old and entry.is_file(follow_symlinks=False) and entry.name not in kept:
                    Path(entry.path).unlink()
                    gone += 1
    return gone
