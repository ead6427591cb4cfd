"""Bodies as they go out: JSON with media inside, forms with files, in pieces, with the right length known before."""

from __future__ import annotations

import asyncio
import base64
import math
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from framegate.core.wire import Blob, Embed, Part, Request

PIECE = 3 * 64 * 1024
"""Bytes read at once; a multiple of three, so that base64 needs no carry."""


class Body(NamedTuple):
    """What will be sent: pieces are bytes, or files to be read while sending (True: as base64)."""

    pieces: tuple[bytes | tuple[Blob, bool], ...]
    media_type: str | None
    length: int


def body_of(request: Request) -> Body | None:
    """The body of a request, or None when it has none."""
    if request.parts:
        return _form(request.parts, secrets.token_hex(16))
    if isinstance(request.content, Blob):
        return _sized(((request.content, False),), request.content.media_type)
    if request.content is not None:
        return _sized((request.content,), None)
    return _sized(tuple(_json(request.json)), "application/json") if request.json is not None else None


async def stream(body: Body, pulled: list[bool], until: float = math.inf) -> AsyncIterator[bytes]:
    """The bytes, in pieces. `pulled` gets True before the first piece is handed over.

    After `until` (monotonic seconds) no piece is handed over any more, not even the rest of a body: a process that was
    frozen meanwhile must not send, nor end a sending, when it wakes. Raises `TimeoutError`.
    """
    async for data in _read(body):
        if time.monotonic() > until:
            raise TimeoutError
        pulled.append(True)
        yield data


async def _read(body: Body) -> AsyncIterator[bytes]:
    for piece in body.pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        blob, as_text = piece
        file = await asyncio.to_thread(Path(blob.path).open, "rb")
        with file:
            while data := await asyncio.to_thread(file.read, PIECE):
                yield base64.b64encode(data) if as_text else data


def _sized(pieces: tuple[bytes | tuple[Blob, bool], ...], media_type: str | None) -> Body:
    length = 0
    for piece in pieces:
        if isinstance(piece, bytes):
            length += len(piece)
        else:
            length += (piece[0].size + 2) // 3 * 4 if piece[1] else piece[0].size
    return Body(pieces, media_type, length)


def _json(value: Any) -> Iterator[bytes | tuple[Blob, bool]]:  # noqa: ANN401 - any JSON value
    """The JSON text, cut where media stand."""
    embeds: list[Embed] = []
    place = ""

    def mark(node: Any) -> Any:  # noqa: ANN401
        nonlocal place
        if isinstance(node, Embed):
            place = place or f"embed {secrets.token_hex(16)}"  # nobody can write it into a prompt beforehand
            embeds.append(node)
            return place
        if isinstance(node, Mapping):
            return {str(k): mark(v) for k, v in node.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if isinstance(node, list | tuple):
            return [mark(v) for v in node]  # pyright: ignore[reportUnknownVariableType]
        return node

    text = msgspec.json.encode(mark(value))
    if not embeds:
        yield text
        return
    first, *rest = text.split(place.encode())
    yield first
    for embed, after in zip(embeds, rest, strict=True):
        if embed.form == "data_uri":
            yield f"data:{embed.blob.media_type};base64,".encode()
        yield (embed.blob, True)
        yield after


def _form(parts: tuple[Part, ...], boundary: str) -> Body:
    pieces: list[bytes | tuple[Blob, bool]] = []
    for part in parts:
        head = f'--{boundary}\r\ncontent-disposition: form-data; name="{_quoted(part.name)}"'
        if part.filename is not None:
            head += f'; filename="{_quoted(part.filename)}"'
        media_type = part.media_type or (part.content.media_type if isinstance(part.content, Blob) else None)
        if media_type:
            head += f"\r\ncontent-type: {media_type}"
        pieces.append(head.encode() + b"\r\n\r\n")
        content = part.content
        pieces.append(
            (content, False)
            if isinstance(content, Blob)
            else content.encode()
            if isinstance(content, str)
            else content
        )
        pieces.append(b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode())
    return _sized(tuple(pieces), f"multipart/form-data; boundary={boundary}")


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
