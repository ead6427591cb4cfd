"""Results and input media, kept by their content: the same bytes are one file, named by their SHA-256."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from framegate.core.wire import Blob


class Shelf(Protocol):
    """A store of files by their SHA-256."""

    async def put(self, *blobs: Blob) -> None:
        """Keep files; their temporary originals are gone afterwards. Idempotent."""
        ...

    async def size(self, sha256: str) -> int | None:
        """Bytes of a kept file; None if there is none."""
        ...

    def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to `end` (not included), in pieces."""
        ...

    async def path(self, sha256: str) -> Path:
        """A local file with the content, for a request that sends it. Raises `FileNotFoundError`."""
        ...

    async def delete(self, sha256: str) -> None:
        """Keep a file no longer. There need not be one."""
        ...

    async def tidy(self, seconds: float) -> int:
        """Remove what was begun more than so long ago and never ended; how many files that were."""
        ...

    def free_bytes(self) -> int:
        """Room that is left; a very large number where the store has no end."""
        ...


def open_shelf(url: str, spool: Path) -> Shelf:
    """A folder, or `s3://…`, `gs://…`, `az://…` (whose credentials come from the usual variables of each)."""
    if "://" in url:
        from framegate.artifacts.cloud import Cloud  # noqa: PLC0415 - only where it is used

        return Cloud(url, spool)
    from framegate.artifacts.local import Folder  # noqa: PLC0415

    return Folder(Path(url))
