"""Looks at given media: their shape, their length, their last frame. Only worker processes import this."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, cast

import av
import av.error
from PIL import Image, UnidentifiedImageError

from framegate.local.studio.brief import BadMedia

Image.MAX_IMAGE_PIXELS = 100_000_000
BACK = 2.0
"""Seconds before the end from which frames are decoded to find the last one."""


class Shape(NamedTuple):
    """Sides in pixels as a viewer sees them, and seconds (None for a picture)."""

    width: int
    height: int
    seconds: float | None


def shape(path: str) -> Shape:
    """Of a picture or a video. Raises `BadMedia`."""
    try:
        with Image.open(path) as picture:
            turned = picture.getexif().get(0x0112) in {5, 6, 7, 8}
            wide, high = picture.size
            return Shape(high, wide, None) if turned else Shape(wide, high, None)
    except UnidentifiedImageError:
        pass
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadMedia(f"the picture cannot be read: {error}"[:300]) from None
    try:
        with av.open(path) as container:
            if not container.streams.video:
                raise BadMedia("the file holds neither a picture nor a video")
            stream = container.streams.video[0]
            seconds = container.duration / av.time_base if container.duration else None
            return Shape(stream.width, stream.height, seconds)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadMedia(f"the file cannot be read: {error}"[:300]) from None


def last_frame(path: str, target: Path) -> str:
    """A picture of how the medium ends: the medium itself when it is one, else a PNG at `target`."""
    if shape(path).seconds is None:
        return path
    try:
        with av.open(path) as container:
            length = container.duration or 0
            container.seek(max(0, length - int(BACK * av.time_base)))
            last = None
            for frame in container.decode(video=0):
                last = frame
            if last is None:
                raise BadMedia("the video to continue has no frame")
            picture = cast("Image.Image", last.to_image())  # pyright: ignore[reportUnknownMemberType]
            picture.save(target, "PNG", compress_level=1)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadMedia(f"the video to continue cannot be read: {error}"[:300]) from None
    return str(target)
