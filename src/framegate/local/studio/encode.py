"""Planes to an MP4 file: H.264 with BT.709 tags, the index in front, exact length, and words on what made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from framegate.local.studio.media import SOUND_RATE
from framegate.local.studio.planes import Planes

CODECS: tuple[str, ...] = ("libx264", "libopenh264", "h264")
"""The first that this build of FFmpeg has is used."""

BT709 = 1
LIMITED = 1


def rate_of(fps: float) -> Fraction:
    """A frame rate as a fraction; 23.976, 29.97 and 59.94 become their true thousand-and-firsts."""
    whole = round(fps)
    if abs(fps - whole) > 1e-6 and abs(fps - whole * 1000 / 1001) < 0.005:
        return Fraction(whole * 1000, 1001)
    return Fraction(fps).limit_denominator(1001)


def write_video(
    target: Path,
    frames: Iterable[Planes],
    size: tuple[int, int],
    fps: float,
    words: dict[str, str],
    *,
    sound: Iterator[NDArray[np.float32]] | None = None,
    quick: bool = False,
) -> None:
    """Write the frames (planes of `size`, width and height) and the sound (blocks of shape (2, samples) at
    `SOUND_RATE`, -1 to 1). One thread, so that the same frames give the same bytes.
    """
    rate = rate_of(fps)
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        file.metadata.update(words)
        picture = _picture_stream(file, size, rate, quick=quick)
        track = _sound_stream(file) if sound is not None else None
        heard = 0
        buffer = np.empty((size[1] * 3 // 2, size[0]), np.uint8)
        for number, planes in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(_packed(planes, buffer), format="yuv420p")
            frame.pts = number
            file.mux(picture.encode(frame))
            while track is not None and sound is not None and heard <= (number + 1) / rate * SOUND_RATE:
                block = next(sound, None)
                if block is None:
                    break
                file.mux(track.encode(_sound_frame(block, heard)))
                heard += block.shape[1]
        file.mux(picture.encode())
        if track is not None:
            for block in sound or ():
                file.mux(track.encode(_sound_frame(block, heard)))
                heard += block.shape[1]
            file.mux(track.encode())


def _picture_stream(
    file: av.container.OutputContainer, size: tuple[int, int], rate: Fraction, *, quick: bool
) -> VideoStream:
    codec = next((name for name in CODECS if name in av.codecs_available), CODECS[-1])
    stream = cast("VideoStream", file.add_stream(codec, rate=rate))
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = 1
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED
    if codec == "libx264":
        large = size[0] * size[1] > 1920 * 1088
        preset = "ultrafast" if quick else "superfast" if large else "veryfast"
        # with B-frames x264's macroblock tree gives other bytes for the same frames, as the heap happens to be
        # (found by encoding in a noisy heap); without them it is faster and repeatable, and hardly larger
        options = "bframes=0"
        if preset == "veryfast":
            # blocks of motion no smaller than 16 pixels and half its search for quarter pixels: a third less time for
            # the same likeness to the picture and files up to a tenth larger. What comes before stays: with
            # `superfast` half of the clips are twice as large
            options += ":partitions=i8x8,i4x4:subme=1"
        stream.options = {"preset": preset, "crf": "26" if quick else "21", "x264-params": options}
    return stream


def _sound_stream(file: av.container.OutputContainer) -> AudioStream:
    stream = cast("AudioStream", file.add_stream("aac", rate=SOUND_RATE))
    stream.layout = "stereo"
    stream.bit_rate = 128_000
    stream.codec_context.thread_count = 1
    return stream


def _sound_frame(block: NDArray[np.float32], pts: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(block, np.float32), format="fltp", layout="stereo"
    )
    frame.sample_rate = SOUND_RATE
    frame.pts = pts
    return frame


def _packed(planes: Planes, buffer: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Y, then U, then V, below each other in rows of the full width."""
    height, width = planes.y.shape
    quarter = height * width // 4
    buffer[:height] = planes.y
    flat = buffer.reshape(-1)
    u = flat[height * width : height * width + quarter].reshape(height // 2, width // 2)
    v = flat[height * width + quarter :].reshape(height // 2, width // 2)
    u[:], v[:] = cv2.split(planes.uv)
    return buffer
