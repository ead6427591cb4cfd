"""Copies an upstream's results into our store, and learns what they are: size, duration, poster, previews."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from framegate.artifacts import Shelf
from framegate.artifacts.preview import Look
from framegate.core.provider import Credential, Provider
from framegate.core.task import Artifact, Kind, Output
from framegate.core.wire import Blob, get
from framegate.engine.filing import discard
from framegate.engine.job import Job
from framegate.routing import Upstream
from framegate.transport import Refused, Transport, Unknown

FETCH = 600.0
"""Seconds that copying one result may take."""
LARGEST = 4_000_000_000
"""Bytes that one result may have."""


Inspect = Callable[[Blob], Awaitable[Look]]


class Keeper:
    """Keeps the outputs of one task. Idempotent: the same bytes lie under the same name."""

    def __init__(
        self,
        *,
        transport: Transport,
        shelf: Shelf,
        inspect: Inspect,
        credential: Callable[[Upstream], Credential],
        folder: Path,
    ) -> None:
        self._transport = transport
        self._shelf = shelf
        self._inspect = inspect
        self._credential = credential
        self._folder = folder

    async def keep(self, job: Job, upstream: Upstream, provider: Provider) -> tuple[Artifact, ...]:
        """The artifacts of the job's outputs. Raises what `Transport` raises when one cannot be had."""
        kept = [
            await self._one(job, place, output, upstream, provider)
            for place, output in enumerate(job.outputs)
        ]
        return tuple(kept)

    async def _one(
        self,
        job: Job,
        place: int,
        output: Output,
        upstream: Upstream,
        provider: Provider,
    ) -> Artifact:
        blob = output.blob or await self._fetch(output, upstream, provider)
        files = {blob.path: blob}  # a poster may be a preview too, and a small picture is both itself
        try:
            look = await self._inspect(blob)
            files |= {file.path: file for file in (look.poster, *look.previews) if file}
            await self._shelf.put(*files.values())
        except BaseException:  # the next try fetches it anew; what came with an answer is there only once
            for file in files.values():
                if file != output.blob:
                    discard(file)
            raise
        return Artifact(
            id=f"art_{job.id.removeprefix('task_')}_{place}",
            kind=output.kind,
            media_type=blob.media_type,
            size=blob.size,
            sha256=blob.sha256,
            seconds=look.seconds,
            width=look.width,
            height=look.height,
            fps=look.fps,
            poster=look.poster.sha256 if look.poster else "",
            previews=tuple(p.sha256 for p in look.previews),
        )

    async def _fetch(self, output: Output, upstream: Upstream, provider: Provider) -> Blob:
        if not provider.local and not output.signed:
            return await self._transport.fetch(
                output.url,
                folder=self._folder,
                max_bytes=LARGEST,
                deadline=FETCH,
                allow_hosts=upstream.allow_hosts,
                accept=ACCEPT[output.kind],
            )
        credential = self._credential(upstream)
        response = await self._transport.send(
            get(output.url),
            base_url=upstream.base_url or provider.base_url,
            hosts=provider.hosts,
            sign=(lambda r: provider.sign(r, credential, datetime.now(UTC))) if output.signed else None,
            deadline=FETCH,
            allow_hosts=upstream.allow_hosts,
            proxy=upstream.proxy or None,
            pool=upstream.name,
            spool_over=0,
        )
        if response.status != 200:
            raise Unknown(f"the result answered with status {response.status}")
        if not isinstance(response.body, Blob) or not response.body.media_type.startswith(
            ACCEPT[output.kind]
        ):
            raise Refused("the result is no media file")
        return response.body


ACCEPT: dict[Kind, tuple[str, ...]] = {
    Kind.IMAGE: ("image/",),
    Kind.VIDEO: ("video/", "image/"),
    Kind.MUSIC: ("audio/", "video/"),
    Kind.SPEECH: ("audio/", "video/"),
    Kind.SOUND: ("audio/", "video/"),
}
