"""Real sockets: a server that does with each connection what a test says, and a transport to reach it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from framegate.transport import Transport

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[Behave], Awaitable[str]]


@pytest.fixture
async def transport(tmp_path: Path) -> AsyncIterator[Transport]:
    made = Transport(spool=tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves connections by a function; gives the address. A connection is dropped when the function returns."""
    servers: list[asyncio.Server] = []
    running: set[asyncio.Task[Any]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def start(behave: Behave) -> str:
        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            running.add(task)
            writers.append(writer)
            try:
                await behave(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                running.discard(task)
                writer.close()

        server = await asyncio.start_server(one, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
    await asyncio.sleep(0.02)  # a connection that was just accepted has no task yet
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for writer in writers:
        if writer.transport.get_write_buffer_size():  # nobody reads it; one that has ended cannot be aborted
            writer.transport.abort()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
