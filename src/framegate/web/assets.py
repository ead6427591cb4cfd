"""Answers that stay the same while the server runs: typed, tagged and squeezed once at start, then only sent."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from framegate.web.exchange import Visit

TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
}
SQUEEZED = ("text/", "application/json", "image/svg+xml")


class Form(NamedTuple):
    """One way to send an asset: as it is, or squeezed."""

    headers: Mapping[str, str]
    body: bytes


class Asset(NamedTuple):
    """An answer made ready. `squeezed` is None where gzip would not help."""

    plain: Form
    squeezed: Form | None


def ready(body: bytes, kind: str, extra: Mapping[str, str] | None = None) -> Asset:
    """An asset of a media type. Browsers ask each time whether it changed: a new version shows at once."""
    digest = hashlib.sha256(body).hexdigest()[:20]
    headers = {
        "content-type": kind,
        "cache-control": "no-cache",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        **(extra or {}),
    }
    plain = Form({**headers, "etag": f'"{digest}"'}, body)
    small = gzip.compress(body, mtime=0) if kind.startswith(SQUEEZED) else body
    if len(small) > 0.9 * len(body):
        return Asset(plain, None)
    return Asset(plain, Form({**headers, "etag": f'"{digest}-gz"', "content-encoding": "gzip"}, small))


async def send(visit: Visit, asset: Asset) -> None:
    """Answer with the asset, or with 304 to a browser that has it."""
    wants_gzip = any(
        part.partition(";")[0].strip() == "gzip" and "q=0" not in part.replace(" ", "").split(";")
        for part in visit.headers.get("accept-encoding", "").split(",")
    )
    form = asset.squeezed if asset.squeezed is not None and wants_gzip else asset.plain
    held = [tag.strip().removeprefix("W/") for tag in visit.headers.get("if-none-match", "").split(",")]
    if form.headers["etag"] in held or "*" in held:
        await visit.start(304, form.headers)
        await visit.piece(b"", more=False)
        return
    await visit.start(200, {**form.headers, "content-length": str(len(form.body))})
    await visit.piece(b"" if visit.method == "HEAD" else form.body, more=False)
