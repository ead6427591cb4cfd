"""Bytes that arrive: kept in memory while small, written to a file with a checksum when large."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from framegate.core.wire import Blob
from framegate.transport.outcome import Refused, TooLarge
from framegate.transport.sniff import NEEDED, sniff

FLUSH = 1 << 20


async def spool(
    chunks: AsyncIterator[bytes], folder: Path, *, limit: int, accept: tuple[str, ...] = (), over: int = 0
) -> bytes | Blob:
    """All of `chunks`: bytes while at most `over`, else a `Blob` in `folder`.

    The type is sniffed from the first bytes; with `accept`, a file of another type is `Refused` as soon as it shows.
    Raises `TooLarge` beyond `limit`. Nothing is left behind on failure.
    """
    held = bytearray()
    writer: _Writer | None = None
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"larger than {readable(limit)}")
            held += chunk
            if accept and writer is None and len(held) >= NEEDED:
                _expect(bytes(held[:NEEDED]), accept)
            if writer is None and size > over and len(held) >= NEEDED:
                writer = _Writer(folder, bytes(held[:NEEDED]))
            if writer is not None and len(held) >= FLUSH:
                await asyncio.to_thread(writer.write, bytes(held))
                held.clear()
        if accept and writer is None:
            _expect(bytes(held[:NEEDED]), accept)
        if writer is None and size <= over:
            return bytes(held)
        writer = writer or _Writer(folder, bytes(held[:NEEDED]))
        return await asyncio.to_thread(writer.finish, bytes(held))
    except BaseException:
        if writer is not None:
            writer.discard()
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
        self._path = folder / f"{secrets.token_hex(16)}.part"
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
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Blob(str(self._path), self._size, self._digest.hexdigest(), self._media_type)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
