"""The engine in this process on a clock of the test's: hours of weather in moments, and a death at any step.

The parts are the real ones (store, transport, pumps, worker, keeper); only the loops that wait are replaced: `step`
runs one round of every pump and `run` moves the clock to whatever is due next.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from framegate import dialects as dialect_folder
from framegate import providers as provider_folder
from framegate.access import Caller, Plan
from framegate.artifacts import open_shelf
from framegate.artifacts.preview import Look
from framegate.core.dialect import Dialect
from framegate.core.money import USD
from framegate.core.provider import Credential, Provider
from framegate.core.task import Kind, Spec, Task
from framegate.engine.admin import Admin
from framegate.engine.changes import Changes
from framegate.engine.configuration import Catalogue, Watch
from framegate.engine.filing import Filed
from framegate.engine.job import Job, from_row
from framegate.engine.keeping import Keeper
from framegate.engine.notices import outbox
from framegate.engine.reach import Reach
from framegate.engine.submit import submit
from framegate.engine.worker import Worker
from framegate.ledger import Rate
from framegate.routing import Route, Target, Upstream
from framegate.store import Row, Step, Store, open_store
from framegate.transport import Transport
from vendors import KEY, Vendor

START = 1_800_000_000_000
MINUTE, HOUR = 60_000, 3_600_000
PRICE = USD // 20
"""Of one second, at every model of these tests."""
MODELS = {"openai-videos": "sora-2", "kling": "kling-v1", "runway": "gen4.5", "framegate": "waves"}
CREDIT = 1_000 * USD


class Killed(BaseException):
    """The process is no more: nothing that it would have done afterwards happens."""


@dataclass(slots=True)
class Clock:
    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass(slots=True)
class Fate:
    """Dies at the `at`-th boundary: there is one before and one after each thing that outlives the process."""

    at: int = 1 << 60
    passed: int = 0
    dead: bool = False
    steps: list[str] = field(default_factory=list)
    then: Callable[[str], None] = lambda _: None
    """Called at each boundary: what happens to the process just then."""

    def boundary(self, what: str) -> None:
        if self.dead:
            raise Killed
        self.passed += 1
        self.steps.append(what)
        self.then(what)
        if self.passed == self.at:
            self.dead = True
            raise Killed


class Mortal:
    """A store whose process may die before a statement, or after it and before its result is known."""

    def __init__(self, store: Store, fate: Fate, clock: Callable[[], int]) -> None:
        self._store, self._fate, self._clock = store, fate, clock
        self.kind = store.kind

    async def write(self, *steps: Step) -> None:
        name = steps[0].name if steps else "nothing"
        self._fate.boundary(f"before {name}")
        await self._store.write(*steps)
        self._fate.boundary(f"after {name}")

    async def take(self, statement: str, /, **params: Any) -> list[Row]:
        self._fate.boundary(f"before {statement}")
        rows = await self._store.take(statement, **params)
        self._fate.boundary(f"after {statement}")
        return rows

    async def row(self, statement: str, /, **params: Any) -> Row | None:
        self.alive()
        return await self._store.row(statement, **params)

    async def rows(self, statement: str, /, **params: Any) -> list[Row]:
        self.alive()
        return await self._store.rows(statement, **params)

    async def now(self) -> int:
        self.alive()
        return self._clock()  # on PostgreSQL, too: statements get the time as a parameter

    async def close(self) -> None:
        await self._store.close()

    def alive(self) -> None:
        if self._fate.dead:
            raise Killed


class MortalTransport(Transport):
    """The same for calls: before the first byte leaves, and after the answer came."""

    fate: Fate

    async def send(self, request: Any, **options: Any) -> Any:
        self.fate.boundary(f"before {request.method} {request.url.partition('?')[0]}")
        response = await super().send(request, **options)
        self.fate.boundary(f"after {request.method} {request.url.partition('?')[0]}")
        return response

    async def fetch(self, url: str, **options: Any) -> Any:
        self.fate.boundary("before the copy of a result")
        blob = await super().fetch(url, **options)
        self.fate.boundary("after the copy of a result")
        return blob


@cache
def adapters() -> tuple[Mapping[str, Provider], Mapping[str, Dialect]]:
    return provider_folder.load(), dialect_folder.load()


@dataclass(slots=True)
class Engine:
    """One process's engine. `upstreams` are stepped in turn."""

    store: Store
    transport: MortalTransport
    reach: Reach
    worker: Worker
    watch: Watch
    admin: Admin
    clock: Clock
    caller: Caller
    upstreams: list[str]
    holds: bool = True
    """Whether a new task is in hand from the first, as in a process that serves and works."""

    async def submit(
        self, prompt: str = "waves", *, model: str = "m", key: str | None = None, **spec: Any
    ) -> str:
        """A new task's id."""
        asked = Spec(**{"kind": Kind.VIDEO, "model": model, "prompt": prompt, "seconds": 4.0, **spec})
        job, _ = await submit(
            self.store,
            self.watch.now,
            adapters()[1]["native"],
            self.caller,
            asked,
            take=taken,
            unhealthy=list(self.reach.sick()),
            pumps=self.worker.pumps if self.holds else None,
            idempotency_key=key,
        )
        return job.id

    async def cancel(self, task_id: str) -> None:
        params = {"id": task_id, "account_id": self.caller.account_id, "at": self.clock.now}
        await self.store.write(Step("ask_cancel", params, None))

    async def job(self, task_id: str) -> Job:
        row = await self.store.row("task_by_id", id=task_id)
        assert row is not None
        return from_row(row)

    async def jobs(self) -> list[Job]:
        found: list[Job] = []
        for account in await self.admin.accounts():
            page = {"dialect": "", "state": "", "model": "", "family": "", "after": "", "offset": 0}
            rows = await self.store.rows("list_tasks", account_id=account.id, limit=100_000, **page)
            found += [from_row(row) for row in rows]
        return found

    async def step(self) -> None:
        """One round of every pump, to the end of what it began; then the clock moves to what is due next."""
        waits, pumps = [], []
        for name in self.upstreams:
            pump = self.worker.pumps.of(name)
            pumps.append(pump)
            waits.append(await pump._round())
        ended = await asyncio.gather(*(t for p in pumps for t in list(p._active)), return_exceptions=True)
        if any(isinstance(error, Killed) for error in ended):
            raise Killed
        if not ended:
            self.clock.now += max(1, int(1000 * min(waits)))

    async def run(self, until: Callable[[], Awaitable[bool]], *, within: int = 8 * HOUR) -> None:
        """Step until something holds; fails when `within` milliseconds of the clock were not enough."""
        end = self.clock.now + within
        while not await until():
            assert self.clock.now < end, [
                (j.id, j.state.value, j.failure and j.failure.message) for j in await self.jobs()
            ]
            await self.step()

    async def settle(self, *, within: int = 8 * HOUR) -> list[Job]:
        """Run until every task is final or waits for the operator; all tasks."""

        async def over() -> bool:
            return all(job.state.final for job in await self.jobs())

        await self.run(over, within=within)
        return await self.jobs()

    async def finished(self, task_id: str, *, within: int = 8 * HOUR) -> Job:
        async def over() -> bool:
            return (await self.job(task_id)).state.final

        await self.run(over, within=within)
        return await self.job(task_id)

    async def pass_time(self, milliseconds: int) -> None:
        """Let the engine work for so long."""
        end = self.clock.now + milliseconds
        while self.clock.now < end:
            await self.step()

    async def reaches(self, task_id: str, state: str, *, within: int = HOUR) -> Job:
        async def there() -> bool:
            return (await self.job(task_id)).state.value == state

        await self.run(there, within=within)
        return await self.job(task_id)

    async def account(self) -> Any:
        return await self.admin.account(self.caller.account_id)

    async def books(self) -> list[str]:
        """What does not add up."""
        return await self.admin.check_ledger()


async def taken(_caller: Caller, spec: Spec, _frames: object) -> tuple[Spec, tuple[Step, ...]]:
    return spec, ()


@contextlib.asynccontextmanager
async def engine(
    folder: Path,
    vendors: Mapping[str, tuple[str, Vendor]] | None = None,
    *,
    clock: Clock | None = None,
    fate: Fate | None = None,
    url: str = "",
    route: Mapping[str, Any] | None = None,
    upstream: Mapping[str, Any] | None = None,
    to: Sequence[str] = (),
) -> AsyncIterator[Engine]:
    """An engine over `folder`. `vendors`: upstream name → (provider, vendor); given at the first start alone.

    Model "m" leads to the upstreams in their order (or in that of `to`), `m@NAME` to one of them.
    """
    clock = clock or Clock()
    asyncio.get_running_loop().set_exception_handler(bury)
    providers, dialects = adapters()
    store = await open_store(url or f"sqlite:///{folder}/framegate.db", clock=clock)
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    transport = MortalTransport(spool=spool)
    transport.fate = fate or Fate()
    admin = Admin(store, b"m" * 32)
    try:
        if vendors:
            await configure(admin, vendors, dict(route or {}), dict(upstream or {}), to)
        used = Mortal(store, transport.fate, clock)
        watch = Watch(used, providers, Catalogue({}, {}, (), ()))
        await watch.refresh()
        reach = Reach(
            used, transport, lambda found: Credential(key=found.credential["key"].removeprefix("env:"))
        )
        worker = Worker(
            store=used,
            reach=reach,
            watch=watch,
            providers=providers,
            keeper=Keeper(
                transport=transport,
                shelf=Filed(used, open_shelf(str(folder / "artifacts"), spool), spool),
                inspect=look,
                credential=lambda found: Credential(key=found.credential["key"].removeprefix("env:")),
                folder=spool,
            ),
            media=no_media,
            made=no_media,
            notices=outbox(dialects, unlinked),
            changes=Changes(),
            callback=lambda _: None,
        )
        (account,) = await admin.accounts()
        caller = Caller(account_id=account.id, account_name=account.name, key_id="key", plan=Plan(name="p"))
        names = sorted(watch.now.table.upstreams)
        yield Engine(used, transport, reach, worker, watch, admin, clock, caller, names)
        for pump in worker.pumps._pumps.values():
            await asyncio.gather(*pump._active, return_exceptions=True)
    finally:
        await transport.close()
        await store.close()
        gc.collect(0)


def bury(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a process had under way when it died is nobody's to hear of."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)


async def configure(
    admin: Admin,
    vendors: Mapping[str, tuple[str, Vendor]],
    route: dict[str, Any],
    upstream: dict[str, Any],
    to: Sequence[str],
) -> None:
    targets: list[Target] = []
    for name, (provider, vendor) in vendors.items():
        found = Upstream(
            name=name,
            provider=provider,
            base_url=vendor.url,
            credential={"key": f"env:{KEY}"},
            allow_hosts=("127.0.0.1",),
            **upstream,
        )
        await admin.put("upstream", name, found)
        targets.append(Target(upstream=name, model=MODELS[provider]))
        alone = Route(model=f"m@{name}", to=(targets[-1],), **route)
        await admin.put("route", alone.model, alone)
    ordered = [t for name in to for t in targets if t.upstream == name] or targets
    await admin.put("route", "m", Route(model="m", to=tuple(ordered), **route))
    await admin.put("price", "*:second", Rate(model="*", unit="second", amount=PRICE))
    await admin.create_account("customer")
    await admin.credit("customer", CREDIT)


async def look(_blob: Any) -> Look:
    return Look(seconds=1.0)


async def no_media(_job: Job) -> tuple[()]:
    return ()


def unlinked(task: Task) -> Task:
    return task
