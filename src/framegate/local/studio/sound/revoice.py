"""A given recording: said by another voice, or freed from what is not a voice. Its length stays as it is.

Both work on short spectra that overlap: (frames, bins), a Hann window, a quarter of it between two frames.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.sound.level import limited
from framegate.local.studio.sound.tones import RATE, Wave
from framegate.local.studio.sound.voices import voice_of

Stereo = NDArray[np.float32]
SIZE, HOP = 1024, 256
WINDOW = np.hanning(SIZE + 1)[:-1].astype(np.float32)
USUAL = 150.0
"""Hz: the pitch that a stranger is taken to have."""
VOICE = (110.0, 7000.0)
GATE, FLOOR = 2.5, 0.04


def revoiced(wave: Stereo, name: str, seed: int) -> Stereo:
    """As if the voice of this name spoke: pitch and formants moved, up to a fifth."""
    ratio = min(1.5, max(1 / 1.5, voice_of(name, seed).pitch / USUAL))
    if abs(ratio - 1) < 0.08:
        ratio = 0.87
    return limited(np.stack([shifted(side, ratio) for side in wave]), 0.14)


def shifted(side: Wave, ratio: float) -> Wave:
    """Stretched by the ratio, then read that much faster."""
    stretched = stretch(side, ratio)
    places = np.arange(len(side)) * ratio
    return np.interp(places, np.arange(len(stretched)), stretched).astype(np.float32)


def stretch(side: Wave, ratio: float) -> Wave:
    """`ratio` times as long at the same pitch (a phase vocoder)."""
    frames = spectra(side)
    at = np.arange(0, len(frames) - 1, 1 / ratio)
    before = at.astype(int)
    share = (at - before).astype(np.float32)[:, None]
    loud = np.abs(frames)
    level = loud[before] * (1 - share) + loud[before + 1] * share
    angle = np.angle(frames)
    expected = (2 * math.pi * HOP / SIZE) * np.arange(frames.shape[1])
    turn = angle[before + 1] - angle[before] - expected
    turn = turn - 2 * math.pi * np.round(turn / (2 * math.pi)) + expected
    phase = angle[0] + np.concatenate([np.zeros((1, frames.shape[1])), np.cumsum(turn[:-1], axis=0)])
    return joined(level * np.exp(1j * phase), round(SIZE * ratio), round(len(side) * ratio))


def isolated(wave: Stereo) -> Stereo:
    """The band of voices alone, and silence where there is only the steady noise of the room."""
    bins = np.fft.rfftfreq(SIZE, 1 / RATE)
    band = ((bins > VOICE[0]) & (bins < VOICE[1])).astype(np.float32)
    sides: list[Wave] = []
    for side in wave:
        frames = spectra(side)
        loud = np.abs(frames)
        room = np.percentile(loud, 20, axis=0)
        gain = np.clip((loud - GATE * room) / np.maximum(loud, 1e-9), FLOOR, 1) * band
        calm = (gain + np.roll(gain, 1, axis=0) + np.roll(gain, -1, axis=0)) / 3
        sides.append(joined(frames * calm, SIZE, len(side)))
    return limited(np.stack(sides), 0.14)


def spectra(side: Wave) -> NDArray[np.complex64]:
    padded = np.pad(side, (SIZE, SIZE * 2))
    views = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[::HOP]
    return np.fft.rfft(views * WINDOW, axis=1).astype(np.complex64)


def joined(frames: NDArray[np.complexfloating], start: int, count: int) -> Wave:
    """The wave of overlapping spectra: `count` samples, of which the first lies at `start`."""
    parts = np.fft.irfft(frames, SIZE, axis=1).astype(np.float32) * WINDOW
    out = np.zeros(max(len(parts) * HOP + SIZE, start + count), np.float32)
    for number, part in enumerate(parts):
        out[number * HOP : number * HOP + SIZE] += part
    return out[start : start + count] / np.float32(1.5)
