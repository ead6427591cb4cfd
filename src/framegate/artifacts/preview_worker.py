"""The helper process of `preview`: reads a file's place on standard input, answers what it is, a line each."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import sys
import warnings
from pathlib import Path

import av
import av.error
import msgspec
from av.container import InputContainer
from PIL import Image

from framegate.artifacts.preview import WIDEST, Ask, Look
from framegate.core.wire import Blob

PREVIEWS = 5
MOST_PIXELS = 64_000_000
"""Of a picture of more, and of a film whose frames have more, no preview is made: it would take gigabytes."""
ACROSS, DOWN, CELL = 4, 4, 320
"""Pictures of a sheet, and the longer side of each in pixels."""
SHORT = 60.0
"""Seconds of a film of which all frames are decoded for its sheet."""
BACK = 2.0
"""Seconds before a film's end from which its last picture is looked for."""
LIGHT = 65_536
"""Bytes of a small picture that is its own preview."""
SHOWN = frozenset({"PNG", "JPEG", "WEBP"})

Source = str | io.BytesIO
"""A file's place, or a small one itself."""


def main() -> None:
    """Answer until standard input ends: so the helper ends with its parent."""
    folder = Path(sys.argv[1])
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we look at the size ourselves
    with contextlib.suppress(OSError):
        os.nice(5)
    for line in sys.stdin.buffer:
        ask = msgspec.json.decode(line, type=Ask)
        blob, which = ask.blob, ask.picture
        try:
            if which == "sheet":
                look = Look(poster=sheet(blob, folder))
            elif which:
                look = Look(poster=still(blob, folder, which))
            else:
                source = io.BytesIO(ask.content) if ask.content else blob.path
                picture = blob.media_type.startswith("image/")
                look = image(blob, source, folder) if picture else film(source, folder)
        except (av.error.FFmpegError, OSError, ValueError, Image.DecompressionBombError):
            look = Look()
        sys.stdout.buffer.write(msgspec.json.encode(look) + b"\n")
        sys.stdout.buffer.flush()


def image(blob: Blob, source: Source, folder: Path) -> Look:
    with Image.open(source) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            return Look(width=width, height=height)
        picture.draft("RGB", (WIDEST, WIDEST))
        picture.load()
        is_small = max(width, height) <= WIDEST and blob.size <= LIGHT and picture.format in SHOWN
        small = blob if is_small else keep(picture.convert("RGB"), folder)
    return Look(width=width, height=height, poster=small, previews=(small,))


def film(source: Source, folder: Path) -> Look:
    with opened(source) as container:
        length = container.duration / av.time_base if container.duration else None
        if not container.streams.video:
            return Look(seconds=length)
        stream = container.streams.video[0]
        rate = float(stream.average_rate) if stream.average_rate else None
        if stream.frames and rate:
            length = stream.frames / rate
        frames = pictures(container, length or 0.0, PREVIEWS)
        kept = tuple(keep(frame, folder) for frame in frames)
        return Look(
            seconds=round(length, 3) if length else None,
            width=stream.width,
            height=stream.height,
            fps=rate,
            poster=kept[0] if kept else None,
            previews=kept,
        )


def opened(source: Source) -> InputContainer:
    """A film. Its decoder refuses frames that are too large, also those that grow midway."""
    bound = {"max_pixels": str(MOST_PIXELS)}
    container = av.open(source, "r", options=bound)
    for stream in container.streams.video:
        stream.codec_context.options = bound
    return container


def pictures(container: InputContainer, length: float, count: int) -> list[Image.Image]:
    """Frames spread over the film, the first one first."""
    found: list[Image.Image] = []
    for place in range(count):
        container.seek(int(length * place / count * av.time_base))
        frame = next(container.decode(video=0), None)
        if frame is not None:
            found.append(frame.to_image())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped
    return found


def sheet(blob: Blob, folder: Path) -> Blob | None:
    """Pictures of a film, from its beginning to its end, row by row on one JPEG."""
    with opened(blob.path) as container:
        if not container.streams.video:
            return None
        stream, count = container.streams.video[0], ACROSS * DOWN
        rate = float(stream.average_rate or 0)
        length = stream.frames / rate if stream.frames and rate else (container.duration or 0) / av.time_base
        found = passing(container, length, count) if length <= SHORT else pictures(container, length, count)
        for cell in found:
            cell.thumbnail((CELL, CELL))
    if not found:
        return None
    wide, high = found[0].size
    whole = Image.new("RGB", (wide * ACROSS, high * DOWN))
    for place, cell in enumerate(found):
        whole.paste(cell, (place % ACROSS * wide, place // ACROSS * high))
    return written(whole, folder)


def passing(container: InputContainer, length: float, count: int) -> list[Image.Image]:
    """The same of a short film, whose frames are all decoded once: exact, and quicker than to seek each."""
    found: list[Image.Image] = []
    for frame in container.decode(video=0):
        if len(found) < count and (frame.time or 0.0) >= length * len(found) / count:
            found.append(frame.to_image())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped
    return found


def still(blob: Blob, folder: Path, which: str) -> Blob | None:
    """The first or the last picture of a film as a JPEG, for others to go on from."""
    if blob.media_type.startswith("image/"):
        with Image.open(blob.path) as picture:
            small = picture.width * picture.height <= MOST_PIXELS
            return written(picture.convert("RGB"), folder) if small else None
    found: av.VideoFrame | None = None
    with opened(blob.path) as container:
        if which == "last":
            container.seek(max(0, (container.duration or 0) - int(BACK * av.time_base)))
        for frame in container.decode(video=0):
            found = frame
            if which == "first":
                break
    return written(found.to_image(), folder) if found else None  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped


def written(picture: Image.Image, folder: Path) -> Blob:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, subsampling=0)
    return stored(buffer.getvalue(), folder, "jpg", "image/jpeg")


def stored(data: bytes, folder: Path, ending: str, media_type: str) -> Blob:
    path = folder / f"{secrets.token_hex(16)}.{ending}"
    path.write_bytes(data)
    return Blob(str(path), len(data), hashlib.sha256(data).hexdigest(), media_type)


def keep(picture: Image.Image, folder: Path) -> Blob:
    """A small WebP of a picture, as a file."""
    picture.thumbnail((WIDEST, WIDEST))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=80, method=2)
    return stored(buffer.getvalue(), folder, "webp", "image/webp")


if __name__ == "__main__":
    main()
