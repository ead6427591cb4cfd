"""Stored files by signed link: GET and HEAD with Range, If-Range and ETag, in constant memory; and PUT of uploads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from framegate.artifacts import Shelf
from framegate.artifacts.links import BadLink, Links
from framegate.core.dialect import Problem, Trouble
from framegate.core.wire import Response, answer
from framegate.web.exchange import OPEN, Visit
from framegate.web.forms import is_form, one_file
from framegate.web.gateway import Gateway

RANGE = re.compile(r"^bytes=([0-9]{0,18})-([0-9]{0,18})$")
UPLOAD_LIMIT = 1_000_000_000
CALLBACK_LIMIT = 1_000_000


class Span(NamedTuple):
    """The bytes to send, `end` not included."""

    start: int
    end: int
    whole: bool


class Files:
    """The handlers of `/v1/artifacts/{name}`, `/v1/media/{name}` and `/v1/uploads/{id}`."""

    def __init__(self, gateway: Gateway, shelf: Shelf, links: Links) -> None:
        self._gateway = gateway
        self._shelf = shelf
        self._links = links

    async def get(self, visit: Visit, path: Mapping[str, str], bucket: str) -> None:
        """Send the file of a signed link."""
        self._check(visit, bucket, path["name"])
        await self.send(visit, bucket, path["name"])

    async def send(
        self, visit: Visit, bucket: str, name: str, extra: Mapping[str, str] | None = None
    ) -> None:
        """Send a file, or the part of it that is asked for; whether the client may have it was checked."""
        found = await self._gateway.file(bucket, name)
        if found is None or (await self._shelf.size(found[0])) != found[1]:
            raise Trouble(Problem.NOT_FOUND, "this file is no longer kept")
        sha256, size, media_type, filename = found
        headers = {
            **(extra or {}),
            **OPEN,
            "content-type": media_type,
            "etag": f'"{sha256}"',
            "accept-ranges": "bytes",
            "cache-control": "private, max-age=3600",
            "content-disposition": f'inline; filename="{quote(filename, safe="")}"',
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
        }
        seen = visit.headers.get("if-none-match", "")
        if headers["etag"] in seen or seen.strip() == "*":
            await visit.start(304, headers)
            await visit.piece(b"", more=False)
            return
        asked = visit.headers.get("range") if visit.method == "GET" else None  # RFC 9110, 14.2: of GET alone
        span = span_of(asked, visit.headers.get("if-range"), headers["etag"], size)
        if span is None:
            await visit.start(416, {**headers, "content-range": f"bytes */{size}", "content-length": "0"})
            await visit.piece(b"", more=False)
            return
        headers["content-length"] = str(span.end - span.start)
        if not span.whole:
            headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{size}"
        await visit.start(200 if span.whole else 206, headers)
        if visit.method != "HEAD":
            async for piece in self._shelf.read(sha256, span.start, span.end):
                await visit.piece(piece)
        await visit.piece(b"", more=False)

    async def put(self, visit: Visit, path: Mapping[str, str]) -> None:
        """Take an upload's bytes."""
        slot = path["name"]
        self._check(visit, "uploads", slot)
        await self._gateway.receive_upload(
            slot, visit.chunks(UPLOAD_LIMIT), visit.headers.get("content-type", "")
        )
        await visit.answer(answer(200, {"id": slot}, {"etag": f'"{slot}"', **OPEN}))

    async def post(self, visit: Visit, path: Mapping[str, str]) -> None:
        """Take an upload's bytes as the one file of a form; its other fields say nothing to us."""
        slot = path["name"]
        self._check(visit, "uploads", slot)
        kind = visit.headers.get("content-type", "")
        if not is_form(kind):
            raise Trouble(
                Problem.UNSUPPORTED_MEDIA, "send the file in a form (multipart/form-data), or PUT it"
            )
        await self._gateway.receive_upload(slot, one_file(visit.chunks(UPLOAD_LIMIT), kind), kind)
        await visit.answer(Response(status=204, headers={"etag": f'"{slot}"', **OPEN}))

    async def callback(self, visit: Visit, path: Mapping[str, str]) -> None:
        """An upstream tells of a task. Its words are not believed: the task is looked at."""
        self._check(visit, "callbacks", path["name"])
        async for _ in visit.chunks(CALLBACK_LIMIT):
            pass
        await self._gateway.called_back(path["name"])
        await visit.answer(answer(200, {"code": 0}))

    def _check(self, visit: Visit, bucket: str, name: str) -> None:
        try:
            self._links.check(visit.query.get("_jwt", ""), bucket, name)
        except BadLink as error:
            raise Trouble(Problem.FORBIDDEN, str(error)) from None


def span_of(range_: str | None, if_range: str | None, etag: str, size: int) -> Span | None:
    """Which bytes a Range header asks for; all of them when it is absent, odd or out of date; None: not satisfiable."""
    whole = Span(0, size, whole=True)
    if range_ is None or (if_range is not None and if_range != etag):
        return whole
    found = RANGE.match(range_.strip())
    if found is None or found[0] == "bytes=-":
        return whole  # several ranges, or another unit: the whole is a right answer too
    first, last = found[1], found[2]
    if not first:
        length = int(last)
        return Span(max(0, size - length), size, whole=False) if length and size else None
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    return Span(start, end, whole=False) if start < min(size, end) else None
