"""Guarded calls share clients, but never an address that was not checked for that very call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from framegate.core.wire import Request
from framegate.transport import Refused, Transport
from framegate.transport import pinned as pins
from framegate.transport.client import pinned


class Receiver(asyncio.Protocol):
    """Answers 200 to everything; `came` has one for each connection, done when it ended."""

    came: list[asyncio.Future[None]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.ended = asyncio.get_running_loop().create_future()
        self.came.append(self.ended)
        self.transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if data.rstrip().endswith(b"hello"):
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[int, list[asyncio.Future[None]]]]:
    """The port of a receiver, and who came. Whoever uses it closes what it opened."""
    came: list[asyncio.Future[None]] = []
    kind = type("Counted", (Receiver,), {"came": came})
    server = await asyncio.get_running_loop().create_server(kind, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        server.close()
        await asyncio.gather(*came)


def told(port: int, host: str = "receiver.example") -> Request:
    return Request(method="POST", url=f"http://{host}:{port}/told", content=b"hello")


async def test_a_second_call_to_the_same_address_needs_no_second_connection(tmp_path: Path) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiver() as (port, came):
        transport = Transport(spool=tmp_path, resolver=resolve, allow_hosts=("receiver.example",))
        for _ in range(3):
            response = await transport.post_guarded(told(port), deadline=10)
            assert (200, b"ok") == (response.status, response.body)
        await transport.close()
        assert 1 == len(came)


async def test_a_name_that_leads_elsewhere_meanwhile_is_checked_again(tmp_path: Path) -> None:
    addresses = iter(("127.0.0.1", "127.0.0.2"))

    async def resolve(_host: str, _port: int) -> list[str]:
        return [next(addresses)]

    async with receiver() as (port, came):
        transport = Transport(spool=tmp_path, resolver=resolve, allow_hosts=("receiver.example",))
        assert 200 == (await transport.post_guarded(told(port), deadline=10)).status
        with pytest.raises(Exception, match=r"receiver\.example"):  # nobody listens at the second address
            await transport.post_guarded(told(port), deadline=10)
        await transport.close()
        assert 1 == len(came)


async def test_a_name_that_turns_private_is_refused_although_a_client_is_kept(tmp_path: Path) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiver() as (port, came):
        transport = Transport(spool=tmp_path, resolver=resolve)
        admitted = ("receiver.example",)
        assert 200 == (await transport.post_guarded(told(port), deadline=10, allow_hosts=admitted)).status
        with pytest.raises(Refused, match="not public"):
            await transport.post_guarded(told(port), deadline=10)
        await transport.close()
        assert 1 == len(came)


async def test_only_the_last_few_clients_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "KEPT", 2)
    kept = pins.Pins(pinned)
    async with kept.client("a.example", "192.0.2.1", 80) as first:
        for name in ("b", "c", "d"):
            async with kept.client(f"{name}.example", "192.0.2.2", 80) as last:
                pass
        assert 3 == len(kept._pins)
    assert [("d.example", "192.0.2.2", 80), ("a.example", "192.0.2.1", 80)] == list(kept._pins)
    async with kept.client("a.example", "192.0.2.1", 80) as again:
        assert again is first  # it was at work all the while
    async with kept.client("d.example", "192.0.2.2", 80) as again:
        assert again is last
    assert [("a.example", "192.0.2.1", 80), ("d.example", "192.0.2.2", 80)] == list(kept._pins)
    await kept.close()
    assert not kept._pins
