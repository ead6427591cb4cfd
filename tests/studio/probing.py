"""What a rendered file is found to be, by opening it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from framegate.local.studio.brief import Brief
from framegate.local.studio.render import render

Rgb = NDArray[np.uint8]


class Found(NamedTuple):
    codec: str
    pixels: str
    size: tuple[int, int]
    rate: float
    frames: int
    seconds: float
    sound_seconds: float | None


def rendered(brief: Brief, folder: Path) -> Path:
    target = folder / f"out-{len(list(folder.iterdir()))}.{brief.format}"
    render(brief, target, lambda share: True)
    return target


def probe(path: Path) -> Found:
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        heard = [_seconds(s) for s in file.streams.audio]
        assert stream.average_rate is not None
        return Found(
            codec=stream.codec_context.name,
            pixels=str(stream.pix_fmt),
            size=(stream.width, stream.height),
            rate=float(stream.average_rate),
            frames=sum(1 for _ in file.decode(stream)),
            seconds=_seconds(stream),
            sound_seconds=heard[0] if heard else None,
        )


def _seconds(stream: VideoStream | AudioStream) -> float:
    assert stream.duration is not None
    assert stream.time_base is not None
    return float(stream.duration * stream.time_base)


def frames_of(path: Path) -> list[Rgb]:
    with av.open(str(path)) as file:
        frames = file.decode(video=0)
        return [np.asarray(f.to_ndarray(format="rgb24", src_colorspace="ITU709"), np.uint8) for f in frames]


def likeness(a: Rgb, b: Rgb) -> float:
    """PSNR in dB."""
    error = ((a.astype(np.float64) - b.astype(np.float64)) ** 2).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def atoms_of(path: Path) -> list[str]:
    """The names of an MP4 file's top atoms, in their order."""
    names: list[str] = []
    data, at = path.read_bytes(), 0
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode("latin-1"))
        at += int.from_bytes(data[at : at + 4], "big")
    return names


def picture_file(
    folder: Path, name: str = "given.png", size: tuple[int, int] = (320, 192), hue: int = 0
) -> Path:
    """A smooth picture with a few shapes, none like another."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    rgb = np.stack([0.2 + 0.6 * x, 0.3 + 0.4 * y, 0.8 - 0.5 * x * y], -1)
    rgb = np.roll(rgb, hue, axis=-1)
    rgb[(x - 0.3) ** 2 + (y - 0.4) ** 2 < 0.02] = (0.9, 0.8, 0.2)
    rgb[(abs(x - 0.7) < 0.1) & (abs(y - 0.6) < 0.2)] = (0.1, 0.2, 0.3)
    path = folder / name
    Image.fromarray((rgb * 255).astype(np.uint8)).save(path)
    return path
