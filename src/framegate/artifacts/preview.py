"""What a file is and looks like: its length, size and rate, a poster, a few frames.

PyAV is loaded in a helper process only (`preview_worker`), so that the server stays small and a hostile file can
bring down nothing but the helper.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from framegate.artifacts import pictures
from framegate.core.wire import Blob, File

log = structlog.get_logger("framegate.preview")
LIMIT = 60.0
"""Seconds that one file may take."""
TRIES = 2
WIDEST = 640
"""Pixels of a preview's longer side."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a file turned out to be. Lengths in seconds, sides in pixels; all None for a file that could not be read.

    A small picture is its own poster.
    """

    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    poster: Blob | None = None
    previews: tuple[Blob, ...] = ()


class Ask(msgspec.Struct, frozen=True):
    """What the helper is asked: to look at a file, or for its first or last picture, or a sheet of many."""

    blob: Blob
    picture: Literal["", "first", "last", "sheet"] = ""
    content: bytes = b""
    """Of a small file, which lies nowhere else: its `path` is empty."""


class Previewer:
    """One helper process, started with the first file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def inspect(self, file: File) -> Look:
        """What the file is. A file that cannot be read is kept all the same, without a poster."""
        if isinstance(file, Blob):
            return await self._told(Ask(file))
        blob = Blob("", file.size, file.sha256, file.media_type)
        size = pictures.size(file.content, file.media_type)
        if size and max(size) <= WIDEST:  # it is its own preview, which nobody has to decode
            return Look(width=size[0], height=size[1], poster=blob, previews=(blob,))
        return await self._told(Ask(blob, content=file.content))

    async def still(self, blob: Blob, which: Literal["first", "last", "sheet"]) -> Blob | None:
        """The first or the last picture of a film, in its own size; of a picture a copy; or a film's pictures from
        beginning to end on one sheet. None if it cannot be read.
        """
        return (await self._told(Ask(blob, which))).poster

    async def _told(self, ask: Ask) -> Look:
        blob = ask.blob
        async with self._turn:
            for _ in range(TRIES):
                try:
                    async with asyncio.timeout(LIMIT):
                        return await self._ask(ask)
                except (TimeoutError, OSError, EOFError, msgspec.DecodeError):
                    log.warning("preview failed", media_type=blob.media_type, size=blob.size)
                    await self._stop()
        return Look()

    async def close(self) -> None:
        await self._stop()

    async def _ask(self, ask: Ask) -> Look:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "framegate.artifacts.preview_worker",
                str(self._folder),
                stdin=PIPE,
                stdout=PIPE,
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(ask) + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError
        return msgspec.json.decode(line, type=Look)

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._process = None
