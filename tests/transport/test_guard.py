"""Where credentials and strangers' URLs may lead: to their own host, and to public addresses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from framegate.core.wire import Request, get, post
from framegate.transport import Refused, TooLarge, Transport, Unknown
from framegate.transport.client import may_sign
from framegate.transport.guard import check, check_unresolved, public
from transport.conftest import Serve
from vendors import tiny_mp4

PRIVATE = (
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),  # noqa: S104
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("2001:0:7f00:1::", "fd00:ec2::254", "no address"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_out_in_the_world_is_not_public(address: str):
    assert public(address) is False


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_out_in_the_world_is_public(address: str):
    assert public(address) is True


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://127.0.0.1/a",
            "http://[::1]/a",
            "http://[::ffff:127.0.0.1]/a",
            "http://169.254.169.254/latest",
        ),
        *("http://2130706433/a", "http://0x7f.1/a", "http://0/a", "http://localhost/a", "http://127.1/a"),
        *("ftp://example.com/a", "file:///etc/passwd", "gopher://x/", "local://sandbox/tasks", "//x/a", "x"),
        *("http://user:pass@example.com/a", "http://a b/", "http://exa\nmple.com/", "http://\u2460.com/a"),
        *("http://example.com:99999/a", "http://[::1", "http:///a"),
    ],
)
async def test_a_url_that_leads_inside_or_is_none_is_refused(url: str):
    with pytest.raises(Refused):
        await check(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.com/a picture.png", "no space or unprintable character"),
        ("https://example.com/a\u200b.png", "no space or unprintable character"),
        ("https://example.com/a.png\n", "no space or unprintable character"),
        ("https://exa%6dple.com/a.png", "its host must be a plain name or address"),
    ],
)
async def test_what_is_wrong_with_a_url_is_said(url: str, why: str):
    with pytest.raises(Refused, match=why):
        await check(url)


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://hooks.example.com/task", True),
        ("https://1.1.1.1:8443/task", True),
        ("http://localhost/task", False),
        ("http://app.localhost:3000/task", False),
        ("http://127.0.0.1/task", False),
        ("http://[::1]/task", False),
        ("http://10.1.2.3/task", True),
        ("http://10.1.2.4/task", False),
        ("http://2130706433/task", False),
        ("http://user:word@hooks.example.com/task", False),
    ],
)
def test_what_surely_leads_inside_is_known_before_any_name_is_looked_up(url: str, right: bool):
    try:
        check_unresolved(url, allow_hosts=("10.1.2.3",))
    except Refused:
        assert not right
    else:
        assert right


async def test_a_name_with_one_private_address_among_public_ones_is_refused():
    async def mixed(_host: str, _port: int) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    with pytest.raises(Refused):
        await check("https://cdn.example/a", resolver=mixed)


async def test_the_address_that_was_checked_is_the_one_used(tmp_path: Path, serve: Serve):
    """DNS rebinding: the second lookup would lead elsewhere, so there is none."""
    asked: list[str] = []
    heard: list[str] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(tiny_mp4()) + tiny_mp4())
        await writer.drain()

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    port = (await serve(behave)).rpartition(":")[2]
    transport = Transport(spool=tmp_path, resolver=rebinding)
    found = await transport.fetch(
        f"http://files.invalid:{port}/a.mp4",
        folder=tmp_path,
        max_bytes=10**6,
        deadline=5,
        allow_hosts=("files.invalid",),
    )
    await transport.close()
    assert (["files.invalid"], "video/mp4") == (asked, found.media_type)
    assert f"host: files.invalid:{port}" in heard[0]


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:1/secret", "http://[::ffff:169.254.169.254]/", "file:///etc/passwd"]
)
async def test_a_redirect_to_the_inside_is_refused(
    transport: Transport, tmp_path: Path, serve: Serve, to: str
):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 302 -\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()

    url = await serve(behave)
    host = url.removeprefix("http://")
    with pytest.raises(Refused, match=r"not public|must begin"):
        await transport.fetch(f"{url}/a", folder=tmp_path, max_bytes=10, deadline=5, allow_hosts=(host,))


async def test_redirects_without_end_are_refused(transport: Transport, tmp_path: Path, serve: Serve):
    heard: list[int] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        heard.append(1)
        writer.write(b"HTTP/1.1 302 -\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    url = await serve(behave)
    with pytest.raises(Refused, match="redirects too often"):
        await transport.fetch(url, folder=tmp_path, max_bytes=10, deadline=5, allow_hosts=("127.0.0.1",))
    assert 4 == len(heard)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://api.vendor.example/v1/tasks", True),
        ("https://cdn.vendor.example/file", True),
        ("http://cdn.vendor.example/file", False),
        ("https://cdn.vendor.example:8443/file", False),
        ("http://api.vendor.example/v1/tasks", False),
        ("https://api.vendor.example:444/v1/tasks", False),
        ("https://api.vendor.example@evil.example/", False),
        ("https://evil.example/api.vendor.example", False),
        ("https://vendor.example.evil.example/", False),
        ("https://evilvendor.example/", False),
    ],
)
def test_a_credential_goes_to_its_own_hosts_alone(url: str, may: bool):
    assert may is may_sign(url, "https://api.vendor.example", ("*.vendor.example",))


async def test_a_credential_is_not_sent_elsewhere_and_a_redirect_not_followed(
    transport: Transport, serve: Serve
):
    heard: list[str] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(f"HTTP/1.1 307 -\r\nlocation: {other}/x\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()

    def sign(request: Request) -> Request:
        return msgspec.structs.replace(request, headers={**request.headers, "authorization": "Bearer secret"})

    other = "http://127.0.0.1:1"
    own, stranger = await serve(behave), await serve(behave)
    options = {"base_url": own, "deadline": 5, "sign": sign, "allow_hosts": ("127.0.0.1",)}
    assert 307 == (await transport.send(post("/tasks", {}), **options)).status
    assert 307 == (await transport.send(get(f"{stranger}/result"), **options)).status
    assert [True, False] == ["authorization: bearer secret" in text for text in heard]


@pytest.mark.parametrize("length", ["announced", "in silence"])
async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    transport: Transport, tmp_path: Path, serve: Serve, length: str
):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        said = "content-length: 5000000\r\n" if length == "announced" else "connection: close\r\n"
        writer.write(f"HTTP/1.1 200 -\r\n{said}\r\n".encode() + tiny_mp4() + b"\0" * 5_000_000)
        await writer.drain()

    with pytest.raises(TooLarge):
        await transport.fetch(
            await serve(behave), folder=tmp_path, max_bytes=2_000_000, deadline=5, allow_hosts=("127.0.0.1",)
        )
    assert [] == list(tmp_path.iterdir())


async def test_what_is_no_media_is_refused_whatever_it_calls_itself(
    transport: Transport, tmp_path: Path, serve: Serve
):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        page = b"<html>" + b" " * 100
        writer.write(b"HTTP/1.1 200 -\r\ncontent-type: video/mp4\r\ncontent-length: 106\r\n\r\n" + page)
        await writer.drain()

    with pytest.raises(Refused, match="not an audio or image or video"):
        await transport.fetch(
            await serve(behave), folder=tmp_path, max_bytes=10**6, deadline=5, allow_hosts=("127.0.0.1",)
        )


async def test_a_file_that_drips_ends_at_the_deadline(transport: Transport, tmp_path: Path, serve: Serve):
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 -\r\ncontent-length: 100000\r\n\r\n" + tiny_mp4()[:64])
        while True:
            writer.write(b"\0")
            await writer.drain()
            await asyncio.sleep(0.05)

    with pytest.raises(Unknown, match="within"):
        await transport.fetch(
            await serve(behave), folder=tmp_path, max_bytes=10**6, deadline=0.5, allow_hosts=("127.0.0.1",)
        )
    assert [] == list(tmp_path.iterdir())
