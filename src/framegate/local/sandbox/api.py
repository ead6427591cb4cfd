"""The engine's HTTP, as an ASGI app.

| call | answer |
|---|---|
| POST /tasks (`wanted.Wanted`) | 201 and the task; 200 if this `id` is known already |
| GET /tasks/{id} | the task |
| POST /tasks/{id}/cancel | the task, cancelled unless it was finished |
| GET /tasks?id=… (up to 100), or ?limit=… | `{"tasks": […]}`: those that are known; or the newest |
| GET /files/{name} | a result |

A task is `{"id", "kind", "status", "progress", "outputs": [{"id", "kind", "url", "seconds" | "error"}], "error"}` with
a status of queued, running, succeeded, failed or cancelled; `seconds` where a result lasts. An error is `{"error":
{"code", "message"}}`, `code` a word of `Cause`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs, unquote

import msgspec
import structlog

from framegate.core.task import Cause, Failure
from framegate.local.sandbox.engine import Busy, Dropped, Engine
from framegate.local.sandbox.records import Record
from framegate.local.sandbox.wanted import Refused

log = structlog.get_logger("framegate.sandbox")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
LARGEST = 1_000_000
"""Bytes that a request may have: media stand in it as names of files."""
PIECE = 262_144
LISTED, MOST_LISTED = 20, 100
GARBAGE = b'\x00\xfe{"status": "succ<html>'
TYPES = {
    "mp4": "video/mp4",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
}


class Answer(Exception):
    """An answer other than a task: a status, a value, headers."""

    def __init__(self, status: int, value: object, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.value = value
        self.headers = headers


def app(engine: Engine) -> App:
    """The ASGI app of an engine."""

    async def call(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method, path = (
            str(scope["method"]),
            [unquote(step) for step in str(scope["path"]).strip("/").split("/")],
        )
        if method == "GET" and path[0] == "files":
            await deliver(engine.file("/".join(path[1:])), send)
            return
        try:
            status, value = await answer(engine, method, path, scope, receive)
        except Dropped:
            return
        except Answer as other:
            await reply(send, other.status, other.value, other.headers)
        except Refused as refused:
            await reply(send, 400, error(refused.cause, refused.message))
        except Exception:
            log.exception("the sandbox could not answer", path=scope["path"])
            await reply(send, 500, error(Cause.BROKEN, "the sandbox failed"))
        else:
            await reply(send, status, value)

    return call


async def answer(
    engine: Engine, method: str, path: list[str], scope: Message, receive: Receive
) -> tuple[int, object]:
    """Status and value. Raises `Answer`, `Refused` or `Dropped`."""
    match method, path:
        case "POST", ["tasks"]:
            try:
                record, new = await engine.submit(await body(receive))
            except Busy as busy:
                value = error(Cause.BUSY, busy.message)
                raise Answer(429, value, **{"retry-after": str(busy.retry_after)}) from None
            return (201 if new else 200), shown(engine, record)
        case "GET", ["tasks"]:
            return 200, {"tasks": [shown(engine, r) for r in await sought(engine, scope)]}
        case "GET", ["tasks", task_id]:
            try:
                return 200, shown(engine, known(await engine.polled(task_id)))
            except Busy as busy:
                value = error(Cause.BROKEN, busy.message)
                raise Answer(503, value, **{"retry-after": str(busy.retry_after)}) from None
            except Dropped:
                raise Answer(200, GARBAGE) from None
        case "POST", ["tasks", task_id, "cancel"]:
            return 200, shown(engine, known(await engine.cancel(task_id)))
        case _:
            pass
    raise Answer(404, error(Cause.INVALID, f"there is no {method} /{'/'.join(path)[:100]}"))


def known(record: Record | None) -> Record:
    if record is None:
        raise Answer(404, error(Cause.LOST, "there is no such task"))
    return record


async def sought(engine: Engine, scope: Message) -> list[Record]:
    """The tasks that a query names, or the newest."""
    query = parse_qs(bytes(scope["query_string"]).decode("latin-1"))
    if ids := query.get("id"):
        found = [await engine.look(task_id) for task_id in ids[:MOST_LISTED]]
        return [record for record in found if record is not None]
    limit = query.get("limit", [str(LISTED)])[0]
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:9]) <= MOST_LISTED:
        raise Refused(f"limit must be a whole number from 1 to {MOST_LISTED}")
    return await engine.list(int(limit))


def shown(engine: Engine, record: Record) -> dict[str, object]:
    """A task as callers see it."""
    done = record.state not in {"queued", "running"}
    value: dict[str, object] = {
        "id": record.id,
        "kind": record.kind,
        "status": record.state,
        "progress": round(engine.progress(record.id), 4) if not done else 1.0,
        "outputs": [
            {
                "id": str(place),
                "kind": record.kind,
                **({"url": f"/files/{made.file}"} if made.file else told(made.failure)),
                **({} if made.seconds is None else {"seconds": made.seconds}),
            }
            for place, made in enumerate(record.made)
        ],
    }
    return {**value, **told(record.failure)} if record.failure else value


def told(failure: Failure | None) -> dict[str, object]:
    """A failure as an `error` member."""
    if failure is None:
        return {}
    return {"error": {"code": failure.cause.value, "reason": failure.code, "message": failure.message}}


def error(cause: Cause, message: str) -> dict[str, object]:
    return {"error": {"code": cause.value, "message": message}}


async def body(receive: Receive) -> bytes:
    """The whole request. Raises `Refused` when it is too large."""
    held = bytearray()
    while True:
        message = await receive()
        held += message.get("body", b"")
        if len(held) > LARGEST:
            raise Refused(f"a request may have at most {LARGEST} bytes")
        if not message.get("more_body"):
            return bytes(held)


async def reply(send: Send, status: int, value: object, headers: dict[str, str] | None = None) -> None:
    """JSON, or bytes as they are."""
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    named = {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}
    lines = [(k.encode(), v.encode()) for k, v in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": data})


async def deliver(path: Path | None, send: Send) -> None:
    """A file, in pieces."""
    file = await asyncio.to_thread(opened, path)
    if file is None or path is None:
        await reply(send, 404, error(Cause.LOST, "the result is not kept here, or no longer"))
        return
    with file:
        size = file.seek(0, 2)
        file.seek(0)
        kind = TYPES.get(path.suffix[1:], "application/octet-stream")
        headers = [(b"content-type", kind.encode()), (b"content-length", str(size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while size > 0:
            data = await asyncio.to_thread(file.read, min(PIECE, size))
            if not data:
                raise OSError(f"{path.name} is shorter than it was")
            size -= len(data)
            await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def opened(path: Path | None) -> BinaryIO | None:
    try:
        return path.open("rb") if path else None
    except FileNotFoundError:
        return None
