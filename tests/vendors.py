"""A vendor that counts: a real HTTP server that speaks four of our providers' formats and can be told to misbehave.

It runs in a thread of the test's process, so that it lives on, with its counts, when a gateway is killed. Orders are
told apart by a marker in the prompt: `[m:NAME]`.

| format | orders | makes nothing on a second use of our id | results |
|---|---|---|---|
| `openai-videos` | POST /v1/videos | no | need the key |
| `kling` | POST /v1/videos/text2video | refuses it, which its pages do not say; finds by it | lie open |
| `runway` | POST /v1/text_to_video | no | lie open |
| `framegate` | POST /v1/tasks | answers with the first one's order | lie open |

Words in a prompt: `[v:polls=N]` is done at the Nth poll (default 2), `[v:fail]`, `[v:moderate]`, `[v:never]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import socket
import struct
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np

from framegate.engine.filing import SMALL

KEY = "key-of-the-counting-vendor"


@dataclass(frozen=True, slots=True)
class Act:
    """What to do with one request instead of answering it well.

    `how`: "answer" (with `status`, `headers`, `body`), "reset" and "close" drop the connection, "hang" keeps it without
    a word, "drip" answers well but a byte at a time, "half" stops in the middle of a good answer. `takes`: the order
    is taken (and counted) before that. `early`: before the body of the request was read.
    """

    how: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    takes: bool = False
    early: bool = False


def answer(status: int, body: Any = b"", *, takes: bool = False, **headers: str) -> Act:
    """An answer of the test's own; keyword arguments are headers (`retry_after="7"`)."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Act("answer", status, {k.replace("_", "-"): v for k, v in headers.items()}, raw, takes=takes)


FORMS = {
    "/v1/videos": "openai-videos",
    "/v1/videos/text2video": "kling",
    "/v1/text_to_video": "runway",
    "/v1/tasks": "framegate",
}
GOOD = Act("good", takes=True)
HTML = answer(200, b"<!doctype html><html><body>We will be back soon</body></html>", content_type="text/html")
GARBAGE = answer(200, b"\x00\xff\xfe{{{{not json at all")


@dataclass(slots=True)
class Made:
    """One order that was taken."""

    id: str
    form: str
    marker: str
    prompt: str
    external: str
    polls: int = 0
    cancelled: bool = False

    @property
    def wanted(self) -> int:
        found = re.search(r"\[v:polls=(\d+)\]", self.prompt)
        return int(found[1]) if found else 2

    @property
    def state(self) -> str:
        """queued, running, succeeded, failed, moderated or cancelled."""
        if self.cancelled:
            return "cancelled"
        if "[v:never]" in self.prompt or self.polls < self.wanted:
            return "running" if self.polls else "queued"
        return next((w for w in ("fail", "moderate") if f"[v:{w}]" in self.prompt), "succeeded")


@dataclass(frozen=True, slots=True)
class Heard:
    """One request: `what` is submit, poll, find, cancel, result or other."""

    what: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Vendor:
    """A serving vendor; `url` is its address. Made by `vendor()`."""

    def __init__(self) -> None:
        self.made: dict[str, Made] = {}
        self.heard: list[Heard] = []
        self.key = KEY
        self.usage: int | None = None
        """Units that a finished task reports (credits at runway, units at kling)."""
        self.mood: Callable[[str], Act | None] = lambda _: None
        """What to do with a request of a kind for which nothing was said; None: be good."""
        self.url = ""
        self._calls: set[asyncio.Task[None]] = set()
        self._acts: dict[str, deque[Act]] = defaultdict(deque)
        self._always: dict[str, Act] = {}
        self._open: set[asyncio.StreamWriter] = set()

    # --- what a test asks and says -----------------------------------------------------------------------------------

    def next(self, what: str, *acts: Act) -> None:
        """Do these with the next requests of a kind."""
        self._acts[what].extend(acts)

    def always(self, what: str, act: Act | None) -> None:
        """Do this with every request of a kind from now on; None: be good again."""
        if act is None:
            self._always.pop(what, None)
        else:
            self._always[what] = act

    def forgive(self) -> None:
        """Forget what was to come."""
        self._acts.clear()
        self._always.clear()

    def count(self, what: str) -> int:
        return sum(heard.what == what for heard in self.heard)

    def orders(self) -> Counter[str]:
        """How many orders were taken, by marker."""
        return Counter(made.marker for made in list(self.made.values()))

    def of(self, marker: str) -> Made:
        (found,) = [made for made in list(self.made.values()) if made.marker == marker]
        return found

    # --- the server --------------------------------------------------------------------------------------------------

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection is good for another."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        what = kind_of(method, path)
        act = (
            self._acts[what].popleft()
            if self._acts[what]
            else self._always.get(what) or self.mood(what) or GOOD
        )
        if act.early:
            return await self._misbehave(writer, act)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.heard.append(Heard(what, method, path, headers, body))
        if act.how == "answer" and not act.takes:
            await reply(writer, act.status, act.body, act.headers)
            return True
        if act.how in {"close", "reset", "hang"} and not act.takes:
            return await self._misbehave(writer, act)
        status, content = self._good(what, path, headers, body)
        if act.how == "answer":
            await reply(writer, act.status, act.body, act.headers)
            return True
        if act.how == "good":
            await reply(writer, status, content, {})
            return True
        if act.how == "drip":
            return await drip(writer, status, content)
        if act.how == "half":
            writer.write(preface(status, {}, len(content)) + content[: len(content) // 2])
            await writer.drain()
            return False
        return await self._misbehave(writer, act)

    async def _misbehave(self, writer: asyncio.StreamWriter, act: Act) -> bool:
        if act.how == "hang":
            await asyncio.Event().wait()
        if act.how == "reset":
            reset(writer)
        return False

    def _good(self, what: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        if what == "result" and path.startswith("/files/"):
            return 200, film_of(path)
        if headers.get("authorization") != f"Bearer {self.key}":
            return 401, json.dumps({"error": "bad key", "code": 1000, "message": "bad key"}).encode()
        if what == "submit":
            return self._submit(path, headers, body)
        if what == "other":
            return 404, b'{"error": "no such path"}'
        name = path.partition("?")[0].removesuffix("/content").rpartition("/")[2]
        made = self.made.get(name) or next((m for m in self.made.values() if m.external == name), None)
        if made is None:
            return 404, b'{"code": 1203, "error": "no such task", "message": "no such task"}'
        if what == "result":
            return 200, film_of(path)
        if what == "cancel":
            made.cancelled = made.cancelled or made.state in {"queued", "running"}
            gone = json.dumps({"id": made.id, "deleted": made.cancelled}).encode()
            return (204, b"") if made.form == "runway" else (200, gone)
        made.polls += 1  # a task that goes by our id is found and polled by one path
        return 200, json.dumps(self._shown(made)).encode()

    def _submit(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        form = FORMS.get(path, "runway")
        external = ""
        if "multipart" in headers.get("content-type", ""):
            found = re.search(rb'name="prompt"\r\n\r\n(.*?)\r\n--', body, re.DOTALL)
            prompt = found[1].decode() if found else ""
        else:
            document = json.loads(body)
            prompt = document.get("prompt") or document.get("promptText") or ""
            external = document.get("external_task_id") or headers.get("idempotency-key", "")
            if url := document.get("callback_url"):
                self._calls.add(asyncio.create_task(call_back(url)))
        if known := next((m for m in self.made.values() if external and m.external == external), None):
            refusal = b'{"code": 1201, "message": "external_task_id already exists"}'
            return (200, json.dumps(self._shown(known)).encode()) if form == "framegate" else (400, refusal)
        marker = re.search(r"\[m:([^\]]+)\]", prompt)
        made = Made(f"order{len(self.made)}", form, marker[1] if marker else prompt, prompt, external)
        self.made[made.id] = made
        return 200, json.dumps(self._shown(made)).encode()

    def _shown(self, made: Made) -> dict[str, Any]:
        state = made.state
        if made.form == "openai-videos":
            words = {
                "running": "in_progress",
                "succeeded": "completed",
                "fail": "failed",
                "moderate": "failed",
            }
            error = {"fail": {"code": "server_error", "message": "it broke"}}.get(state)
            error = {"code": "moderation_blocked", "message": "unsafe"} if state == "moderate" else error
            return {"id": made.id, "status": words.get(state, state), "progress": 50, "error": error}
        if made.form == "runway":
            words = {"queued": "PENDING", "fail": "FAILED", "moderate": "FAILED"}
            shown: dict[str, Any] = {"id": made.id, "status": words.get(state, state.upper())}
            if state == "fail":
                shown |= {"failureCode": "INTERNAL", "failure": "it broke"}
            if state == "moderate":
                shown |= {"failureCode": "SAFETY.OUTPUT", "failure": "unsafe"}
            if state == "succeeded":
                shown["output"] = [f"{self.url}/files/{made.id}.mp4"]
            if self.usage is not None and state not in {"queued", "running"}:
                shown["cost"] = {"credits": self.usage}
            return shown
        if made.form == "framegate":
            words = {"fail": "failed", "moderate": "failed"}
            shown = {"id": made.id, "status": words.get(state, state)}
            if state in words:
                shown["failure"] = {"code": "moderated" if state == "moderate" else "broken", "message": "no"}
            if state == "succeeded":
                shown["artifacts"] = [{"kind": "video", "url": f"{self.url}/files/{made.id}.mp4"}]
            return shown
        words = {"queued": "submitted", "running": "processing", "succeeded": "succeed"}
        data: dict[str, Any] = {"task_id": made.id, "task_status": words.get(state, "failed")}
        if state in {"fail", "moderate"}:
            data["task_status_msg"] = "risk control" if state == "moderate" else "it broke"
        if state == "succeeded":
            data["task_result"] = {"videos": [{"id": "v", "url": f"{self.url}/files/{made.id}.mp4"}]}
        if self.usage is not None and state == "succeeded":
            data["final_unit_deduction"] = str(self.usage)
        return {"code": 0, "message": "SUCCEED", "data": data}


def kind_of(method: str, path: str) -> str:
    if path.startswith("/files/") or path.endswith("/content"):
        return "result"
    if method == "POST" and path in FORMS:
        return "submit"
    if path.startswith("/v1/videos/text2video/task_"):
        return "find"
    if path.startswith(("/v1/videos/", "/v1/tasks/")):
        return "cancel" if method == "DELETE" else "poll"
    return "other"


def preface(status: int, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"HTTP/1.1 {status} -", *(f"{k}: {v}" for k, v in headers.items()), f"content-length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def reply(writer: asyncio.StreamWriter, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    writer.write(preface(status, headers, len(body)) + body)
    await writer.drain()


async def drip(writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
    """A good answer, for ever in coming."""
    writer.write(preface(status, {}, len(body)))
    for byte in body:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)
    return True


async def call_back(url: str) -> None:
    """Say twice that something happened, as vendors do; nobody need be there."""
    parts = urlsplit(url)
    for _ in range(2):
        await asyncio.sleep(0.3)
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port)
            target = f"{parts.path}?{parts.query}"
            head = f"POST {target} HTTP/1.1\r\nhost: {parts.netloc}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n"
            writer.write(head.encode() + b"{}")
            await writer.drain()
            writer.close()
            await writer.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """Drop the connection with a reset."""
    found: socket.socket = writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def film_of(path: str) -> bytes:
    """What an order made: by turns large enough for the shelf, and so small that it is kept in the database."""
    number = re.search(r"order(\d+)", path)
    return tiny_mp4() if number and int(number[1]) % 2 else roomy_mp4()


@cache
def roomy_mp4() -> bytes:
    """The same with a box of nothing behind it."""
    return tiny_mp4() + struct.pack(">I4s", 8 + SMALL, b"free") + bytes(SMALL)


@cache
def tiny_mp4() -> bytes:
    """A real video of four frames."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=4)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for n in range(4):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 60 * n, np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return file.getvalue()


@contextlib.contextmanager
def vendor() -> Iterator[Vendor]:
    """A vendor on a free port for the length of a `with`."""
    tiny_mp4()
    made, ready, loop = Vendor(), threading.Event(), asyncio.new_event_loop()
    ending = asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(made.serve, "127.0.0.1", 0, backlog=1024)
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await ending.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), name="vendor")
    thread.start()
    ready.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        loop.close()
