"""The last hand on any sound: an even loudness, soft ends, and never too loud."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.sound.tones import RATE

LOUD = 0.17
"""Root mean square: about -15 dB."""
PEAK = 0.75
"""The limit: an encoder's rounding may add a fifth."""


def finished(wave: NDArray[np.float32], *, tail: float = 0.02, head: float = 0.004) -> NDArray[np.float32]:
    """Shape (2, samples): bass and heights balanced, levelled, `head` and `tail` seconds faded, limited."""
    count = wave.shape[1]
    bins = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 1.0).astype(np.float32)
    shelf = -4 / (1 + (bins / 110) ** 2) + 4.5 / (1 + (2600 / bins) ** 2) - 6 / (1 + (bins / 30) ** 4)
    wave = np.fft.irfft(np.fft.rfft(wave) * 10 ** (shelf / 20), count).astype(np.float32)
    return limited(faded(wave, head, tail))


def faded(wave: NDArray[np.float32], head: float, tail: float) -> NDArray[np.float32]:
    count = wave.shape[1]
    first, last = (min(count // 4, int(seconds * RATE)) for seconds in (head, tail))
    out = wave.astype(np.float32, copy=True)
    if first:
        out[:, :first] *= np.linspace(0, 1, first, dtype=np.float32)
    if last:
        out[:, -last:] *= np.linspace(1, 0, last, dtype=np.float32) ** np.float32(1.5)
    return out


def limited(wave: NDArray[np.float32], loud: float = LOUD) -> NDArray[np.float32]:
    """At one loudness, with a soft limit: what was silent stays so."""
    level = float(np.sqrt(np.mean(wave.astype(np.float64) ** 2)))
    return (np.tanh(wave * np.float32(loud / max(level, 1e-6))) * np.float32(PEAK)).astype(np.float32)
