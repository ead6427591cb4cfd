"""Copies an upstream's results into our store, and learns what they are: size, duration, poster, previews."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from framegate.artifacts import Shelf
from framegate.artifacts.preview import Look
from framegate.core.provider import Credential, Provider
from framegate.core.task import Artifact, Kind, Output
from framegate.core.wire import Blob, File, Small, get
from framegate.engine.filing import SMALL, discard
from framegate.engine.job import Job
from framegate.routing import Upstream
from framegate.transport import Refused, Transport, Unknown
from framegate.transport.sniff import sniff

FETCH = 600.0
"""Seconds that copying one result may take."""
LARGEST = 4_000_000_000
"""Bytes that one result may have."""


Inspect = Callable[[File], Awaitable[Look]]


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

    async def keep(
        self, job: Job, upstream: Upstream, provider: Provider
    ) -> tuple[tuple[Artifact, ...], tuple[Small, ...]]:
        """The artifacts of the job's outputs, and of their files the small ones, which the caller writes down.

        Raises what `Transport` raises when one cannot be had.
        """
        kept = [
            await self._one(job, place, output, upstream, provider)
            for place, output in enumerate(job.outputs)
        ]
        return tuple(artifact for artifact, _ in kept), tuple(file for _, small in kept for file in small)

    async def _one(
        self,
        job: Job,
        place: int,
        output: Output,
        upstream: Upstream,
        provider: Provider,
    ) -> tuple[Artifact, list[Small]]:
        file = output.blob or await self._fetch(output, upstream, provider)
        small = [file] if isinstance(file, Small) else []
        blobs = {file.path: file} if isinstance(file, Blob) else {}
        try:
            look = await self._inspect(file)
            # a poster may be a preview too, and a small picture is both itself
            blobs |= {blob.path: blob for blob in (look.poster, *look.previews) if blob and blob.path}
            light = [blob for blob in blobs.values() if blob.size <= SMALL and blob != output.blob]
            small += [lifted(blob) for blob in light]
            if heavy := [blob for blob in blobs.values() if blob not in light]:
                await self._shelf.put(*heavy)
        except BaseException:  # the next try fetches it anew; what came with an answer is there only once
            for blob in blobs.values():
                if blob != output.blob:
                    discard(blob)
            raise
        artifact = Artifact(
            id=f"art_{job.id.removeprefix('task_')}_{place}",
            kind=output.kind,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            seconds=look.seconds,
            width=look.width,
            height=look.height,
            fps=look.fps,
            poster=look.poster.sha256 if look.poster else "",
            previews=tuple(p.sha256 for p in look.previews),
        )
        return artifact, small

    async def _fetch(self, output: Output, upstream: Upstream, provider: Provider) -> File:
        if not provider.local and not output.signed:
            return weighed(
                await self._transport.fetch(
                    output.url,
                    folder=self._folder,
                    max_bytes=LARGEST,
                    deadline=FETCH,
                    allow_hosts=upstream.allow_hosts,
                    accept=ACCEPT[output.kind],
                    over=SMALL,
                )
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
            spool_over=SMALL,
        )
        if response.status != 200:
            raise Unknown(f"the result answered with status {response.status}")
        file = weighed(response.body)
        if not file.media_type.startswith(ACCEPT[output.kind]):
            if isinstance(file, Blob):
                discard(file)
            raise Refused("the result is no media file")
        return file


def weighed(body: bytes | Blob) -> File:
    """What came, as a file."""
    if isinstance(body, Blob):
        return body
    return Small(body, hashlib.sha256(body).hexdigest(), sniff(body) or "application/octet-stream")


def lifted(blob: Blob) -> Small:
    """A small file that lies in one on the disk, which is gone then."""
    content = Path(blob.path).read_bytes()
    discard(blob)
    return Small(content, blob.sha256, blob.media_type)


ACCEPT: dict[Kind, tuple[str, ...]] = {
    Kind.IMAGE: ("image/",),
    Kind.VIDEO: ("video/", "image/"),
    Kind.MUSIC: ("audio/", "video/"),
    Kind.SPEECH: ("audio/", "video/"),
    Kind.SOUND: ("audio/", "video/"),
}
