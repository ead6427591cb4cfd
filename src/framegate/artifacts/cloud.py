"""Files in object storage, through obstore: S3, Google Cloud Storage, Azure; `memory://` for tests."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import obstore
from obstore.store import MemoryStore, ObjectStore, from_url

from framegate.core.wire import Blob

PIECE = 1 << 20
ENDLESS = 1 << 62


class Cloud:
    """A bucket (and a prefix in it). What a request must send is copied to `cache` first."""

    def __init__(self, url: str, cache: Path) -> None:
        self._store: ObjectStore = MemoryStore() if url.startswith("memory://") else from_url(url)
        self._cache = cache

    async def put(self, *blobs: Blob) -> None:
        for blob in blobs:
            await self._put(blob)

    async def _put(self, blob: Blob) -> None:
        if await self.size(blob.sha256) is None:
            with Path(blob.path).open("rb") as file:  # noqa: ASYNC230 - a local file; obstore reads it in its own threads
                await obstore.put_async(self._store, self._name(blob.sha256), file)
        await asyncio.to_thread(Path(blob.path).unlink, missing_ok=True)

    async def size(self, sha256: str) -> int | None:
        try:
            return (await obstore.head_async(self._store, self._name(sha256)))["size"]
        except FileNotFoundError:
            return None

    async def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            stop = min(end, start + PIECE)
            yield bytes(await obstore.get_range_async(self._store, self._name(sha256), start=start, end=stop))
            start = stop

    async def path(self, sha256: str) -> Path:
        target = self._cache / sha256
        if not target.exists():
            size = await self.size(sha256)
            if size is None:
                raise FileNotFoundError(sha256)
            part = self._cache / f"{secrets.token_hex(16)}.part"
            with part.open("wb") as file:
                async for piece in self.read(sha256, 0, size):
                    file.write(piece)
            part.rename(target)
        return target

    async def delete(self, sha256: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, self._name(sha256))
        await asyncio.to_thread((self._cache / sha256).unlink, missing_ok=True)

    async def tidy(self, seconds: float) -> int:  # noqa: ARG002 - nothing begun is left: an object is there whole or not
        return 0

    def free_bytes(self) -> int:
        """Of the disk that holds what passes through."""
        return min(ENDLESS, shutil.disk_usage(self._cache).free)

    def _name(self, sha256: str) -> str:
        return f"{sha256[:2]}/{sha256}"
