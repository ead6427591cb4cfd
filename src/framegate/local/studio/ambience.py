"""A quiet sound for a clip: a warm chord that changes slowly, and wind, water or rain behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.media import SOUND_RATE
from framegate.local.studio.seeds import generator
from framegate.local.studio.words import SCENES, WEATHERS, scores

CHORDS: tuple[tuple[int, ...], ...] = (
    (0, 7, 12, 16, 19),
    (-3, 4, 12, 16, 21),
    (-7, 5, 9, 12, 17),
    (-5, 2, 11, 14, 19),
)
"""Semitones above the root: I, vi, IV, V, each spread wide."""
CHORD_SECONDS = 4.0
BLOCK = 1 << 14


def ambience(prompt: str, seed: int, samples: int) -> Iterator[NDArray[np.float32]]:
    """Blocks of shape (2, n) at `SOUND_RATE`, -1 to 1, `samples` in all. Soft at both ends."""
    rng = generator("sound", prompt.strip().lower(), seed)
    root = 110.0 * 2 ** (int(rng.integers(-3, 5)) / 12)
    hiss = _noise_loop(rng, prompt)
    phases = rng.uniform(0, 2 * math.pi, (2, 5, 2))
    swell = rng.uniform(0, 2 * math.pi, 3)
    fade = min(0.6, samples / SOUND_RATE / 4)
    for start in range(0, samples, BLOCK):
        count = min(BLOCK, samples - start)
        t = (start + np.arange(count)) / SOUND_RATE
        wave = _pad(t, root, phases)
        at = (start + np.arange(count)) % hiss.shape[1]
        tide = 0.55 + 0.30 * np.sin(t * 0.9 + swell[0]) + 0.15 * np.sin(t * 0.37 + swell[1])
        wave = wave * 0.16 + hiss[:, at] * 0.10 * tide
        ends = np.minimum(np.clip(t / fade, 0, 1), np.clip((samples / SOUND_RATE - t) / fade, 0, 1))
        yield np.tanh(wave * np.sin(ends * math.pi / 2) ** 2).astype(np.float32)


def _pad(t: NDArray[np.float64], root: float, phases: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two detuned voices a note and channel; a chord fades into the next over a second."""
    out = np.zeros((2, len(t)))
    first, last = int(t[0] / CHORD_SECONDS), int(t[-1] / CHORD_SECONDS)
    for number in range(max(0, first - 1), last + 2):
        local = t - number * CHORD_SECONDS
        level = np.clip((local + 0.5) / 1.0, 0, 1) * np.clip((CHORD_SECONDS + 0.5 - local) / 1.0, 0, 1)
        if number == 0:
            level = np.clip((CHORD_SECONDS + 0.5 - local) / 1.0, 0, 1)
        here = np.flatnonzero(level > 0)
        if not len(here):
            continue
        moment, level = t[here], np.sin(level[here] * math.pi / 2)
        for note, semitones in enumerate(CHORDS[number % len(CHORDS)]):
            pitch = root * 2 ** (semitones / 12)
            breath = 0.75 + 0.25 * np.sin(moment * (0.5 + 0.13 * note) + phases[0, note, 0])
            for channel in range(2):
                detune = 1 + (0.0016 if channel else -0.0016) * (1 + note * 0.2)
                angle = 2 * math.pi * pitch * detune * moment + phases[channel, note, 1]
                tone = np.sin(angle) + 0.22 * np.sin(2 * angle) + 0.07 * np.sin(3 * angle)
                out[channel, here] += tone * level * breath / (1.6 + 0.5 * note)
    return out


def _noise_loop(rng: np.random.Generator, prompt: str) -> NDArray[np.float64]:
    """Six seconds of coloured noise that closes on itself: dull for wind, brighter for the sea and for rain."""
    places, weather = scores(prompt, SCENES), scores(prompt, WEATHERS)
    low, high, slope = 120.0, 900.0, 1.0
    if "rain" in weather or "puddle" in places:
        low, high, slope = 700.0, 7000.0, 0.25
    elif places.keys() & {"sea", "underwater"}:
        low, high, slope = 90.0, 2600.0, 0.7
    count = SOUND_RATE * 6
    bins = np.fft.rfftfreq(count, 1 / SOUND_RATE)
    shape = (bins / (bins + low)) ** 2 / (1 + (bins / high) ** 2) * np.maximum(bins, 20.0) ** -slope
    sides = [np.fft.irfft(shape * np.exp(2j * math.pi * rng.random(len(bins))), count) for _ in range(2)]
    both = np.stack(sides)
    return both / (np.abs(both).max() + 1e-9) * 1.6
