"""A drum kit, and what it plays: sixteen steps a bar, `x` is a stroke, `g` a soft one."""

from __future__ import annotations

import math

import numpy as np

from framegate.local.studio.sound.tones import RATE, Wave

PATTERNS: dict[str, dict[str, str]] = {
    "boombap": {"kick": "x.....x...x.....", "snare": "....x.......x..g", "hat": "x.x.x.x.x.x.x.x."},
    "trap": {"kick": "x......x..x.....", "clap": "........x.......", "hat": "x.xxx.x.xxx.xxxx"},
    "four": {
        "kick": "x...x...x...x...",
        "clap": "....x.......x...",
        "open": "..x...x...x...x.",
        "hat": "x.gxx.gxx.gxx.gx",
    },
    "eighties": {
        "kick": "x...x...x...x...",
        "snare": "....x.......x...",
        "hat": "x.x.x.x.x.x.x.x.",
        "tom": "..............xx",
    },
    "pop": {"kick": "x.....x.x.......", "snare": "....x.......x...", "hat": "x.x.x.x.x.x.x.x."},
    "rock": {"kick": "x.x.....x.x.....", "snare": "....x.......x...", "hat": "x.x.x.x.x.x.x.x."},
    "epic": {"boom": "x.......x.......", "tom": "..x...xx..x.x.xx"},
    "swing": {"hat": "x..xx..xx..xx..x", "rim": "....x.......x...", "kick": "x.......g......."},
    "shaker": {"shaker": "x.x.x.x.x.x.x.x.", "kick": "x.......x.......", "rim": "....x.......x..."},
    "funk": {"kick": "x..x..x...x..x..", "snare": "....x..g.g..x..g", "hat": "xxxxxxxxxxxxxxxx"},
    "onedrop": {"kick": "........x.......", "rim": "........x.......", "hat": "..x...x...x...x."},
    "chip": {"kick": "x...x...x...x...", "snare": "....x.......x...", "hat": "..x...x...x...x."},
    "none": {},
}
LEVELS = {
    "kick": 0.95,
    "snare": 0.62,
    "clap": 0.55,
    "hat": 0.26,
    "open": 0.24,
    "tom": 0.5,
    "shaker": 0.3,
    "boom": 0.95,
    "rim": 0.3,
    "crash": 0.3,
}
PLACES = {"hat": 0.25, "open": -0.25, "shaker": -0.3, "tom": 0.2}
"""From the left (-1) to the right (1)."""
LENGTHS = {
    "kick": 0.38,
    "snare": 0.3,
    "clap": 0.3,
    "hat": 0.07,
    "open": 0.28,
    "tom": 0.4,
    "shaker": 0.09,
    "boom": 1.2,
    "rim": 0.06,
    "crash": 1.6,
}


def kit(rng: np.random.Generator) -> dict[str, Wave]:
    """Every drum, once."""
    return {name: stroke(name, rng) for name in LENGTHS}


def stroke(name: str, rng: np.random.Generator) -> Wave:
    t = np.arange(int(LENGTHS[name] * RATE)) / RATE
    noise = np.diff(rng.standard_normal(len(t)), prepend=0.0) * 0.7
    thin = np.diff(noise, prepend=0.0)
    match name:
        case "kick":
            wave = falling(t, 48, 3.16, 38) * np.exp(-t * 8) + 0.25 * noise * np.exp(-t * 300)
        case "boom":
            wave = falling(t, 36, 2.4, 20) * np.exp(-t * 3.2)
        case "tom":
            wave = falling(t, 85, 1.6, 18) * np.exp(-t * 8)
        case "snare":
            wave = 0.55 * falling(t, 185, 1.2, 40) * np.exp(-t * 22) + 0.5 * noise * np.exp(-t * 17)
        case "clap":
            hands = 0.5 + 0.5 * (t % 0.011 < 0.004) * (t < 0.035) + (t >= 0.035) * 0.5
            wave = 0.6 * noise * np.exp(-t * 18) * hands
        case "hat":
            wave = 0.35 * thin * np.exp(-t * 65)
        case "shaker":
            wave = 0.35 * thin * np.exp(-t * 38) * np.minimum(1, t * 60)
        case "open" | "crash":
            wave = 0.3 * thin * np.exp(-t * (11 if name == "open" else 2.6))
        case _:
            wave = np.sin(2 * math.pi * 1700 * t) * np.exp(-t * 110) * 0.5 + 0.2 * noise * np.exp(-t * 160)
    return wave.astype(np.float32)


def falling(t: np.ndarray[tuple[int], np.dtype[np.float64]], low: float, more: float, speed: float):  # noqa: ANN201
    """A sine that drops to `low` Hz."""
    return np.sin(2 * math.pi * (low * t + more * (1 - np.exp(-t * speed))))
