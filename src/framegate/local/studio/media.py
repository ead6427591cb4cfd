"""Strangers' files: pictures and films are opened with care, and what cannot be read is said in plain words."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from framegate.local.studio.brief import BadMedia
from framegate.local.studio.planes import Bytes, Planes

SOUND_RATE = 44_100
MOST_PIXELS = 64_000_000
"""A picture of more is refused before it is decoded (8000 by 8000)."""
_MOST = f"{MOST_PIXELS // 1_000_000} million"
LONGEST_FILM = 120.0
"""Seconds of a film that are read at most."""


@contextmanager
def picture_file(path: str) -> Generator[Image.Image, None, None]:
    """A picture file whose size is known and bearable, not yet decoded: a small file may unfold to gigabytes.

    Raises `BadMedia` where it has too many pixels, and Pillow's errors where it is no picture.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(path)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise BadMedia(f"the picture has far more pixels than {_MOST}; send a smaller one") from error
        with picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadMedia(
                    f"the picture has {picture.width}x{picture.height} pixels; at most {_MOST} are read"
                )
            yield picture


def film_file(path: str) -> InputContainer:
    """An opened video or sound file whose decoders refuse pictures of too many pixels, also when they grow on the
    way. Raises PyAV's errors.
    """
    bound = {"max_pixels": str(MOST_PIXELS)}
    file = av.open(path, options=bound)
    for stream in file.streams.video:
        stream.codec_context.options = bound
    return file


def open_picture(path: str, at_least: tuple[int, int] = (0, 0)) -> Bytes:
    """A picture file as sRGB bytes, upright. Transparent parts become white. `at_least` (width, height) lets a JPEG
    be decoded at a lower size. Raises `BadMedia`.
    """
    try:
        with picture_file(path) as picture:
            if at_least[0]:
                picture.draft("RGB", at_least)
            upright = ImageOps.exif_transpose(picture)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                ground = Image.new("RGBA", upright.size, (255, 255, 255, 255))
                upright = Image.alpha_composite(ground, upright.convert("RGBA"))
            elif upright.mode.startswith("I;16"):
                upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
            return np.asarray(upright.convert("RGB"))
    except BadMedia:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, Warning) as error:
        raise BadMedia("the picture cannot be read; send a PNG, JPEG or WebP file") from error


def covering(rgb: Bytes, width: int, height: int) -> Bytes:
    """The picture scaled until it covers (width, height), cut to its middle."""
    rows, columns = rgb.shape[:2]
    if (columns, rows) == (width, height):
        return rgb
    factor = max(width / columns, height / rows)
    size = (max(width, round(columns * factor)), max(height, round(rows * factor)))
    # AREA for shrinking has no ringing; LANCZOS for growing keeps edges
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LANCZOS4
    scaled = cv2.resize(rgb, size, interpolation=how)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


class Film(NamedTuple):
    """A video file's size in pixels, frames a second, length in seconds (0 where the file does not say)."""

    width: int
    height: int
    fps: float
    seconds: float
    has_sound: bool


def open_film(path: str) -> Film:
    """What a video file says of itself. Raises `BadMedia`."""
    try:
        with film_file(path) as file:
            if not file.streams.video:
                raise BadMedia("the file holds no video")
            stream = file.streams.video[0]
            seconds = float(file.duration or 0) / 1_000_000
            if stream.duration and stream.time_base:
                seconds = float(stream.duration * stream.time_base)
            fps = float(stream.average_rate or stream.guessed_rate or 24)
            width, height = stream.codec_context.width, stream.codec_context.height
            if width * height > MOST_PIXELS:
                raise BadMedia(f"the video's pictures have {width}x{height} pixels; at most {_MOST} are read")
            if width < 2 or height < 2:  # what has too many pixels is not looked at, so its size is not known
                raise BadMedia(
                    f"the video cannot be read: its pictures are no pictures, or have more than {_MOST} pixels"
                )
            if seconds > LONGEST_FILM:
                raise BadMedia(
                    f"the video is {seconds:.0f} seconds long; at most {LONGEST_FILM:.0f} are read"
                )
            return Film(width, height, min(120.0, max(1.0, fps)), seconds, bool(file.streams.audio))
    except BadMedia:
        raise
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadMedia("the video cannot be read; send an MP4, WebM or MOV file") from error


def frames_of(path: str) -> Iterator[tuple[float, Planes]]:
    """Every frame with its time in seconds from the first, upright, of even size. Raises `BadMedia`."""
    try:
        with film_file(path) as file:
            stream = file.streams.video[0]
            stream.thread_count = 1
            first: float | None = None
            for number, frame in enumerate(file.decode(stream)):
                at = frame.time if frame.time is not None else number / 24
                first = at if first is None else first
                if at - first > LONGEST_FILM:
                    return
                yield at - first, _planes_of(frame)
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        raise BadMedia("the video cannot be read; send an MP4, WebM or MOV file") from error


def _planes_of(frame: av.VideoFrame) -> Planes:
    even = frame.reformat(
        width=frame.width & ~1,
        height=frame.height & ~1,
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
    packed = even.to_ndarray()
    height, width = even.height, even.width
    flat = packed.reshape(-1)
    area = height * width
    u = flat[area : area + area // 4].reshape(height // 2, width // 2)
    v = flat[area + area // 4 :].reshape(height // 2, width // 2)
    planes = Planes(np.ascontiguousarray(packed[:height]), cv2.merge([u, v]))
    quarter_turns = round(frame.rotation / 90) % 4
    if quarter_turns:
        planes = Planes(*(np.ascontiguousarray(np.rot90(p, quarter_turns)) for p in planes))
    return planes


def read_sound(path: str, samples: int, *, fill: bool = True) -> Iterator[NDArray[np.float32]]:
    """The sound of a file as blocks of shape (2, n) at `SOUND_RATE`, cut to `samples`, and with `fill` filled with
    silence to as many.

    Raises `BadMedia` where there is none.
    """
    left = samples
    try:
        with film_file(path) as file:
            if not file.streams.audio:
                raise BadMedia("the file holds no sound")
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
            for frame in file.decode(file.streams.audio[0]):
                frame.pts = None
                for part in resampler.resample(frame):
                    block = part.to_ndarray()[:, :left]
                    left -= block.shape[1]
                    if block.shape[1]:
                        yield block
                if left <= 0:
                    return
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadMedia("the sound cannot be read; send an MP3, WAV or M4A file") from error
    while fill and left > 0:
        n = min(left, SOUND_RATE)
        left -= n
        yield np.zeros((2, n), np.float32)
