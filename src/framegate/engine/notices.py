"""We tell the client: an outbox of signed notices, with retries for a day. Standard Webhooks signatures.

The notice is written in the transaction that ends the task, so no crash loses it; it is sent by whoever claims it.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
import structlog
from standardwebhooks.webhooks import Webhook

from framegate.core.dialect import Dialect
from framegate.core.task import Task
from framegate.core.wire import Request
from framegate.engine.ids import new_id
from framegate.engine.job import Job
from framegate.engine.pace import jitter
from framegate.store import Step, Store, step
from framegate.transport import NotSent, Refused, Transport, Unknown

log = structlog.get_logger("framegate.notices")

BACK_OFF = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Seconds between tries: about a day in all."""
LEASE = 30_000


def outbox(
    dialects: Mapping[str, Dialect], linked: Callable[[Task], Task]
) -> Callable[[Job], tuple[Step, ...]]:
    """The rows to write when a task ends: its notice in the dialect's own form, or the native one."""

    def rows(job: Job) -> tuple[Step, ...]:
        if not job.callback_url:
            return ()
        dialect = dialects.get(job.dialect)
        encode = (dialect and dialect.encode_notice) or dialects["native"].encode_notice
        if encode is None:
            return ()
        request = encode(linked(job.task()))
        return (
            step(
                "insert_notice",
                id=new_id("msg", job.updated_at),
                task_id=job.id,
                account_id=job.account_id,
                url=job.callback_url,
                kind=f"task.{job.state.value}",
                headers="{}",
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


def secret_of(key: bytes, account_id: str) -> str:
    """An account's signing secret as the Standard Webhooks libraries take it. `key` is derived for notices."""
    from framegate.access.vault import derive  # noqa: PLC0415 - keeps cryptography out of pure importers

    return "whsec_" + base64.b64encode(derive(key, f"notices {account_id}", 24)).decode()


class Notices:
    """Sends what is due, one claim at a time."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        key: bytes,
        allow_hosts: tuple[str, ...] = (),
    ) -> None:
        self._store = store
        self._transport = transport
        self._key = key
        self._allow_hosts = allow_hosts
        self._main: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._main = asyncio.create_task(self._run(), name="notices")

    async def stop(self) -> None:
        if self._main:
            self._main.cancel()
            await asyncio.gather(self._main, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                now = await self._store.now()
                rows = await self._store.take("claim_notices", now=now, lease_until=now + LEASE, limit=20)
                await asyncio.gather(*(self._send(row) for row in rows))
                if rows:
                    continue
            except Exception:
                log.exception("sending notices failed")
            await asyncio.sleep(0.5)

    async def _send(self, row: Mapping[str, object]) -> None:
        body, notice_id = str(row["body"]), str(row["id"])
        at = datetime.now(UTC)
        signature = Webhook(secret_of(self._key, str(row["account_id"]))).sign(notice_id, at, body)
        request = Request(
            method="POST",
            url=str(row["url"]),
            headers={
                "content-type": "application/json",
                "webhook-id": notice_id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": signature,
            },
            content=body.encode(),
        )
        error: str | None = None
        try:
            response = await self._transport.post_guarded(
                request, deadline=15.0, allow_hosts=self._allow_hosts
            )
            if not 200 <= response.status < 300:
                error = f"answered with status {response.status}"
        except (NotSent, Unknown, Refused) as problem:
            error = str(problem)[:300]
        now, tries = await self._store.now(), int(str(row["tries"])) + 1
        last = tries > len(BACK_OFF)
        due = None if error is None or last else now + jitter(BACK_OFF[tries - 1] * 1000, notice_id, 0.2)
        await self._store.write(
            step(
                "end_notice",
                None,
                id=notice_id,
                state="sent" if error is None else "dead" if last else "due",
                tries=tries,
                due_at=due,
                last_error=error,
                sent_at=now if error is None else None,
            )
        )
