"""Files on the local disk: written under another name, synced, renamed, and the folder synced after."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from framegate.core.wire import Blob

PIECE = 256 * 1024


class Folder:
    """`root/ab/abcdef…`: two letters of the name make the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    async def put(self, blob: Blob) -> None:
        await asyncio.to_thread(self._put, blob)

    def _put(self, blob: Blob) -> None:
        target = self._where(blob.sha256)
        source = Path(blob.path)
        if target.exists():
            if source != target:
                source.unlink(missing_ok=True)
            return
        target.parent.mkdir(exist_ok=True)
        try:
            source.rename(target)
        except OSError:  # another file system: copy beside the target, then rename
            part = target.with_suffix(".part")
            shutil.copyfile(source, part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.rename(target)
            source.unlink(missing_ok=True)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

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
        await asyncio.to_thread(self._where(sha256).unlink, missing_ok=True)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._root).free

    def _where(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256
