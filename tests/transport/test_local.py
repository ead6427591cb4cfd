"""Engines in the process: an answer that does not come to its end leaves nothing behind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from framegate.core.wire import get
from framegate.transport import Transport, Unknown
from framegate.transport.local import App

PIECE = b"x" * 1_500_000


def engine(end: str) -> App:
    """Sends a large piece of an answer, and then does not go on."""

    async def serve(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        if end == "hangs":
            await asyncio.Event().wait()
        if end == "fails":
            raise RuntimeError

    return serve


@pytest.mark.parametrize("end", ["hangs", "fails", "ends"])
async def test_half_an_answer_is_unknown_and_leaves_no_file(tmp_path: Path, end: str) -> None:
    transport = Transport(spool=tmp_path)
    transport.mount("engine", engine(end))
    with pytest.raises(Unknown):
        await transport.send(get("/file"), base_url="local://engine", deadline=0.3)
    await transport.close()
    assert [] == list(tmp_path.iterdir())
