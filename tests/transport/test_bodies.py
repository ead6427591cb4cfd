"""Large bodies: media are read from disk while they are sent, large answers are written to disk as they come."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import resource
from pathlib import Path

from framegate.core.wire import Blob, Embed, Part, Request, get, post
from framegate.transport import Transport
from transport.conftest import Serve

SIZE = 60_000_001
LITTLE = 25_000_000
"""Bytes by which a body of 60 MB may raise the process's peak."""


def blob(folder: Path, size: int) -> Blob:
    path = folder / "medium"
    with path.open("wb") as file:
        for _ in range(size // 1_000_000):
            file.write(b"0123456789" * 100_000)
        file.write(b"x" * (size % 1_000_000))
    return Blob(str(path), size, "", "image/png")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Received:
    """A server that hashes what it is sent."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.length = 0
        self.first = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        text = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        left = self.length = int(text.partition("content-length: ")[2].partition("\r")[0])
        while left:
            piece = await reader.read(min(left, 1 << 16))
            self.first += piece if len(self.first) < 10_000 else b""
            self.digest.update(piece)
            left -= len(piece)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")


async def test_a_medium_goes_out_as_base64_in_constant_memory(
    transport: Transport, tmp_path: Path, serve: Serve
):
    medium, server = blob(tmp_path, SIZE), Received()
    url = await serve(server)
    request = post("/tasks", {"a": "\u00e9", "image": Embed(medium, "data_uri"), "z": 1})
    before = peak()
    assert 200 == (await transport.send(request, base_url=url, deadline=30)).status
    assert peak() - before < LITTLE
    head = json.dumps({"a": "\u00e9", "image": ""}, ensure_ascii=False, separators=(",", ":"))[:-2]
    expected = hashlib.sha256(f"{head}data:image/png;base64,".encode())
    with Path(medium.path).open("rb") as file:
        while piece := file.read(3_000_000):
            expected.update(base64.b64encode(piece))
    expected.update(b'","z":1}')
    assert expected.hexdigest() == server.digest.hexdigest()


async def test_a_small_medium_is_the_very_text_that_json_would_be(
    transport: Transport, tmp_path: Path, serve: Serve
):
    medium, server = blob(tmp_path, 1000), Received()
    url = await serve(server)
    await transport.send(post("/", {"image": [Embed(medium, "base64")] * 2}), base_url=url, deadline=5)
    text = base64.b64encode(Path(medium.path).read_bytes()).decode()
    assert {"image": [text, text]} == json.loads(server.first)


async def test_a_file_in_a_form_keeps_its_length(transport: Transport, tmp_path: Path, serve: Serve):
    medium, server = blob(tmp_path, 1000), Received()
    url = await serve(server)
    parts = (Part("prompt", 'a "b"\r\nc'), Part("file", medium, 'n"\r\n.png'))
    await transport.send(Request(method="POST", url="/", parts=parts), base_url=url, deadline=5)
    assert server.length == len(server.first)
    assert b'name="file"; filename="n%22%0D%0A.png"' in server.first
    assert Path(medium.path).read_bytes() in server.first


async def test_a_large_answer_lies_on_disk_with_its_checksum(transport: Transport, serve: Serve):
    content = b"0123456789" * 100_000

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {60 * len(content)}\r\n\r\n".encode())
        for _ in range(60):
            writer.write(content)
            await writer.drain()

    url, before = await serve(behave), peak()
    found = (await transport.send(get("/"), base_url=url, deadline=30)).body
    assert peak() - before < LITTLE
    assert isinstance(found, Blob)
    assert (60 * len(content), hashlib.sha256(content * 60).hexdigest()) == (found.size, found.sha256)
    assert found.size == Path(found.path).stat().st_size
