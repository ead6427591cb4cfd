"""What the web is handed: every thing a client can ask, in terms of specs and tasks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Protocol

import msgspec

from framegate.access import Caller, Scopes, admit, allow, digest
from framegate.access.tokens import BadToken, check_token
from framegate.core.dialect import (
    Dialect,
    Filter,
    Identity,
    Naming,
    Page,
    Period,
    Problem,
    Slot,
    Spend,
    Trouble,
    Wallet,
    invalid,
)
from framegate.core.money import format_usd
from framegate.core.task import Role, Spec, Task
from framegate.engine import erasing
from framegate.engine.changes import Changes
from framegate.engine.configuration import Configuration, Watch
from framegate.engine.ids import first_id
from framegate.engine.job import Job, from_row
from framegate.engine.quoting import rows_of
from framegate.engine.submit import submit
from framegate.engine.worker import Worker
from framegate.ledger.rates import example
from framegate.store import Step, Store, step
from framegate.transport import Refused
from framegate.transport.guard import check_unresolved

DAY = 86_400_000
MONTH = 30 * DAY
KEY_TTL = 2_000
"""Milliseconds for which an authenticated key is remembered: a change reaches every process within this."""
NOTED = 3_600_000
"""Milliseconds for which a use of a key is not noted again."""


class Media(Protocol):
    """Input media and links: fetched, checked, stored, shown."""

    def room(self) -> None:
        """Raises `Trouble` UNAVAILABLE when the disk is too short for new media."""
        ...

    async def take(
        self, caller: Caller, spec: Spec, frames: Mapping[Role, Job] | None = None
    ) -> tuple[Spec, tuple[Step, ...]]: ...
    def linked(self, task: Task) -> Task: ...
    async def file(self, bucket: str, name: str) -> tuple[str, int, str, str] | None: ...
    async def sheet(self, artifact_id: str) -> bytes | None: ...
    async def open_upload(self, caller: Caller, filename: str) -> Slot: ...
    async def receive_upload(self, slot_id: str, chunks: AsyncIterator[bytes], media_type: str) -> None: ...
    async def finish_upload(self, caller: Caller, slot_id: str) -> Slot: ...
    async def name_upload(self, caller: Caller, naming: Naming) -> Slot: ...


def unknown_task(any_id: str) -> Trouble:
    return Trouble(Problem.NOT_FOUND, f"there is no task {any_id[:80]!r}")


def may_see(caller: Caller, model: str) -> bool:
    try:
        allow(caller, model)
    except Trouble:
        return False
    return True


class Gateway:
    """One account of every request: who asks, what of, and may they."""

    def __init__(  # noqa: PLR0913 - wired once
        self,
        *,
        store: Store,
        watch: Watch,
        worker: Worker | None,
        media: Media,
        dialects: Mapping[str, Dialect],
        changes: Changes,
        wake: Callable[[str], None],
        key_secret: Callable[[str], str],
        notice_hosts: tuple[str, ...] = (),
    ) -> None:
        self.store = store
        self.watch = watch
        self.media = media
        self.dialects = dialects
        self.changes = changes
        self._worker = worker
        self._wake = wake
        self._key_secret = key_secret
        self._notice_hosts = notice_hosts
        self._keys: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self._noting: set[asyncio.Task[None]] = set()
        self._prices: tuple[Configuration, list[dict[str, Any]]] | None = None

    async def authenticate(self, identity: Identity | None, *, dialect: str, address: str) -> Caller:
        """The caller behind a key. Raises `Trouble` UNAUTHENTICATED or FORBIDDEN."""
        if identity is None:
            raise Trouble(
                Problem.UNAUTHENTICATED,
                "no key was given: send `Authorization: Bearer <your key>`",
            )
        now = await self.store.now()
        if identity.proof:
            row, anew = await self._key_row("key_by_id", identity.key, now)
            try:
                check_token(identity.proof, self._key_secret(identity.key), now)
            except BadToken as error:
                raise Trouble(Problem.UNAUTHENTICATED, str(error)) from None
        else:
            row, anew = await self._key_row("key_by_hash", digest(identity.key), now)
        if row is None:
            raise Trouble(Problem.UNAUTHENTICATED, "this key is not known here")
        caller = Caller(
            account_id=row["account_id"],
            account_name=row["account_name"],
            key_id=row["id"],
            plan=self.watch.now.plan(row["plan"]),
            scopes=msgspec.json.decode(row["scopes"] or "{}", type=Scopes),
            balance=row["balance"],
        )
        paused = bool(row["paused"] or row["account_paused"])
        admitted = admit(
            caller,
            dialect=dialect,
            address=address,
            now=now,
            expires_at=row["expires_at"],
            paused=paused,
        )
        if anew and now - (row["used_at"] or 0) >= NOTED:
            noting = asyncio.create_task(self._note_use(row["id"], now))
            self._noting.add(noting)
            noting.add_done_callback(self._noting.discard)
        return admitted

    async def _key_row(self, statement: str, name: str, now: int) -> tuple[Mapping[str, Any] | None, bool]:
        """The row of a key, and whether it was read anew."""
        known = self._keys.get(name)
        if known and now - known[0] < KEY_TTL:
            return known[1], False
        row = await self.store.row(statement, name=name)
        if row is not None:
            if len(self._keys) > 10_000:
                self._keys.clear()
            self._keys[name] = (now, row)
        return row, True

    async def _note_use(self, key_id: str, now: int) -> None:
        with contextlib.suppress(Exception):  # no request waits for it: the key's next reading notes it
            await self.store.write(step("note_use_of_key", None, id=key_id, at=now, before=now - NOTED))

    async def submit(
        self,
        caller: Caller,
        dialect: str,
        spec: Spec,
        *,
        idempotency_key: str | None = None,
        retry_count: int | None = None,
    ) -> Task:
        """A new task, or the one that this request already made."""
        self.media.room()
        if spec.callback_url:
            self._check_callback(spec.callback_url)
        job, _ = await submit(
            self.store,
            self.watch.now,
            self.dialects[dialect],
            caller,
            spec,
            take=self.media.take,
            unhealthy=list(self._worker.reach.sick()) if self._worker else [],
            pumps=self._worker.pumps if self._worker else None,
            idempotency_key=idempotency_key,
            retry_count=retry_count,
        )
        return self._shown(job)

    def _check_callback(self, url: str) -> None:
        """Raises `Trouble` for an address to which no notice could ever go: the client would wait in vain."""
        try:
            check_unresolved(url, allow_hosts=self._notice_hosts)
        except Refused as error:
            message = (
                f"no notice can be sent there: {error} (the operator may admit it in FRAMEGATE_NOTICE_HOSTS)"
            )
            raise invalid("callback_url", message) from None

    async def show(self, caller: Caller, dialect: str, any_id: str, family: str = "") -> Task:
        """The caller's own task, in the dialect it was made in (the native dialect shows all). Raises NOT_FOUND."""
        job = await self._job(caller, dialect, any_id)
        if family and job.family != family:
            raise unknown_task(any_id)
        return self._shown(job)

    async def _job(self, caller: Caller, dialect: str, any_id: str) -> Job:
        row = await self._row(caller, dialect, any_id)
        if row is None:
            raise unknown_task(any_id)
        return from_row(row)

    async def _row(self, caller: Caller, dialect: str, any_id: str) -> Mapping[str, Any] | None:
        row = await self.store.row("task_of_owner", any_id=any_id, account_id=caller.account_id)
        if row is None:
            return await self.store.row(
                "task_by_external_id", external_id=any_id, account_id=caller.account_id, dialect=dialect
            )
        return row if dialect in {row["dialect"], "native"} else None

    async def wait(self, caller: Caller, dialect: str, any_id: str, seconds: float) -> Task:
        """The task when it is final, or as it is after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                async for task in self.watch_task(caller, dialect, any_id):
                    if task.state.final:
                        return task
        except TimeoutError:
            pass
        return await self.show(caller, dialect, any_id)

    async def watch_task(self, caller: Caller, dialect: str, any_id: str) -> AsyncIterator[Task]:
        """The task now, and again at each change, until it is final."""
        seen = None
        while True:
            job = await self._job(caller, dialect, any_id)
            mark = (job.state, job.progress, job.finished_at)
            if mark != seen:
                seen = mark
                yield self._shown(job)
            if job.state.final:
                return
            await self.changes.wait(job.id, Changes.LOOK)

    async def list(self, caller: Caller, dialect: str, wanted: Filter) -> Page:
        """One page of the caller's tasks. Raises INVALID for a cursor that names none of them."""
        if wanted.ids is not None:
            found = [await self._row(caller, dialect, name) for name in wanted.ids]
            named = [from_row(row) for row in found if row is not None]
            return Page(tuple(self._shown(job) for job in named), None, len(named))
        after = await self._row(caller, dialect, wanted.after) if wanted.after else None
        if wanted.after and after is None:
            raise invalid("after", f"there is no task {wanted.after[:80]!r} to list from")
        which: dict[str, Any] = {
            "account_id": caller.account_id,
            "dialect": "" if dialect == "native" else dialect,
            "state": wanted.state.value if wanted.state else "",
            "model": wanted.model or "",
            "family": wanted.family,
        }
        rows = await self.store.rows(
            "list_tasks_ascending" if wanted.ascending else "list_tasks",
            **which,
            after=after["id"] if after else "",
            limit=wanted.limit + 1,
            offset=wanted.offset,
        )
        jobs = [from_row(row) for row in rows[: wanted.limit]]
        more = jobs[-1].id if len(rows) > wanted.limit else None
        counted = await self.store.row("count_tasks", **which) if wanted.counted else None
        return Page(tuple(self._shown(job) for job in jobs), more, counted["n"] if counted else 0)

    async def delete(
        self, caller: Caller, dialect: str, any_id: str, check: Callable[[Task], None] | None = None
    ) -> Task:
        """Forget a finished task; what it was. Raises CONFLICT while it runs, and what `check` raises."""
        job = await self._job(caller, dialect, any_id)
        task = self._shown(job)
        if check is not None:
            check(task)
        if not job.state.final:
            raise Trouble(Problem.CONFLICT, f"the task is {job.state.value}; cancel it, or wait for its end")
        await self.store.write(*erasing.erase(job, await self.store.now()))
        return task

    async def wallet(self, caller: Caller, period: Period | None = None) -> Wallet:
        """What the caller's account holds now, and what it spent in a period if one is given."""
        row = await self.store.row("account_by_id", id=caller.account_id)
        running = await self.store.row("running_of_account", account_id=caller.account_id)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, "this account is gone")
        return Wallet(
            account_id=row["id"],
            name=row["name"],
            balance=row["balance"],
            held=row["held"],
            plan=row["plan"],
            running=running["n"] if running else 0,
            spent=await self._spent(caller, period) if period else (),
        )

    async def _spent(self, caller: Caller, period: Period) -> tuple[Spend, ...]:
        """By day and model. The days are those on which the tasks were made: their ids sort by time."""
        today = await self.store.now() // DAY * DAY
        end = period.end if period.end is not None else None if period.start is None else period.start + MONTH
        start = period.start if period.start is not None else (today if end is None else end) - MONTH
        rows = await self.store.rows(
            "spent_of_account",
            account_id=caller.account_id,
            first=first_id("task", start),
            last=first_id("task", today + DAY if end is None else end),
        )
        return tuple(Spend(row["day"], row["model"], row["amount"]) for row in rows)

    async def cancel(self, caller: Caller, dialect: str, any_id: str) -> Task:
        """Ask for the end. What is not sent yet ends at once; else the upstream is asked, and its word counts."""
        job = await self._job(caller, dialect, any_id)
        if not job.state.final:
            await self.store.write(
                Step(
                    "ask_cancel",
                    {
                        "id": job.id,
                        "account_id": caller.account_id,
                        "at": await self.store.now(),
                    },
                    None,
                )
            )
            self._wake(job.upstream)
            for _ in range(
                20
            ):  # an upstream of ours answers within moments; then the client sees the end at once
                await self.changes.wait(job.id, 0.1)
                job = await self._job(caller, dialect, any_id)
                if job.state.final:
                    break
        return self._shown(job)

    async def called_back(self, task_id: str) -> None:
        """An upstream says that something happened: a hint, so look now."""
        await self.store.write(Step("nudge_task", {"id": task_id, "at": await self.store.now()}, None))
        row = await self.store.row("task_by_id", id=task_id)
        if row is not None:
            self._wake(row["upstream"])

    def _shown(self, job: Job) -> Task:
        return self.media.linked(job.task())

    async def open_upload(self, caller: Caller, filename: str) -> Slot:
        self.media.room()
        return await self.media.open_upload(caller, filename)

    async def receive_upload(self, slot_id: str, chunks: AsyncIterator[bytes], media_type: str) -> None:
        await self.media.receive_upload(slot_id, chunks, media_type)

    async def finish_upload(self, caller: Caller, slot_id: str) -> Slot:
        return await self.media.finish_upload(caller, slot_id)

    async def name_upload(self, caller: Caller, naming: Naming) -> Slot:
        return await self.media.name_upload(caller, naming)

    async def file(self, bucket: str, name: str) -> tuple[str, int, str, str] | None:
        """A stored file behind a checked link: its SHA-256, size, media type, and a name to save it under."""
        return await self.media.file(bucket, name)

    async def sheet(self, artifact_id: str) -> bytes | None:
        """Pictures of a film on one JPEG; None if it is not kept, or is no film. Who asks was checked."""
        return await self.media.sheet(artifact_id)

    def models(self, caller: Caller | None) -> list[dict[str, Any]]:
        """The models that a caller may see, each with its vendor and kind, by name."""
        table = self.watch.now.table
        names = set(table.routes) | set(() if table.real else table.known)
        kinds = self.watch.kinds
        return [
            {"id": name, "vendor": table.known.get(name, "operator"), "kind": kinds.get(name, "video")}
            for name in sorted(names)
            if caller is None or may_see(caller, name)
        ]

    def prices(self) -> list[dict[str, Any]]:
        """The price page's rows, for the models that can be used now; `as` says in whose name a row is written."""
        configuration = self.watch.now
        if self._prices is None or self._prices[0] is not configuration:
            rows = [
                {
                    "model": model["id"],
                    "as": rate.model,
                    "unit": rate.unit,
                    "usd": format_usd(rate.amount or 0),
                    "when": rate.when,
                    "example": example(rate),
                    "source": rate.source,
                    "date": rate.date,
                }
                for model in self.models(None)
                for rate in rows_of(model["id"], configuration)
            ]
            self._prices = configuration, rows
        return self._prices[1]

    async def ready(self) -> bool:
        """Whether the database answers."""
        return await self.store.row("config_version") is not None
