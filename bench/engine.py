"""An upstream in the process that is measured: takes every order at once, is done at the second poll, gives 1 KB."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import framegate.providers

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

CONFIG = """
[[upstreams]]
name = "bench"
provider = "bench"

[[routes]]
model = "bench-image"
to = [{ upstream = "bench" }]

[[prices]]
model = "bench-image"
unit = "image"
usd = "0.01"
"""
POLLS = 2


def picture() -> bytes:
    """A PNG of about 1 KB."""
    import numpy as np  # noqa: PLC0415 - not in the process that only submits
    from PIL import Image  # noqa: PLC0415

    noise = np.random.default_rng(1).integers(0, 255, (17, 17, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()


def known() -> None:
    """Let this process find the provider of this upstream, as it finds its own: by the folder."""
    framegate.providers.__path__.append(str(Path(__file__).parent / "providers"))


def create(image: bytes) -> App:
    """The upstream, as an ASGI app."""
    polls: dict[str, int] = {}

    async def serve(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        path, kind = scope["path"], b"application/json"
        name = path.rpartition("/")[2]
        if scope["method"] == "POST":
            body = b""
            while (message := await receive()).get("more_body"):
                body += message["body"]
            name = body.partition(b'"id":"')[2].partition(b'"')[0].decode()
            answer = b'{"id":"%s"}' % name.encode()
        elif path.startswith("/files/"):
            answer, kind = image + name.encode(), b"image/png"  # no two alike; readers stop before it
        else:
            polls[name] = polls.get(name, 0) + 1
            state = b"succeeded" if polls[name] >= POLLS else b"running"
            answer = b'{"state":"%s","url":"/files/%s"}' % (state, name.encode())
        headers = [(b"content-type", kind), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return serve
