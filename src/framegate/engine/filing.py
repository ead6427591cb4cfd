"""Files counted by reference: said to be coming before they are stored, referred to in the unit that needs them.

Between the two a file is loose. The sweeper removes what has been loose for long and that nobody refers to; it marks it
first, and a marked file can be neither said to be coming nor referred to. So it is never taken from under somebody who
stores the same bytes at that moment: who comes too late waits for a moment, and stores them anew.

A small file needs none of this: its bytes are written in the unit that refers to it, beside the rows about it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from itertools import accumulate
from pathlib import Path

from framegate.artifacts import Shelf
from framegate.core.wire import Blob, Small
from framegate.engine.job import text
from framegate.store import Step, Store, step

SMALL = 16_384
"""Bytes of a result that is kept in the database: a file of its own would cost more than its row."""
PATIENCE = 50
"""How often a file that is just being removed is tried again, ten times a second."""


class Filed:
    """A shelf whose files are counted, and the small ones beside it. What a request must send of those is copied to
    `cache` first.
    """

    def __init__(self, store: Store, shelf: Shelf, cache: Path) -> None:
        self._store = store
        self._shelf = shelf
        self._cache = cache

    async def put(self, *blobs: Blob) -> None:
        """Keep files; whoever needs them refers to them within the hour. Raises `OSError` when there is no room."""
        await self.reserve(*blobs)
        await self._shelf.put(*blobs)

    async def reserve(self, *blobs: Blob) -> None:
        """Files that are there stay for an hour more. Raises `TimeoutError` when the removal of one takes too long."""
        by_content = {blob.sha256: blob for blob in blobs}
        rows = [{"sha256": b.sha256, "size": b.size, "media_type": b.media_type} for b in by_content.values()]
        for _ in range(PATIENCE):
            at = await self._store.now()
            given = await self._store.take("reserve_files", files=text(rows), at=at)
            if len(given) == len(rows):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError("a file of the same content is just being removed")

    async def size(self, sha256: str) -> int | None:
        content = await self._content(sha256)
        return await self._shelf.size(sha256) if content is None else len(content)

    async def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        content = await self._content(sha256) if end <= SMALL else None
        if content is not None:
            yield content[start:end]
            return
        async for piece in self._shelf.read(sha256, start, end):
            yield piece

    async def path(self, sha256: str) -> Path:
        content = await self._content(sha256)
        if content is None:
            return await self._shelf.path(sha256)
        return await asyncio.to_thread(self._copy, sha256, content)

    async def delete(self, sha256: str) -> None:
        await self._shelf.delete(sha256)
        await asyncio.to_thread((self._cache / sha256).unlink, missing_ok=True)

    async def tidy(self, seconds: float) -> int:
        return await self._shelf.tidy(seconds)

    def free_bytes(self) -> int:
        return self._shelf.free_bytes()

    async def _content(self, sha256: str) -> bytes | None:
        row = await self._store.row("file_content", sha256=sha256)
        return row["content"] if row else None

    def _copy(self, sha256: str, content: bytes) -> Path:
        target = self._cache / sha256
        if not target.exists():
            part = self._cache / f"{secrets.token_hex(16)}.part"
            part.write_bytes(content)
            part.rename(target)
        return target


def discard(blob: Blob) -> None:
    """Remove a file that came in and could not be put on the shelf."""
    Path(blob.path).unlink(missing_ok=True)


def referred(
    owners: Iterable[tuple[str, Iterable[str]]], small: Iterable[Small] = (), at: int = 0
) -> tuple[Step, ...]:
    """Refer to files, by owner: stored ones, and `small` ones that are written `at` this moment.

    The unit does not hold when a stored one was removed meanwhile, or a small one is just being removed.
    """
    by_owner = {owner: sorted({name for name in names if name}) for owner, names in owners}
    every = sorted({name for names in by_owner.values() for name in names})
    if not every:
        return ()
    return (
        kept(every, {file.sha256: file for file in small}, at),
        *(
            step("refer", None, owner=owner, sha256s=" ".join(names))
            for owner, names in by_owner.items()
            if names
        ),
    )


def kept(names: list[str], small: dict[str, Small], at: int) -> Step:
    """Files are needed from now on; the small ones, by their names, are written."""
    stored = " ".join(name for name in names if name not in small)
    if not small:
        return step("confirm_files", len(names), sha256s=stored)
    files = [small[name] for name in sorted(small)]
    starts = accumulate((file.size for file in files), initial=0)
    rows = [
        {"sha256": file.sha256, "size": file.size, "media_type": file.media_type, "start": start}
        for file, start in zip(files, starts, strict=False)
    ]
    content = b"".join(file.content for file in files)
    return step("keep_files", len(names), sha256s=stored, files=text(rows), content=content, at=at)


def unreferred(owner: str, at: int) -> tuple[Step, ...]:
    """An owner goes: the sweeper looks at its files in an hour."""
    return (step("loosen_files", None, owner=owner, at=at), step("unrefer", None, owner=owner))
