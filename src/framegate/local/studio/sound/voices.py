"""Voices: a name or a seed makes one, the same each time. None imitates a person."""

from __future__ import annotations

from typing import NamedTuple

from framegate.local.studio.seeds import generator

LOW, HIGH = (85.0, 140.0), (160.0, 250.0)
"""Hz between which a voice's pitch lies: half of them are low."""


class Voice(NamedTuple):
    """The middle pitch in Hz, the mouth's size against the usual (below 1: larger, so lower), how much the pitch
    moves, how much breath there is, and the pace against the usual.
    """

    pitch: float
    mouth: float
    melody: float
    breath: float
    pace: float


def voice_of(name: str, seed: int) -> Voice:
    """The voice of this name in any case; without one, of this seed."""
    rng = generator("voice", name.strip().lower() or seed)
    low = rng.random() < 0.5
    least, most = LOW if low else HIGH
    return Voice(
        pitch=float(rng.uniform(least, most)),
        mouth=float(rng.uniform(0.88, 1.0) if low else rng.uniform(1.04, 1.2)),
        melody=float(rng.uniform(0.10, 0.24)),
        breath=float(rng.uniform(0.02, 0.08)),
        pace=float(rng.uniform(0.93, 1.07)),
    )
