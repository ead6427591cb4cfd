"""Waves to a file, and a stranger's file to waves. What we write says that it is synthetic."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from framegate.local.studio.brief import BadMedia
from framegate.local.studio.media import SOUND_RATE, read_sound

LONGEST = 300.0
"""Seconds of a given recording that are read at most."""
BLOCK = 1152 * 64


class Format(NamedTuple):
    """How a file's ending is written: container, codec, form of a sample, rate, and bits a second."""

    container: str
    codec: str
    samples: str
    rate: int = SOUND_RATE
    bits: int | None = None


FORMATS: dict[str, Format] = {
    "mp3": Format("mp3", "libmp3lame", "fltp", bits=192_000),
    "wav": Format("wav", "pcm_s16le", "s16"),
    "m4a": Format("ipod", "aac", "fltp", bits=192_000),
    "flac": Format("flac", "flac", "s16"),
    "ogg": Format("ogg", "libopus", "flt", rate=48_000, bits=128_000),
}


def write_sound(
    target: Path, wave: NDArray[np.float32], ending: str, words: dict[str, str], *, quick: bool = False
) -> None:
    """Shape (2, samples) at `SOUND_RATE`, -1 to 1. One thread, so that the same wave gives the same bytes."""
    form = FORMATS[ending]
    options = {"movflags": "+faststart"} if form.container == "ipod" else {}
    if form.container == "ogg":
        options = {"serial_offset": "1", "fflags": "+bitexact"}
    with av.open(str(target), "w", format=form.container, options=options) as file:
        file.metadata.update(words)
        stream = cast("AudioStream", file.add_stream(form.codec, rate=form.rate))
        stream.layout = "stereo"
        stream.format = form.samples
        stream.codec_context.thread_count = 1
        if form.bits:
            stream.bit_rate = form.bits
        if quick and form.codec == "libmp3lame":
            stream.options = {"compression_level": "9"}
        resampler = av.AudioResampler(
            format=form.samples,
            layout="stereo",
            rate=form.rate,
            frame_size=0 if form.container == "wav" else stream.codec_context.frame_size or None,
        )
        for at in range(0, wave.shape[1], BLOCK):
            block = np.ascontiguousarray(wave[:, at : at + BLOCK], np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = SOUND_RATE, at
            for part in resampler.resample(frame):
                file.mux(stream.encode(part))
        for part in resampler.resample(None):
            file.mux(stream.encode(part))
        file.mux(stream.encode())


def heard(path: str) -> NDArray[np.float32]:
    """The sound of a sound or a video file, shape (2, samples) at `SOUND_RATE`. Raises `BadMedia`."""
    most = int(LONGEST * SOUND_RATE)
    count = 0
    parts: list[NDArray[np.float32]] = []
    for block in read_sound(path, most + SOUND_RATE, fill=False):
        parts.append(block)
        count += block.shape[1]
    if count > most:
        raise BadMedia(f"the recording is longer than {LONGEST:.0f} seconds; at most so much is read")
    if count < SOUND_RATE // 20:
        raise BadMedia("the recording holds no sound")
    # a file of floats may hold what is no number
    return np.clip(np.nan_to_num(np.concatenate(parts, axis=1)), -1, 1)
