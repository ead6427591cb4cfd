"""What a failed send means, with real sockets: `NotSent` only where not one byte of the body can have arrived.

| what happens | verdict |
|---|---|
| connection refused, unknown host, full backlog, TLS hangs | not sent |
| a connection that is broken off, at whatever moment, or an answer that does not come or cannot be read | unknown |
"""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from databases import free_port
from framegate.core.wire import Part, Request, Response, get, post
from framegate.transport import NotSent, Refused, Transport, Unknown
from transport.conftest import Serve
from vendors import reset

BODY = post("/tasks", {"prompt": "waves " * 10})
LARGE = Request(method="POST", url="/tasks", content=b"x" * 30_000_000)
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


async def head(reader: asyncio.StreamReader) -> int:
    """Read a request's head; the length of its body."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    return int(text.partition("content-length: ")[2].partition("\r")[0] or 0)


async def whole(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(await head(reader))


async def send(transport: Transport, url: str, request: Request = BODY, deadline: float = 0.6) -> Response:
    return await transport.send(request, base_url=url, deadline=deadline, pool="one")


async def test_a_refused_connection_is_not_sent(transport: Transport):
    with pytest.raises(NotSent):
        await send(transport, f"http://127.0.0.1:{free_port()}")


async def test_an_unknown_host_is_not_sent(transport: Transport):
    with pytest.raises(NotSent):
        await send(transport, "http://nobody.invalid", deadline=5)


async def test_a_full_backlog_is_not_sent(transport: Transport):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = []
        for _ in range(4):  # nobody accepts: the next connection is never made
            client = socket.socket()
            client.settimeout(0)
            client.connect_ex(full.getsockname())
            waiting.append(client)
        with pytest.raises(NotSent):
            await send(transport, f"http://127.0.0.1:{full.getsockname()[1]}")
        for client in waiting:
            client.close()


async def test_a_hanging_tls_handshake_is_not_sent(transport: Transport, serve: Serve):
    url = await serve(lambda r, w: asyncio.sleep(60))
    with pytest.raises(NotSent):
        await send(transport, url.replace("http:", "https:"))


async def test_a_reset_on_accept_is_unknown_or_surely_unsent(transport: Transport, serve: Serve):
    """Whether the body was pulled before the reset came is a race: either word is true then, and both are safe."""

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    with pytest.raises((NotSent, Unknown)):
        await send(transport, await serve(behave))


async def test_a_reset_in_the_upload_is_unknown(transport: Transport, serve: Serve):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        await reader.readexactly(1000)
        reset(writer)

    with pytest.raises(Unknown):
        await send(transport, await serve(behave), LARGE, deadline=10)


async def test_a_close_after_reading_is_unknown(transport: Transport, serve: Serve):
    """The client library calls this a ConnectError: its names prove nothing."""

    async def behave(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await whole(reader)

    with pytest.raises(Unknown):
        await send(transport, await serve(behave))


async def test_hanging_after_reading_is_unknown_at_the_deadline(transport: Transport, serve: Serve):
    async def behave(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await whole(reader)
        await asyncio.sleep(60)

    url, began = await serve(behave), time.monotonic()
    with pytest.raises(Unknown, match=r"within 0\.6 seconds"):
        await send(transport, url)
    assert time.monotonic() - began < 3


async def test_hanging_before_reading_is_unknown(transport: Transport, serve: Serve):
    """The connection is there and the body on its way: it lies in somebody's buffer."""
    with pytest.raises(Unknown):
        await send(transport, await serve(lambda r, w: asyncio.sleep(60)))


async def test_a_kept_connection_that_is_reset_is_unknown_and_sent_once(transport: Transport, serve: Serve):
    """Client libraries like to repeat a request on a connection that was closed under them."""
    heard: list[int] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole(reader)
        heard.append(1)
        writer.write(ANSWER)
        await whole(reader)
        heard.append(2)
        reset(writer)

    url = await serve(behave)
    assert 200 == (await send(transport, url)).status
    with pytest.raises(Unknown):
        await send(transport, url)
    assert [1, 2] == heard


async def test_an_answer_in_garbage_is_unknown(transport: Transport, serve: Serve):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole(reader)
        writer.write(b"\x00\x01garbage\r\n\r\n")
        await writer.drain()

    with pytest.raises(Unknown):
        await send(transport, await serve(behave))


async def test_half_an_answer_is_unknown(transport: Transport, serve: Serve):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole(reader)
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id": "a')
        await writer.drain()

    with pytest.raises(Unknown):
        await send(transport, await serve(behave))


async def test_an_answer_that_drips_ends_at_the_deadline(transport: Transport, serve: Serve):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    url, began = await serve(behave), time.monotonic()
    with pytest.raises(Unknown):
        await send(transport, url)
    assert time.monotonic() - began < 3


async def test_a_request_without_a_body_is_never_called_unsent(transport: Transport):
    """A cancel that is a bare DELETE: there is no body by which to tell."""
    with pytest.raises(Unknown):
        await send(transport, f"http://127.0.0.1:{free_port()}", Request(method="DELETE", url="/tasks/1"))


async def test_a_process_that_stood_still_begins_no_send(transport: Transport, serve: Serve):
    """Frozen after the connection was made: when it wakes its lease is gone, so the body must not leave."""
    got: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await head(reader)
        got.append(await reader.read(1))

    url = await serve(behave)

    def stand_still(request: Request) -> Request:
        asyncio.get_running_loop().call_soon(time.sleep, 0.8)
        return request

    with pytest.raises(NotSent):
        await transport.send(BODY, base_url=url, deadline=0.5, pool="one", sign=stand_still)
    assert got in ([], [b""])


@pytest.mark.parametrize("counted", [True, False])
async def test_a_process_that_stood_still_before_the_call_sends_only_what_is_not_counted(
    transport: Transport, serve: Serve, *, counted: bool
):
    """Frozen between the mark and the call: what is counted from the mark is over, whatever is counted from here."""
    got: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        got.append(await reader.read(1))
        writer.write(ANSWER)
        await writer.drain()

    url, since = await serve(behave), time.monotonic()
    time.sleep(0.6)  # noqa: ASYNC251 - that is what it is to stand still
    call = transport.send(BODY, base_url=url, deadline=0.5, since=since if counted else None)
    if counted:
        with pytest.raises(NotSent):
            await call
        assert got in ([], [b""])
    else:
        assert 200 == (await call).status


async def test_nobody_listens_at_an_engine_that_does_not_run(transport: Transport):
    with pytest.raises(NotSent):
        await send(transport, "local://nothing")


async def test_a_full_pool_of_one_upstream_slows_no_other(transport: Transport, serve: Serve):
    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)

    slow, quick = await serve(hang), await serve(good)
    hanging = [
        asyncio.create_task(transport.send(get("/"), base_url=slow, deadline=2, pool="slow"))
        for _ in range(100)
    ]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    assert 200 == (await transport.send(get("/"), base_url=quick, deadline=2, pool="quick")).status
    assert time.monotonic() - began < 0.5
    for task in hanging:
        task.cancel()
    ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert {asyncio.CancelledError} == {type(error) for error in ended}


async def test_a_request_that_our_own_rules_forbid_is_refused(transport: Transport):
    with pytest.raises(Refused):
        await transport.send(post("http://169.254.169.254/x", {}), base_url="https://api.example", deadline=1)


async def test_a_process_that_stood_still_in_the_middle_of_a_body_does_not_end_it(
    transport: Transport, serve: Serve
):
    """What is half an order at the vendor stays half an order: whoever took the task over has decided about it."""
    got: list[int] = []

    async def behave(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await head(reader)
        await reader.readexactly(1000)
        asyncio.get_running_loop().call_soon(time.sleep, 0.8)
        await asyncio.sleep(0.1)
        got.append(1000)
        while piece := await reader.read(1 << 20):
            got.append(len(piece))

    parts = tuple(Part(f"field{n}", "x" * 100_000) for n in range(100))
    url = await serve(behave)
    with pytest.raises(Unknown):
        await send(transport, url, Request(method="POST", url="/tasks", parts=parts), deadline=0.5)
    await asyncio.sleep(0.2)
    assert 1000 < sum(got) < 9_000_000
