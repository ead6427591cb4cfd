"""We tell the client: an outbox of signed notices, with retries for a day. Standard Webhooks signatures.

A notice is written in the transition that it tells of, so no crash loses it; it is sent by whoever claims it. Of one
task only one notice is under way, and newer news replaces older that still waits: what arrives is never in the wrong
order.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
import structlog
from standardwebhooks.webhooks import Webhook

from framegate.access.vault import derive
from framegate.core.dialect import Dialect
from framegate.core.task import Task
from framegate.core.wire import Request
from framegate.engine.ids import new_id
from framegate.engine.job import Job
from framegate.engine.pace import jitter
from framegate.store import Row, Step, Store, step
from framegate.transport import NotSent, Refused, Transport, Unknown

log = structlog.get_logger("framegate.notices")

BACK_OFF = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 32400)
"""Seconds between tries: the last one comes a day after the first."""
LEASE = 30_000
DEADLINE = 15.0
"""Seconds that a receiver may take."""
OVERLAP = 86_400_000
"""Milliseconds for which the secret before the newest goes on signing too: time to change it at the receiver."""
AT_ONCE = 50
"""Notices under way: a receiver that hangs holds up none but its own."""
IDLE = 0.5
"""Seconds between two looks when nothing is due."""


def outbox(
    dialects: Mapping[str, Dialect], linked: Callable[[Task], Task]
) -> Callable[[Job], tuple[Step, ...]]:
    """The rows to write when a task changes: its notice in the dialect's own form, or the native one."""

    def rows(job: Job) -> tuple[Step, ...]:
        dialect = dialects.get(job.dialect)
        if dialect is None or dialect.encode_notice is None:
            dialect = dialects["native"]
        if not job.callback_url or job.state not in dialect.notice_states or dialect.encode_notice is None:
            return ()
        request = dialect.encode_notice(linked(job.task()))
        return (
            step("supersede_notices", None, task_id=job.id, now=job.updated_at),
            step(
                "insert_notice",
                id=new_id("msg", job.updated_at),
                task_id=job.id,
                account_id=job.account_id,
                url=job.callback_url,
                kind=f"task.{job.state.value}",
                headers=msgspec.json.encode(dict(request.headers)).decode(),
                body=msgspec.json.encode(request.json).decode(),
                due_at=job.updated_at,
                tries=0,
                state="due",
                lease_until=0,
                last_error=None,
                created_at=job.updated_at,
                sent_at=None,
            ),
        )

    return rows


def secret_of(master: bytes, account_id: str, version: int) -> str:
    """An account's signing secret as the Standard Webhooks libraries take it; each rotation is a version more."""
    return "whsec_" + base64.b64encode(derive(master, f"notices {account_id} {version}", 24)).decode()


async def secrets_of(store: Store, master: bytes, account_id: str) -> tuple[str, ...]:
    """The signing secrets of an account that are good now, newest first."""
    row = await store.row("notice_secret", id=account_id)
    version, since = (row["notice_secret"], row["notice_secret_at"]) if row else (1, 0)
    overlaps = version > 1 and await store.now() - since < OVERLAP
    return tuple(
        secret_of(master, account_id, n) for n in ((version, version - 1) if overlaps else (version,))
    )


class Notices:
    """Sends what is due. `master` is the key that all signing secrets are derived from."""

    def __init__(
        self, store: Store, transport: Transport, master: bytes, allow_hosts: tuple[str, ...] = ()
    ) -> None:
        self._store = store
        self._transport = transport
        self._master = master
        self._allow_hosts = allow_hosts
        self._main: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._main = asyncio.create_task(self._run(), name="notices")

    async def stop(self) -> None:
        if self._main:
            self._main.cancel()
            for sending in self._sending:
                sending.cancel()
            await asyncio.gather(self._main, *self._sending, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                rows = await self._claim(AT_ONCE - len(self._sending))
            except Exception:
                log.exception("claiming notices failed")
                rows = []
            for row in rows:
                sending = asyncio.create_task(self._try(row))
                self._sending.add(sending)
                sending.add_done_callback(self._sending.discard)
            if self._sending and len(self._sending) >= AT_ONCE:
                await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
            elif not rows:
                await asyncio.sleep(IDLE)

    async def _claim(self, room: int) -> list[Row]:
        now = await self._store.now()
        return await self._store.take("claim_notices", now=now, lease_until=now + LEASE, limit=room)

    async def _try(self, row: Row) -> None:
        try:
            await self._send(row)
        except Exception:
            log.exception("sending a notice failed", notice=row["id"])

    async def _send(self, row: Row) -> None:
        began = time.perf_counter()
        status, error = None, None
        try:
            request = await self._signed(row)
            response = await self._transport.post_guarded(
                request, deadline=DEADLINE, allow_hosts=self._allow_hosts
            )
            status = response.status
            if not 200 <= status < 300:
                error = f"answered with status {status}"
        except (NotSent, Unknown, Refused) as problem:
            error = str(problem)[:300]
        now, tries = await self._store.now(), int(row["tries"]) + 1
        last = tries > len(BACK_OFF)
        due = None if error is None or last else now + jitter(BACK_OFF[tries - 1] * 1000, row["id"], 0.2)
        ms = int((time.perf_counter() - began) * 1000)
        await self._store.write(
            step(
                "end_notice",
                None,
                id=row["id"],
                state="sent" if error is None else "dead" if last else "due",
                tries=tries,
                due_at=due,
                last_error=error,
                sent_at=now if error is None else None,
            ),
            step("log_delivery", None, notice_id=row["id"], at=now, ms=ms, status=status, error=error),
        )

    async def _signed(self, row: Row) -> Request:
        """The request, signed now, for a day after a rotation with the secret before too."""
        at, body = datetime.now(UTC), row["body"]
        secrets = await secrets_of(self._store, self._master, row["account_id"])
        return Request(
            method="POST",
            url=row["url"],
            headers={
                **msgspec.json.decode(row["headers"]),
                "content-type": "application/json",
                "webhook-id": row["id"],
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": " ".join(Webhook(s).sign(row["id"], at, body) for s in secrets),
            },
            content=body.encode(),
        )
