"""A voice that says a text with the right rhythm. It is a stand-in: syllables can be heard, words hardly.

A buzz as of vocal cords is shaped by moving formants; hisses and bursts of noise are its consonants.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.seeds import generator
from framegate.local.studio.sound.instruments import VOWELS
from framegate.local.studio.sound.level import faded, limited
from framegate.local.studio.sound.syllables import Sound, length_of, sounds_of
from framegate.local.studio.sound.tones import RATE, Wave
from framegate.local.studio.sound.voices import Voice, voice_of

HALF = RATE // 2
"""The voice is made at half the rate: nothing in it lies above 11 kHz."""
STEP = 110
"""Samples between two looks at the mouth: 5 ms."""
HUMS = {"m": ((250, 1000, 2200), (1, 0.06, 0.03)), "n": ((280, 1500, 2500), (1, 0.1, 0.05))}
BANDS = {
    "s": (4200, 9500),
    "h": (1500, 5500),
    "f": (2200, 8000),
    "t": (3000, 8000),
    "p": (500, 2500),
    "k": (1400, 4000),
}
"""Hz of the noise of each consonant."""
MOST_OVERTONES = 48


def speech(
    text: str, name: str, seed: int, seconds: float | None, going_on: Callable[[float], None]
) -> NDArray[np.float32]:
    """Shape (2, samples) at `RATE`: `seconds` long, or as long as the text takes. `going_on` hears 0 to 1."""
    voice = voice_of(name, seed)
    length = seconds if seconds is not None else length_of(text) / voice.pace
    rng = generator("speech", text, name.strip().lower(), seed)
    count = max(STEP * 4, math.ceil(length * HALF))
    sounds = sounds_of(text)
    tracks = Tracks(sounds, voice, count, rng)
    wave = tracks.voiced(going_on) + tracks.noise(rng) * np.float32(0.5)
    whole = np.interp(np.arange(round(length * RATE)) / 2, np.arange(count), wave).astype(np.float32)
    return faded(limited(np.stack([whole, whole]), 0.14), 0.01, 0.03)


class Tracks:
    """What the mouth does, every `STEP` samples: pitch, how open it is, and where its formants lie."""

    def __init__(self, sounds: list[Sound], voice: Voice, count: int, rng: np.random.Generator) -> None:
        self.count, self.voice = count, voice
        steps = count // STEP + 2
        ends = np.cumsum([sound.share for sound in sounds])
        self.spans = np.rint(np.concatenate([[0], ends / ends[-1] * (steps - 6)])).astype(int) + 2
        self.sounds = sounds
        self.open = np.zeros(steps, np.float32)
        self.pitch = np.full(steps, voice.pitch, np.float32)
        self.centres = np.tile(np.float32((500, 1500, 2500)), (steps, 1))
        self.strengths = np.tile(np.float32((1, 0.3, 0.1)), (steps, 1))
        shape = VOWELS["a"]
        for number, sound in enumerate(sounds):
            at = slice(self.spans[number], self.spans[number + 1])
            if sound.kind in {"vowel", "hum"}:
                shape = VOWELS[sound.shape] if sound.kind == "vowel" else HUMS[sound.shape]
                self.open[at] = (1.0 if sound.stressed else 0.75) if sound.kind == "vowel" else 0.35
            self.centres[at], self.strengths[at] = np.float32(shape[0]) * voice.mouth, np.float32(shape[1])
            lift = (
                0.5 * sound.stressed + sound.rise * 0.9 - 0.5 * number / len(sounds) + rng.uniform(-0.2, 0.2)
            )
            self.pitch[at] *= 1 + voice.melody * lift
        self.open = smooth(self.open, 5)
        self.pitch = smooth(self.pitch, 25)
        self.centres = np.stack([smooth(c, 9) for c in self.centres.T])
        self.strengths = np.stack([smooth(s, 9) for s in self.strengths.T])

    def voiced(self, going_on: Callable[[float], None]) -> Wave:
        """The buzz behind the formants: a sum of overtones, each as loud as the mouth lets it be."""
        at = np.arange(len(self.open)) * STEP
        samples = np.arange(self.count)
        pitch = np.interp(samples, at, self.pitch)
        wobble = 1 + 0.006 * np.sin(samples * (2 * math.pi * 5.1 / HALF))
        turn = np.exp(1j * (np.cumsum(pitch * wobble) * (2 * math.pi / HALF))).astype(np.complex64)
        power, out = turn.copy(), np.zeros(self.count, np.float32)
        overtones = min(MOST_OVERTONES, int(6500 / self.pitch.min()))
        for number in range(1, overtones + 1):
            tone = self.pitch * number
            gain = sum(
                s * np.exp(-(((tone - c) / (90 + 0.06 * c)) ** 2))
                for c, s in zip(self.centres, self.strengths, strict=True)
            )
            level = (gain + 0.03) * self.open / np.float32(number**0.4)
            out += np.interp(samples, at, level).astype(np.float32) * power.imag
            power *= turn
            if number % 8 == 0:
                going_on(number / overtones)
        return out

    def noise(self, rng: np.random.Generator) -> Wave:
        """Hisses and bursts, and the breath of the voice."""
        out = rng.standard_normal(self.count, np.float32)
        breath = np.interp(
            np.arange(self.count), np.arange(len(self.open)) * STEP, self.open * self.voice.breath
        )
        out *= breath.astype(np.float32)
        for number, sound in enumerate(self.sounds):
            if sound.kind not in {"hiss", "stop"}:
                continue
            start, end = self.spans[number] * STEP, min(self.spans[number + 1] * STEP, self.count)
            if end - start < 16:
                continue
            low, high = BANDS[sound.shape]
            burst = banded(rng, end - start, low, high)
            t = np.linspace(0, 1, end - start, dtype=np.float32)
            edge = np.sin(t * 3.14) ** 0.5 if sound.kind == "hiss" else (t > 0.55) * np.exp(-(t - 0.55) * 9)
            out[start:end] += (
                burst * edge.astype(np.float32) * np.float32(0.55 if sound.kind == "hiss" else 0.9)
            )
        return out


def banded(rng: np.random.Generator, count: int, low: float, high: float) -> Wave:
    bins = np.fft.rfftfreq(count, 1 / HALF)
    shape = np.fft.rfft(rng.standard_normal(count)) * ((bins > low) & (bins < high))
    return (np.fft.irfft(shape, count) * math.sqrt(HALF / 2 / (high - low)) * 0.5).astype(np.float32)


def smooth(track: Wave, width: int) -> Wave:
    """Means over so many steps: a mouth does not jump."""
    padded = np.pad(track, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width, np.float32) / width, "valid")[: len(track)].astype(np.float32)
