"""Files on the local disk: written under another name, synced, renamed, and the folder synced after."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

from framegate.core.wire import Blob

PIECE = 256 * 1024
PARTS = "parts"
"""The folder below the root of copies that are being made."""


class Folder:
    """`root/ab/abcdef…`: two letters of the name make the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    async def put(self, *blobs: Blob) -> None:
        await asyncio.to_thread(self._put_all, blobs)

    def _put_all(self, blobs: tuple[Blob, ...]) -> None:
        for blob in blobs:
            self._put(blob)

    def _put(self, blob: Blob) -> None:
        source, target = Path(blob.path), self._where(blob.sha256)
        if source == target:
            return
        try:
            sync(source)
            self._move(source, target)
        except FileNotFoundError:
            if not target.exists():  # else an earlier try got this far
                raise
        sync(target.parent)

    def _move(self, source: Path, target: Path) -> None:
        try:
            source.rename(target)
        except FileNotFoundError:
            if not source.exists():
                raise
            target.parent.mkdir(exist_ok=True)  # another may have made it since
            sync(self._root)
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # another file system: copy beside the target, then rename
            self._copy(source, target)
            source.unlink(missing_ok=True)

    def _copy(self, source: Path, target: Path) -> None:
        """Raises `OSError` when there is no room; nothing is left behind then."""
        parts = self._root / PARTS
        parts.mkdir(exist_ok=True)
        part = parts / secrets.token_hex(16)
        try:
            shutil.copyfile(source, part)
            sync(part)
            part.rename(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    async def size(self, sha256: str) -> int | None:
        with contextlib.suppress(FileNotFoundError):
            return self._where(sha256).stat().st_size
        return None

    async def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self._where(sha256).open, "rb")
        try:
            file.seek(start)
            while start < end:
                piece = await asyncio.to_thread(file.read, min(PIECE, end - start))
                if not piece:
                    return
                start += len(piece)
                yield piece
        finally:
            file.close()

    async def path(self, sha256: str) -> Path:
        found = self._where(sha256)
        if not found.exists():
            raise FileNotFoundError(sha256)
        return found

    async def delete(self, sha256: str) -> None:
        await asyncio.to_thread(self._delete, sha256)

    def _delete(self, sha256: str) -> None:
        target = self._where(sha256)
        with contextlib.suppress(FileNotFoundError):
            target.unlink()
            sync(target.parent)  # or it might be there again after a power cut, and nobody would know of it

    async def tidy(self, seconds: float) -> int:
        return await asyncio.to_thread(self._tidy, seconds)

    def _tidy(self, seconds: float) -> int:
        gone, now = 0, time.time()
        for part in (self._root / PARTS).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if now - part.stat().st_mtime > seconds:
                    part.unlink()
                    gone += 1
        return gone

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._root).free

    def _where(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def sync(path: Path) -> None:
    """Make a file's bytes last, or what was made, renamed or removed in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
