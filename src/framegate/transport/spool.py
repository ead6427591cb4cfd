"""Bytes that arrive: kept in memory while small, written to a file with a checksum when large.

A file is not on the disk for sure before who keeps it has synced it.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from framegate.core.wire import Blob
from framegate.transport.outcome import Refused, TooLarge
from framegate.transport.sniff import NEEDED, sniff

FLUSH = 1 << 20
SMALL = 1 << 16
"""Bytes of a file that is written at once."""
RUN = secrets.token_hex(8)
NUMBERS = itertools.count()


class Spool:
    """Takes bytes as they come: `feed` each piece, then `finish`; `discard` what has come when it goes no further.

    The type is sniffed from the first bytes; with `accept`, a file of another type is `Refused` as soon as it shows.
    """

    def __init__(self, folder: Path, *, limit: int, accept: tuple[str, ...] = (), over: int = 0) -> None:
        self._folder = folder
        self._limit = limit
        self._accept = accept
        self._over = over
        self._held = bytearray()
        self._size = 0
        self._writer: _Writer | None = None
        self._checked = not accept

    async def feed(self, chunk: bytes) -> None:
        """Raises `TooLarge` beyond the limit, `Refused`, or `OSError` when there is no room."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLarge(f"larger than {readable(self._limit)}")
        held = self._held
        held += chunk
        if not self._checked and len(held) >= NEEDED:
            self._check()
        if len(held) >= FLUSH and self._size > self._over:
            self._writer = self._writer or _Writer(self._folder, bytes(held[:NEEDED]))
            await asyncio.to_thread(self._writer.write, bytes(held))
            held.clear()

    async def finish(self) -> bytes | Blob:
        """All that came: bytes while at most `over`, else a `Blob` in the folder."""
        if not self._checked:
            self._check()
        held = bytes(self._held)
        if self._writer is None and self._size <= self._over:
            return held
        if self._writer is None and self._size <= SMALL:  # cheaper than the way to another thread and back
            self._writer = _Writer(self._folder, held[:NEEDED])
            return self._writer.finish(held)
        self._writer = self._writer or _Writer(self._folder, held[:NEEDED])
        return await asyncio.to_thread(self._writer.finish, held)

    def discard(self) -> None:
        if self._writer is not None:
            self._writer.discard()

    def _check(self) -> None:
        _expect(bytes(self._held[:NEEDED]), self._accept)
        self._checked = True


async def spool(
    chunks: AsyncIterator[bytes], folder: Path, *, limit: int, accept: tuple[str, ...] = (), over: int = 0
) -> bytes | Blob:
    """All of `chunks`, as a `Spool` takes them. Nothing is left behind on failure."""
    taken = Spool(folder, limit=limit, accept=accept, over=over)
    try:
        async for chunk in chunks:
            await taken.feed(chunk)
        return await taken.finish()
    except BaseException:
        taken.discard()
        raise


def _expect(first: bytes, accept: tuple[str, ...]) -> None:
    found = sniff(first)
    if found is None or not found.startswith(accept):
        wanted = " or ".join(sorted({a.rstrip("/") for a in accept}))
        article = "an" if wanted[0] in "aeiou" else "a"
        raise Refused(f"this is not {article} {wanted} file" + (f" but {found}" if found else ""))


def readable(size: int) -> str:
    """1_500_000 → "1.5 MB"."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


class _Writer:
    def __init__(self, folder: Path, first: bytes) -> None:
        self._path = folder / f"{RUN}-{os.getpid()}-{next(NUMBERS)}.part"
        self._file = self._path.open("xb")
        self._digest = hashlib.sha256()
        self._size = 0
        self._media_type = sniff(first) or "application/octet-stream"

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._size += len(data)

    def finish(self, data: bytes) -> Blob:
        """With the last of the bytes: one way to another thread and back for a small file."""
        self.write(data)
        self._file.close()
        return Blob(str(self._path), self._size, self._digest.hexdigest(), self._media_type)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
