"""How the worker reaches upstreams: calls that are signed, timed, written down, and tell of the upstream's health."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from framegate.artifacts.local import sync
from framegate.core.provider import Credential, Provider, seconds_of
from framegate.core.task import Media
from framegate.core.wire import Blob, Request, Response
from framegate.engine.health import WELL, Health, answered, asked_to_wait, missed
from framegate.engine.story import Call
from framegate.routing import Upstream
from framegate.store import Store
from framegate.transport import NotSent, Transport, Unknown

log = structlog.get_logger("framegate.upstreams")

SEND = 45.0
"""Seconds that a submit may take: less than what is left of the lease."""
POLL = 20.0
UPLOAD = 300.0
REFUSALS = frozenset({401, 402, 403})
BUSY = 429
CALLS = 200
"""Calls of one task that wait to be written down at most."""


class Reach:
    """The upstreams as this process sees them."""

    def __init__(
        self, store: Store, transport: Transport, credential: Callable[[Upstream], Credential]
    ) -> None:
        self._store = store
        self._transport = transport
        self._credential = credential
        self._health: dict[str, Health] = {}
        self._calls: dict[str, list[Call]] = {}

    def health(self, upstream: str) -> Health:
        return self._health.get(upstream, WELL)

    def sick(self) -> dict[str, Health]:
        """The upstreams that new tasks had better avoid."""
        return {name: health for name, health in self._health.items() if health.sick}

    async def call(  # noqa: PLR0913 - a call has this many sides
        self,
        task_id: str,
        what: str,
        upstream: Upstream,
        provider: Provider,
        request: Request,
        deadline: float,
        since: float | None = None,
    ) -> Response:
        """One call about a task, under the upstream's own pool, within `deadline` seconds, which count from `since` as
        in `Transport.send`. Raises what that raises.
        """
        began = time.perf_counter()
        try:
            credential = self._credential(upstream)
            response = await self._transport.send(
                request,
                base_url=upstream.base_url or provider.base_url,
                hosts=provider.hosts,
                sign=lambda r: provider.sign(r, credential, datetime.now(UTC)),
                deadline=deadline,
                allow_hosts=upstream.allow_hosts,
                proxy=upstream.proxy or None,
                pool=upstream.name,
                since=since,
            )
        except (NotSent, Unknown) as error:
            await self._note(task_id, what, request, began, None, str(error))
            await self.blame(upstream.name, str(error))
            raise
        if isinstance(response.body, Blob):  # it may be the result itself, which is there only once
            await asyncio.to_thread(sync, Path(response.body.path))
        await self._note(task_id, what, request, began, response.status, "")
        await self._judge(upstream.name, response)
        return response

    async def upload(self, task_id: str, item: Media, upstream: Upstream, provider: Provider) -> Media:
        """The medium as the vendor knows it after its upload, in one step or two. Raises what decoders raise too."""
        exchange = provider.upload
        assert exchange is not None
        response = await self.call(task_id, "upload", upstream, provider, exchange.encode(item), SEND)
        got = exchange.decode(item, response)
        self.understood(upstream.name)
        if isinstance(got, Media):
            return got
        began = time.perf_counter()
        stored = await self._transport.send(
            got.request,
            base_url=upstream.base_url or provider.base_url,
            deadline=UPLOAD,
            allow_hosts=upstream.allow_hosts,
            proxy=upstream.proxy or None,
            pool=upstream.name,
        )
        await self._note(task_id, "upload", got.request, began, stored.status, "")
        if not 200 <= stored.status < 300:
            raise Unknown(f"the upload answered with status {stored.status}")
        return got.media

    async def blame(self, upstream: str, why: str, *, grave: bool = False) -> None:
        """The upstream failed us, or (`grave`) refuses us whatever we ask."""
        before = self.health(upstream)
        after = missed(before, await self._store.now(), why, grave=grave, seed=upstream)
        self._health[upstream] = after
        if after.sick and not before.sick:
            log.warning("upstream paused", upstream=upstream, why=why)

    def shared(self, task_id: str, others: list[str]) -> None:
        """The newest call about a task was about others too."""
        newest = self._calls[task_id][-1]
        for other in others:
            self._calls.setdefault(other, []).append(newest)

    def told(self, task_id: str) -> list[Call]:
        """The calls made about a task since it was last written down: to be written with what they led to."""
        return self._calls.pop(task_id, [])

    async def _judge(self, upstream: str, response: Response) -> None:
        if response.status in REFUSALS:
            await self.blame(upstream, f"it answers with status {response.status}", grave=True)
        elif response.status >= 500:
            await self.blame(upstream, f"it answers with status {response.status}")
        elif response.status == BUSY:
            retry_after = seconds_of(response.headers.get("retry-after"))
            self._health[upstream] = asked_to_wait(
                self.health(upstream), await self._store.now(), retry_after
            )
        elif response.status >= 300:  # a good status may come with a page of garbage: see `understood`
            self.understood(upstream)

    def understood(self, upstream: str) -> None:
        """The upstream answered in its own words: it does its work."""
        if (before := self.health(upstream)).misses:
            self._health[upstream] = answered(before)
            if before.sick:
                log.info("upstream answers again", upstream=upstream)

    async def garbled(self, upstream: str, error: Exception) -> None:
        """The upstream answered with a good status and what nobody can read, as a page for people is."""
        await self.blame(upstream, f"its answer could not be read: {error}"[:300])

    async def _note(  # noqa: PLR0913 - what there is to say of a call
        self, task_id: str, what: str, request: Request, began: float, status: int | None, detail: str
    ) -> None:
        calls = self._calls.setdefault(task_id, [])
        if len(calls) < CALLS:
            at, ms = await self._store.now(), int((time.perf_counter() - began) * 1000)
            calls.append(Call(at, what, request.method, shown(request.url), status, ms, detail[:300] or None))


def shown(url: str) -> str:
    """A URL without its query: what is signed or secret in one stands there."""
    plain = url.partition("#")[0].partition("?")[0]
    if "://" not in plain:
        return plain
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
