"""Requests that are meant to hurt: each is refused in words, and the gateway is as well as before."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.web.bodies import VALUES, read_json
from framegate.web.exchange import field
from framegate.web.forms import HEADER, file_name, read_form
from running import Gateway

TASK = {"model": "gen3a_turbo", "prompt": "waves", "seconds": 5}


def memory(gateway: Gateway) -> int:
    """The most that the process ever held, in MB."""
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def test_a_clients_words_in_a_header_are_no_further_header(gateway: Gateway) -> None:
    """The answer names what was left out of a request; a line break in that name must not end the header."""
    answer = gateway.call("POST", "/v1/tasks", {**TASK, "extra": {"a\r\nset-cookie: x=1": 1, "b\x00": 2}})
    assert 201 == answer.status
    assert "a??set-cookie: x=1" in answer.headers["x-framegate-adapted"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("value", "sent"), [("a\r\nb", b"a??b"), ("\x00\x7f\x85", b"???"), ("é\t中", b"\xe9\t?")]
)
def test_a_header_holds_one_line(value: str, sent: bytes) -> None:
    assert sent == field(value)


@pytest.mark.parametrize("count", ["\N{SUPERSCRIPT TWO}", "9" * 5000, "-1", "1.5", ""])
def test_a_retry_count_that_is_none_is_ignored(gateway: Gateway, count: str) -> None:
    answer = gateway.call("POST", "/v1/tasks", TASK, headers={"x-stainless-retry-count": count})
    assert 201 == answer.status


@pytest.mark.parametrize(
    "span", ["bytes=0-" + "9" * 5000, "bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000]
)
def test_a_range_with_an_endless_number_is_ignored(gateway: Gateway, span: str) -> None:
    task = gateway.finished(gateway.submit(TASK)["id"])
    answer = gateway.call("GET", task["artifacts"][0]["url"], headers={"range": span}, key="")
    assert 200 == answer.status


def test_a_small_body_of_many_values_takes_little_memory(gateway: Gateway) -> None:
    before = memory(gateway)
    for body in (b'{"extra":{"a":[' + b"[]," * 10_000_000 + b"0]}}", b"[" + b"{}," * 10_000_000 + b"0]"):
        answer = gateway.call("POST", "/v1/tasks", body)
        assert (413, f"the body holds more than {VALUES} values") == (answer.status, answer.json["detail"])
    assert memory(gateway) - before < 200


def test_a_large_picture_is_one_value() -> None:
    text = json.dumps({"a": "data:image/png;base64," + "A" * 30_000_000}).encode()
    assert 30_000_022 == len(read_json(text, "application/json")["a"])


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (b'{"a":{"b":[1,2.5,NaN]}}', "a.b[2]", "a.b[2]: NaN is not a number that can be taken"),
        (b'{"a":-Infinity,"b":NaN}', "a", "a: -Infinity is not a number that can be taken"),
        (b'{"a":[{"b":1e999}]}', "a[0].b", "a[0].b: 1e999 is not a number that can be taken"),
        (b"9" * 9000, None, "the body: 99999999999999999999… is not a number that can be taken"),
        (b'{"a":"\\ud800"}', None, "the body is not valid JSON: "),
        (b'{"a":NaN', None, "the body is not valid JSON: JSON is malformed"),
        (b'{"a":"\xe9"}', None, "the body is not valid JSON: it is not in UTF-8"),
        (b"[" * 100_000 + b"NaN", None, ""),
    ],
)
def test_a_number_that_cannot_be_taken_is_named(body: bytes, field: str | None, words: str) -> None:
    with pytest.raises(Trouble) as caught:
        read_json(body, "application/json")
    assert (Problem.MALFORMED, field) == (caught.value.problem, caught.value.field)
    assert caught.value.message.startswith(words)


async def form(*chunks: bytes) -> Any:
    async def arriving() -> Any:
        for chunk in chunks:
            yield chunk

    async def save(*_: Any) -> str:
        return "upload:x"

    return await read_form(arriving(), "multipart/form-data; boundary=x", save)


async def test_the_headers_of_a_forms_part_are_bounded() -> None:
    for header in (
        b"a" * HEADER,
        b"a: " + b"b" * HEADER,
        b"content-disposition: form-data; name=" + b"c" * HEADER,
    ):
        with pytest.raises(Trouble) as caught:
            await form(
                b"--x\r\n",
                *(header[at : at + 1000] for at in range(0, len(header), 1000)),
                b"\r\n\r\n1\r\n--x--",
            )
        assert Problem.MALFORMED is caught.value.problem


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"photo.png", "photo.png"),
        ("照片.png".encode(), "照片.png"),
        (b"a\x00b\x1b[31m\x7f.png", "ab[31m.png"),
        (b"\xff", "\ufffd"),
        (b"x" * 5000, "x" * 255),
        (b"", ""),
    ],
)
def test_a_files_name_in_a_form_can_be_kept(raw: bytes, name: str) -> None:
    assert name == file_name(raw)


async def test_a_forms_field_cannot_be_nested_for_ever() -> None:
    name = b"a" + b"[b]" * 1200
    with pytest.raises(Trouble, match="nested too deeply"):
        await form(b'--x\r\ncontent-disposition: form-data; name="' + name + b'"\r\n\r\n1\r\n--x--\r\n')


def talk(gateway: Gateway, *pieces: bytes) -> bytes:
    """Send pieces over one connection; what came back until it was closed."""
    parts = urlsplit(gateway.url)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=10) as client:
        for piece in pieces:
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize(
    "path",
    [
        "/v1/artifacts/..%2f..%2fmaster-key",
        "/v1/artifacts/%2e%2e/master-key",
        "/v1/media/..%2fadmin-token",
        "/static/..%2f..%2fserver.py",
        "/static/%2e%2e/server.py",
        "/v1/uploads/..%2fx",
        "/v1/tasks/..%2f..%2fadmin",
        "/admin/v1/../v1/keys",
        "/admin%2fv1/keys",
        "//admin/v1/keys",
    ],
)
def test_no_path_leads_to_another_file(gateway: Gateway, path: str) -> None:
    answer = talk(gateway, f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] in {b"401", b"403", b"404", b"405"}, answer


def test_a_nul_is_refused_at_the_operators_door(gateway: Gateway) -> None:
    """PostgreSQL has no place for one."""
    bodies: dict[str, dict[str, Any]] = {
        "/accounts": {"name": "a\x00b"},
        "/keys": {"account": "default", "name": "a\x00b"},
        "/prices": {"model": "a\x00b", "unit": "second", "usd": "1"},
    }
    for path, body in bodies.items():
        assert (422, path) == (gateway.admin("POST", path, body).status, path)
    name = {"account": "default", "name": r"a\u0000 written out"}
    assert 201 == gateway.admin("POST", "/keys", name).status
    huge = gateway.admin("POST", "/keys", {"account": "default", "expires_at": 2**70})
    assert (422, "expires_at") == (huge.status, huge.json["field"])


class Door:
    """A server of this process behind the patient protocol."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def lasts(self, *pieces: bytes, pause: float = 0.0) -> bytes:
        """What comes back before the server ends the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            async with asyncio.timeout(5):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def served() -> tuple[Any, asyncio.Task[None], Door]:
    import uvicorn

    from framegate.web.patience import Patient

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await asyncio.sleep(0.6)  # a slow answer is no slow request
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, http=Patient, lifespan="off", log_config=None, timeout_keep_alive=1)
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running = asyncio.create_task(server.serve(sockets=[listener]))
    return server, running, Door(listener.getsockname()[1])


async def test_headers_must_come_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framegate.web.patience.HEADERS", 0.3)
    server, running, door = await served()
    whole = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    try:
        assert b"" == await door.lasts(), "nothing is sent"
        assert b"" == await door.lasts(b"GET / HTTP/1.1\r\nhost:"), "half of the headers"
        slow = [b"x-%d: 1\r\n" % n for n in range(20)]
        assert b"" == await door.lasts(b"GET / HTTP/1.1\r\nhost: x\r\n", *slow, pause=0.05), "drop by drop"
        assert (await door.lasts(whole)).endswith(b"ok"), "an answer may take longer"
        second = await door.lasts(whole, b"GET / HTTP/1.1\r\n", pause=0.7)
        assert 1 == second.count(b"200 OK"), "the second of a connection, too"
        assert 2 == (await door.lasts(whole, whole, pause=0.7)).count(b"200 OK")
    finally:
        server.should_exit = True
        await running


async def test_headers_are_bounded() -> None:
    server, running, door = await served()
    line = b"GET / HTTP/1.1\r\nhost: x\r\n"
    many = [b"x-%d: %s\r\n" % (n, b"a" * 1000) for n in range(400)]
    try:
        for pieces in (
            (line, *many),
            (line, b"x: ", *(b"a" * 1000 for _ in range(400))),
            (b"GET /", *(b"a" * 1000 for _ in range(400))),
        ):
            assert b"431 Request Header" in await door.lasts(*pieces, pause=0.001), pieces[0]
        few = await door.lasts(line, *many[:60], b"\r\n")
        assert few.endswith(b"ok"), "sixty thousand bytes are taken"
    finally:
        server.should_exit = True
        await running
