"""Polls of one upstream that fall due together, asked in one call where the provider takes that."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from framegate.core.provider import Provider, Weather
from framegate.core.task import Handle, Report
from framegate.core.wire import Malformed
from framegate.engine.reach import POLL, Reach
from framegate.routing import Upstream
from framegate.transport import NotSent, Refused, Unknown

WINDOW = 0.02
"""Seconds for which the first poll waits for others."""
MOST = 50
"""Tasks in one call."""


class Asked(NamedTuple):
    """One task that waits for its report; None: the answer did not name it."""

    task_id: str
    handle: Handle
    report: asyncio.Future[Report | None]


class Together:
    """Gathers polls by upstream."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._waiting: dict[str, list[Asked]] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def poll(
        self, task_id: str, upstream: Upstream, provider: Provider, handle: Handle
    ) -> Report | None:
        """The report about one task. Raises what `Transport` and the decoder raise, to all that were asked together."""
        asked = Asked(task_id, handle, asyncio.get_running_loop().create_future())
        waiting = self._waiting.setdefault(upstream.name, [])
        waiting.append(asked)
        if len(waiting) == 1:
            call = asyncio.create_task(self._soon(upstream, provider))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return await asked.report

    async def _soon(self, upstream: Upstream, provider: Provider) -> None:
        await asyncio.sleep(WINDOW)
        waiting = self._waiting.pop(upstream.name)
        for start in range(0, len(waiting), MOST):
            await self._ask(waiting[start : start + MOST], upstream, provider)

    async def _ask(self, asked: list[Asked], upstream: Upstream, provider: Provider) -> None:
        exchange = provider.poll_many
        assert exchange is not None
        handles = tuple(one.handle for one in asked)
        first, *others = (one.task_id for one in asked)
        try:
            request = exchange.encode(handles)
            response = await self._reach.call(first, "poll", upstream, provider, request, POLL)
            self._reach.shared(first, others)
            reports = exchange.decode(handles, response)
        except (Malformed, Weather, NotSent, Unknown, Refused) as error:
            for one in asked:
                if not one.report.done():
                    one.report.set_exception(error)
            return
        for one, report in zip(asked, reports, strict=True):
            if not one.report.done():
                one.report.set_result(report)
