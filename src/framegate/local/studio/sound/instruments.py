"""Instruments: a note by its name, pitch and length. A band keeps the notes that it has played."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from framegate.local.studio.sound.tones import RATE, Wave, envelope, fade, harmonics, hertz, plucked, saw

VOWELS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "a": ((800, 1150, 2900), (1, 0.5, 0.1)),
    "e": ((400, 1700, 2600), (1, 0.25, 0.15)),
    "i": ((300, 2200, 3000), (1, 0.2, 0.12)),
    "o": ((450, 800, 2830), (1, 0.4, 0.06)),
    "u": ((325, 700, 2700), (1, 0.25, 0.04)),
}
"""Formants in Hz and how strong each is."""
Player = Callable[[float, int, np.random.Generator, str], Wave]


class Band:
    """Plays notes, each computed once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._played: dict[tuple[str, int, int, str], Wave] = {}

    def note(self, instrument: str, note: int, seconds: float, vowel: str = "a") -> Wave:
        """A tone of so many seconds, with its tail."""
        count = max(64, int(seconds * RATE))
        key = (instrument, note, count, vowel if instrument == "voice" else "")
        if key not in self._played:
            self._played[key] = PLAYERS[instrument](hertz(note), count, self._rng, vowel)
        return self._played[key]


def ringing(count: int, tail: float, closing: float) -> Wave:
    """1 for `count` samples, then a quick end."""
    return np.concatenate([np.ones(count, np.float32), fade(int(tail * RATE), 1 / closing)])


def piano(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = ringing(count, 0.5, 0.09)
    bright = [1 / k**1.25 * math.exp(-k * f / 5200) for k in range(1, 22)]
    wave = harmonics(f, len(end), bright, 0.0003)
    wave += 0.6 * harmonics(f, len(end), [1 / k**1.4 for k in range(1, 10)], -0.0006)
    wave *= fade(len(end), 1.1 + f / 500) * end * np.float32(0.33)
    wave[:90] *= np.linspace(0, 1, 90, dtype=np.float32)
    return wave


def epiano(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = ringing(count, 0.33, 0.06)
    t = np.arange(len(end), dtype=np.float32) / np.float32(RATE)
    tine = np.sin(2 * math.pi * f * t) * 1.6 * np.exp(-t * 3.2)
    tine += np.sin(2 * math.pi * f * 14 * t) * 0.12 * np.exp(-t * 14)
    wave = np.sin(2 * math.pi * f * t + tine) * np.exp(-t * 1.5) * (1 + 0.12 * np.sin(2 * math.pi * 4.6 * t))
    return (wave * end * 0.34).astype(np.float32)


def bell(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    t = np.arange(count + RATE, dtype=np.float32) / np.float32(RATE)
    ring = np.sin(2 * math.pi * f * 3.5 * t) * 1.3 * np.exp(-t * 3)
    return (np.sin(2 * math.pi * f * t + ring) * np.exp(-t * 2.6) * 0.30).astype(np.float32)


def pluck(f: float, count: int, rng: np.random.Generator, _vowel: str) -> Wave:
    end = ringing(count, 0.5, 0.05)
    return plucked(f, len(end), rng, 0.55) * end * np.float32(0.5)


def guitar(f: float, count: int, rng: np.random.Generator, _vowel: str) -> Wave:
    end = ringing(count, 0.25, 0.03)
    return np.tanh(plucked(f, len(end), rng, 0.8, 0.998) * 2.4) * end * np.float32(0.34)


def picked(f: float, count: int, rng: np.random.Generator, _vowel: str) -> Wave:
    end = ringing(count, 0.12, 0.02)
    return np.tanh(plucked(f, len(end), rng, 0.35, 0.9985) * 1.8) * end * np.float32(0.55)


def pad(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = envelope(count, 0.35, 0.3, 0.9, 0.5)
    voices = (harmonics(f, len(end), saw(f, 1500), d) for d in (-0.0035, 0.0006, 0.0041))
    return sum(voices, np.zeros(len(end), np.float32)) * end * np.float32(0.13)


def strings(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = envelope(count, 0.14, 0.3, 0.9, 0.3)
    voices = (harmonics(f, len(end), saw(f, 2600), d, 0.0035) for d in (-0.0035, 0.0006, 0.0041))
    return sum(voices, np.zeros(len(end), np.float32)) * end * np.float32(0.13)


def supersaw(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    return _stack(f, envelope(count, 0.005, 0.18, 0.55, 0.12), 4200)


def stab(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    return _stack(f, envelope(count, 0.005, 0.18, 0.12, 0.12), 2300)


def _stack(f: float, end: Wave, cutoff: float) -> Wave:
    voices = (harmonics(f, len(end), saw(f, cutoff), d) for d in (-0.008, -0.003, 0.0, 0.0037, 0.0085))
    return sum(voices, np.zeros(len(end), np.float32)) * end * np.float32(0.10)


def saw_lead(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = envelope(count, 0.01, 0.2, 0.6, 0.15)
    wave = harmonics(f, len(end), saw(f, 3000), 0.0, 0.004) + harmonics(
        f, len(end), saw(f, 2400), 0.006, 0.004
    )
    return wave * end * np.float32(0.18)


def square(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = envelope(count, 0.004, 0.15, 0.55, 0.05)
    odd = [1 / k if k % 2 else 0.0 for k in range(1, 26)]
    return harmonics(f, len(end), odd, 0.0, 0.004) * end * np.float32(0.22)


def voice(f: float, count: int, _rng: np.random.Generator, vowel: str) -> Wave:
    """Sings a vowel: overtones that stand where the mouth lets them through."""
    end = envelope(count, 0.06, 0.2, 0.85, 0.14)
    centres, strengths = VOWELS.get(vowel, VOWELS["a"])
    levels = [
        (
            0.035
            + sum(
                s * math.exp(-(((f * k - c) / (90 + 0.05 * c)) ** 2))
                for c, s in zip(centres, strengths, strict=True)
            )
        )
        / k**0.35
        for k in range(1, max(2, min(40, int(6000 / f) + 1)))
    ]
    wave = harmonics(f, len(end), levels, 0.0, 0.006) + 0.7 * harmonics(f, len(end), levels, 0.0035, 0.005)
    return wave / np.float32(np.abs(wave).max() + 1e-6) * end * np.float32(0.36)


def sub(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    return _round(f, envelope(count, 0.006, 0.5, 0.7, 0.08), 0.0)


def deep(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    return _round(f, envelope(count, 0.006, 1.2, 0.7, 0.08), 6.0)


def _round(f: float, end: Wave, drop: float) -> Wave:
    t = np.arange(len(end), dtype=np.float32) / np.float32(RATE)
    wave = np.sin(2 * math.pi * f * t + drop * np.exp(-t * 30))
    return (np.tanh(1.6 * wave) * end * 0.5).astype(np.float32)


def bass_saw(f: float, count: int, _rng: np.random.Generator, _vowel: str) -> Wave:
    end = envelope(count, 0.004, 0.14, 0.45, 0.04)
    return (harmonics(f, len(end), saw(f, 700)) * 0.5 + harmonics(f, len(end), [1.0]) * 0.25) * end


PLAYERS: dict[str, Player] = {
    "piano": piano,
    "epiano": epiano,
    "bell": bell,
    "pluck": pluck,
    "guitar": guitar,
    "picked": picked,
    "pad": pad,
    "strings": strings,
    "supersaw": supersaw,
    "stab": stab,
    "saw": saw_lead,
    "square": square,
    "voice": voice,
    "sub": sub,
    "deep": deep,
    "bass_saw": bass_saw,
}
