"""Looks at given media: their shape, their length, their first and last frames. Only worker processes import this."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, cast

import av
import av.error
from PIL import Image, UnidentifiedImageError

from framegate.local.studio.brief import BadMedia
from framegate.local.studio.media import film_file, open_film, picture_file

BACK = 2.0
"""Seconds before the end from which frames are decoded to find the last one."""
ORIENTATION = 0x0112
SIDEWAYS = frozenset({5, 6, 7, 8})
"""Values of EXIF's orientation that swap the sides."""


class Shape(NamedTuple):
    """Sides in pixels as a viewer sees them, and seconds (None for a picture)."""

    width: int
    height: int
    seconds: float | None


def shape(path: str) -> Shape:
    """Of a picture or a video. Raises `BadMedia`."""
    try:
        with picture_file(path) as picture:
            wide, high = picture.size
            turned = picture.getexif().get(ORIENTATION) in SIDEWAYS
            return Shape(high, wide, None) if turned else Shape(wide, high, None)
    except UnidentifiedImageError:
        try:
            film = open_film(path)
        except BadMedia as error:
            message = (
                "the file can be read neither as a picture (PNG, JPEG, WebP) nor as a video (MP4, WebM, MOV)"
            )
            raise BadMedia(message) from error
        return Shape(film.width, film.height, film.seconds)
    except (OSError, ValueError, SyntaxError) as error:
        raise BadMedia("the picture cannot be read; send a PNG, JPEG or WebP file") from error


def length(path: str) -> float | None:
    """Seconds of a film or a sound; None for a file that says nothing of them."""
    try:
        with av.open(path) as container:
            return container.duration / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError, ValueError):
        return None


def last_frame(path: str, target: Path) -> str:
    """A picture of how the medium ends: the medium itself when it is one, else a PNG at `target`."""
    if shape(path).seconds is None:
        return path
    last: av.VideoFrame | None = None
    try:
        with film_file(path) as container:
            container.seek(max(0, (container.duration or 0) - int(BACK * av.time_base)))
            for frame in container.decode(video=0):
                last = frame
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadMedia("the video to continue cannot be read") from error
    return _kept(last, target)


def first_frame(path: str, target: Path) -> str:
    """A picture of how the medium begins: the medium itself when it is one, else a PNG at `target`."""
    if shape(path).seconds is None:
        return path
    try:
        with film_file(path) as container:
            first = next(container.decode(video=0), None)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadMedia("the video to lead up to cannot be read") from error
    return _kept(first, target)


def _kept(frame: av.VideoFrame | None, target: Path) -> str:
    if frame is None:
        raise BadMedia("the video has no frame")
    picture = cast("Image.Image", frame.to_image())  # pyright: ignore[reportUnknownMemberType]
    picture.save(target, "PNG", compress_level=1)
    return str(target)
