"""Files counted by reference: said to be coming before they are stored, referred to in the unit that needs them.

Between the two a file is loose. The sweeper removes what has been loose for long and that nobody refers to; it marks it
first, and a marked file can be neither said to be coming nor referred to. So it is never taken from under somebody who
stores the same bytes at that moment: who comes too late waits for a moment, and stores them anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from framegate.artifacts import Shelf
from framegate.core.wire import Blob
from framegate.engine.job import text
from framegate.store import Step, Store, step

PATIENCE = 50
"""How often a file that is just being removed is tried again, ten times a second."""


class Filed:
    """A shelf whose files are counted."""

    def __init__(self, store: Store, shelf: Shelf) -> None:
        self._store = store
        self._shelf = shelf

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
        return await self._shelf.size(sha256)

    def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        return self._shelf.read(sha256, start, end)

    async def path(self, sha256: str) -> Path:
        return await self._shelf.path(sha256)

    async def delete(self, sha256: str) -> None:
        await self._shelf.delete(sha256)

    async def tidy(self, seconds: float) -> int:
        return await self._shelf.tidy(seconds)

    def free_bytes(self) -> int:
        return self._shelf.free_bytes()


def discard(blob: Blob) -> None:
    """Remove a file that came in and could not be put on the shelf."""
    Path(blob.path).unlink(missing_ok=True)


def referred(owners: Iterable[tuple[str, Iterable[str]]]) -> tuple[Step, ...]:
    """Refer to stored files, by owner. The unit does not hold when one of them was removed meanwhile."""
    by_owner = {owner: sorted({name for name in names if name}) for owner, names in owners}
    every = sorted({name for names in by_owner.values() for name in names})
    if not every:
        return ()
    return (
        step("confirm_files", len(every), sha256s=" ".join(every)),
        *(
            step("refer", None, owner=owner, sha256s=" ".join(names))
            for owner, names in by_owner.items()
            if names
        ),
    )


def unreferred(owner: str, at: int) -> tuple[Step, ...]:
    """An owner goes: the sweeper looks at its files in an hour."""
    return (step("loosen_files", None, owner=owner, at=at), step("unrefer", None, owner=owner))
