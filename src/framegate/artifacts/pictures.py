"""Whether a file that begins like a picture is one, and a whole one: what its own structure says.

Nothing is decoded here; what is refused is what nobody could decode. So a picture that was cut off on its way costs its
sender an answer, and not a task that fails.

| type | looked at | source |
|---|---|---|
| PNG | IHDR first, each chunk's length, IEND | PNG, third edition, 5 |
| JPEG | each segment's length, a frame, EOI after the first scan | ITU-T T.81, annex B |
| WebP | the file's length, the frame's head | RFC 9649 |
| GIF | the screen's size | GIF89a, 18 |
| AVIF, HEIC | each box's length | ISO/IEC 14496-12, 4.2 |
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from pathlib import Path

Data = mmap.mmap | bytes
MOST_PIXELS = 200_000_000
"""Of one picture: decoded it takes four bytes for each."""
STEPS = 100_000
"""Parts of a file that are looked at."""
CUT_OFF = "is cut off"
UNREADABLE = "has a header that cannot be read"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG's frame, which has its size."""
ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
"""Markers of a JPEG without a segment."""


def fault(path: Path, media_type: str) -> str | None:
    """What is wrong with a picture, as "is cut off"; None: nothing that can be seen from here."""
    look = LOOKS.get(media_type)
    if look is None or not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            wide, high = look(data)
        except _Broken as broken:
            return str(broken)
        except (struct.error, IndexError):
            return CUT_OFF
    if not wide or not high:
        return UNREADABLE
    if wide * high > MOST_PIXELS:
        return f"has more than {MOST_PIXELS // 1_000_000} million pixels"
    return None


def size(content: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG or WebP, in pixels; None for what is none, or not whole."""
    if media_type not in SIZED:
        return None
    try:
        wide, high = LOOKS[media_type](content)
    except (_Broken, struct.error, IndexError):
        return None
    return (wide, high) if wide and high else None


class _Broken(Exception):
    """No picture; the message says why."""


def _png(data: Data) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise _Broken(UNREADABLE)
    wide, high = struct.unpack_from(">II", data, 16)
    at = 8
    for _ in range(STEPS):
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if at > len(data):
            raise _Broken(CUT_OFF)
        if kind == b"IEND":
            break
    return wide, high


def _jpeg(data: Data) -> tuple[int, int]:
    size, at = (0, 0), 2
    for _ in range(STEPS):
        at = data.find(b"\xff", at)
        kind = data[at + 1]
        if at < 0:
            raise _Broken(CUT_OFF)
        if kind == 0xFF:
            at += 1
            continue
        if kind in ALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if kind in FRAMES:
            high, wide = struct.unpack_from(">HH", data, at + 5)
            size = (wide, high or 1)  # a height of 0 is told after the first scan
        at += 2 + length
        if kind == 0xDA:
            break
    if data.rfind(b"\xff\xd9") < at:
        raise _Broken(CUT_OFF)
    return size


def _webp(data: Data) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if len(data) < 8 + length:
        raise _Broken(CUT_OFF)
    kind = data[12:16]
    if kind == b"VP8X":
        wide, high = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return wide, high
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        wide, high = struct.unpack_from("<HH", data, 26)
        return wide & 0x3FFF, high & 0x3FFF
    raise _Broken(UNREADABLE)


def _gif(data: Data) -> tuple[int, int]:
    wide, high = struct.unpack_from("<HH", data, 6)
    return wide, high


def _boxes(data: Data) -> tuple[int, int]:
    at = 0
    for _ in range(STEPS):
        if at == len(data):
            break
        (length,) = struct.unpack_from(">I", data, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if length == 0:  # to the end of the file
            break
        at += max(8, length)
        if at > len(data):
            raise _Broken(CUT_OFF)
    return 1, 1


LOOKS: dict[str, Callable[[Data], tuple[int, int]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/gif": _gif,
    "image/avif": _boxes,
    "image/heic": _boxes,
}
SIZED = frozenset({"image/png", "image/jpeg", "image/webp"})
"""Of these the head tells the size."""
