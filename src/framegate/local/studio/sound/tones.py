"""Single tones, from which all that sounds is put together. Waves are float32 at `RATE`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.media import SOUND_RATE as RATE

Wave = NDArray[np.float32]
TOP = 16_000
"""Hz above which no overtone is made."""


def hertz(note: float) -> float:
    """A MIDI note's frequency: 69 is 440."""
    return 440.0 * 2 ** ((note - 69) / 12)


def fade(count: int, rate: float) -> Wave:
    """A decay from 1, `rate` times a second to 1/e."""
    return np.exp(-np.arange(count, dtype=np.float32) * np.float32(rate / RATE))


def envelope(count: int, attack: float, decay: float, level: float, release: float) -> Wave:
    """Up in `attack` seconds, down to `level`, held for `count` samples in all, and let go."""
    rise, fall, tail = (int(seconds * RATE) for seconds in (attack, decay, release))
    out = np.full(count + tail, level, np.float32)
    rise = min(rise, count)
    out[:rise] = np.linspace(0, 1, rise, dtype=np.float32)
    fall = max(0, min(fall, count - rise))
    out[rise : rise + fall] = level + (1 - level) * np.exp(-np.arange(fall) / max(1.0, fall / 4))
    out[count:] = out[count - 1] * np.exp(-np.arange(tail) / max(1.0, tail / 5))
    return out


def harmonics(
    frequency: float, count: int, levels: Sequence[float], detune: float = 0.0, vibrato: float = 0.0
) -> Wave:
    """A sum of overtones; `detune` and `vibrato` are shares of the frequency."""
    t = np.arange(count, dtype=np.float32) / np.float32(RATE)
    phase = (2 * math.pi * frequency * (1 + detune)) * t
    if vibrato:
        phase = phase + (vibrato * frequency / 5.2) * np.sin(2 * math.pi * 5.2 * t) * np.clip(
            t * 3 - 0.4, 0, 1
        )
    turn = np.exp(1j * phase.astype(np.complex64)).astype(np.complex64)
    power, out = turn.copy(), np.zeros(count, np.float32)
    for number, level in enumerate(levels, 1):
        if frequency * number > TOP:
            break
        if level:
            out += np.float32(level) * power.imag
        power *= turn
    return out


def saw(frequency: float, cutoff: float) -> list[float]:
    """The overtones of a sawtooth behind a filter that closes above `cutoff` Hz."""
    top = min(12_000.0, cutoff * 5)
    numbers = range(1, min(60, int(top / frequency) + 1))
    return [min(1.0, (cutoff / (frequency * k)) ** 2) / k for k in numbers] or [1.0]


def plucked(
    frequency: float, count: int, rng: np.random.Generator, bright: float, keep: float = 0.996
) -> Wave:
    """A string that is plucked: a round of noise that grows duller each time it comes by (Karplus and Strong)."""
    period = max(2, round(RATE / frequency))
    width = max(1, int((1 - bright) * 6))
    noise = rng.uniform(-1, 1, period).astype(np.float32)
    ring = np.convolve(np.tile(noise, 2), np.ones(width, np.float32) / width, "same")[:period]
    rounds = np.empty((count // period + 1, period), np.float32)
    for number in range(len(rounds)):
        rounds[number] = ring
        ring = np.float32(keep / 2) * (ring + np.roll(ring, 1))
    return rounds.reshape(-1)[:count]


def hiss(rng: np.random.Generator, count: int) -> Wave:
    return rng.standard_normal(count, np.float32)


def coloured(rng: np.random.Generator, count: int, low: float, high: float, slope: float = 0.0) -> Wave:
    """Noise between `low` and `high` Hz that falls with `slope`, of a root mean square of 1. It closes on itself."""
    bins = np.fft.rfftfreq(count, 1 / RATE).astype(np.float32)
    shape = (bins / (bins + low)) ** 2 / (1 + (bins / high) ** 4) * np.maximum(bins, 20) ** -slope
    wave = np.fft.irfft(np.fft.rfft(hiss(rng, count)) * shape, count).astype(np.float32)
    return wave / max(1e-9, float(np.sqrt(np.mean(wave**2))))
