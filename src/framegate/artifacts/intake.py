"""What clients give, as checked files: a URL, a data URI, bare base64, or bytes that they send."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

from framegate.artifacts.pictures import fault
from framegate.core.dialect import invalid
from framegate.core.task import Role
from framegate.core.wire import Blob
from framegate.transport import Refused, Transport, Unknown
from framegate.transport.spool import spool

IMAGES = frozenset({Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE, Role.MASK})
LIMITS = {"image/": 50_000_000, "video/": 500_000_000, "audio/": 100_000_000}
FETCH = 60.0
"""Seconds that fetching one input may take."""


def named(role: Role) -> str:
    """How people read a role: "first frame"."""
    return role.replace("_", " ")


def unread(given: str) -> str:
    """What is wrong with what is neither fetched nor decoded."""
    if not given.startswith("data:"):
        return "neither an http(s) URL, a data URI, nor base64"
    if not given[:200].partition(",")[0].endswith(";base64"):
        return "a data URI that is not base64; write data:image/png;base64,…"
    return "a data URI that holds no file: its base64 is very short, is cut off, or has characters that base64 has not"


def wanted(role: Role) -> str:
    """The type of file that a role takes."""
    return "image/" if role in IMAGES else "audio/" if role is Role.AUDIO else "video/"


class Intake:
    """Takes inputs into `folder` as files. Every refusal is a `Trouble` that names the field by its role."""

    def __init__(self, *, transport: Transport, folder: Path, allow_hosts: tuple[str, ...] = ()) -> None:
        self._transport = transport
        self._folder = folder
        self._allow_hosts = allow_hosts

    async def take(self, given: str, *, role: Role) -> Blob:
        """The file behind what a client gave."""
        kind = wanted(role)
        accept = (kind, "image/") if role is Role.REFERENCE else (kind,)
        try:
            if given.startswith(("http://", "https://")):
                got = await self._transport.fetch(
                    given,
                    folder=self._folder,
                    max_bytes=LIMITS[kind],
                    deadline=FETCH,
                    allow_hosts=self._allow_hosts,
                    accept=accept,
                )
            else:
                got = await spool(decoded(given), self._folder, limit=LIMITS[kind], accept=accept)
            assert isinstance(got, Blob)
            return await whole(got)
        except Refused as error:
            raise invalid(role, f"the {named(role)} cannot be used: {error}") from None
        except Unknown as error:
            raise invalid(role, f"the {named(role)} could not be fetched: {error}") from None
        except ValueError:
            raise invalid(role, f"the {named(role)} is {unread(given)}") from None

    async def receive(self, chunks: AsyncIterator[bytes], *, limit: int) -> Blob:
        """The bytes of an upload."""
        try:
            got = await spool(chunks, self._folder, limit=limit, accept=("image/", "video/", "audio/"))
            assert isinstance(got, Blob)
            return await whole(got)
        except Refused as error:
            raise invalid("body", f"the upload cannot be used: {error}") from None


async def whole(blob: Blob) -> Blob:
    """The file, if it is not a picture that nobody could read; else it is gone. Raises `Refused`."""
    path = Path(blob.path)
    wrong = await asyncio.to_thread(fault, path, blob.media_type)
    if wrong is None:
        return blob
    await asyncio.to_thread(path.unlink, missing_ok=True)
    raise Refused(f"this {blob.media_type.partition('/')[2].upper()} file {wrong}")


async def decoded(given: str, piece: int = 4 * 65_536) -> AsyncIterator[bytes]:
    """A data URI or bare base64 as bytes, in pieces. Raises `ValueError` for anything else."""
    start = 0
    if given.startswith("data:"):
        head, comma, _ = given[:200].partition(",")
        if not comma or not head.endswith(";base64"):
            raise ValueError("not a base64 data URI")
        start = len(head) + 1
    if len(given) - start < 64:
        raise ValueError("too short")
    for at in range(start, len(given), piece):
        yield base64.b64decode(given[at : at + piece], validate=True)
