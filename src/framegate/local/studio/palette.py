"""Colours: ramps from dark to light, interpolated in OKLab so that no step looks muddy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Ramp = NDArray[np.float32]
"""Shape (1024, 3), sRGB 0 to 1, from the darkest to the lightest colour."""

PALETTES: dict[str, tuple[str, ...]] = {
    "sunset": ("140b2a", "4a1551", "b0305c", "f2704a", "fdb768", "fff0c9"),
    "dawn": ("0f1730", "2f3f6e", "7a6aa0", "d98d9a", "f8c39a", "fff3dc"),
    "ocean": ("03101f", "06304f", "0b6583", "2ba6a8", "8fdccb", "f3fbe9"),
    "forest": ("07130d", "14351f", "2f6a3a", "7ba64a", "cfd886", "faf6d8"),
    "neon": ("09041c", "2b0b5e", "7a12b8", "f0249b", "ff7ac0", "8ff7ff"),
    "desert": ("1f0f0b", "5b2716", "b0562a", "e39a55", "f4cf94", "fff4dc"),
    "aurora": ("030b1c", "0a2a45", "0f6b63", "31c48d", "a6f0a4", "f0ffe6"),
    "ice": ("0a1424", "1d3d63", "4b83b3", "93c5e3", "d5ecf7", "ffffff"),
    "winter": ("0d1230", "2c3a6b", "6a6fa8", "b79cc0", "f3c4ac", "fff6ea"),
    "fire": ("0d0303", "4a0a05", "a81d07", "f0560f", "ffb03a", "fff3bf"),
    "space": ("04030d", "150d38", "3c1f7d", "8a3fb5", "e38ac0", "fff0e6"),
    "gold": ("0f0a05", "3d2810", "8a5f1f", "d1a03c", "f3d88a", "fffbe8"),
    "pastel": ("4d4a86", "8d74b4", "dd92b9", "f8bfae", "fbe2bc", "fffaf0"),
    "noir": ("050506", "17181b", "3a3c42", "797d85", "bfc3c8", "fafafa"),
    "spring": ("173a2b", "3f7d4f", "a4c96a", "f2c6d0", "f9a8c0", "fff3f0"),
    "autumn": ("1c0d08", "5a1f10", "a8411a", "d9812b", "ebb95c", "fbeec4"),
    "storm": ("0b1016", "1f2b38", "42566a", "7790a3", "b9c8d1", "f1f5f4"),
    "rose": ("1c0714", "571236", "a82a5d", "e36a8c", "f6b3b8", "fff0ea"),
}

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""OKLab's two matrices (Björn Ottosson, 2020): linear sRGB to cone answers, their cube roots to Lab."""


def _linear(colour: str) -> NDArray[np.float64]:
    c = np.array([int(colour[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def ramp_of(name: str, rng: np.random.Generator, steps: int = 1024) -> Ramp:
    """The palette `name` as a ramp, its hues turned a little (about 5 degrees) by the dice."""
    lab = np.stack([_TO_LAB @ np.cbrt(_TO_CONES @ _linear(c)) for c in PALETTES[name]])
    turn = rng.normal(0, 0.09)
    lab[:, 1:] = lab[:, 1:] @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    t = np.linspace(0, len(lab) - 1, steps)
    i = np.minimum(t.astype(int), len(lab) - 2)
    f = (t - i)[:, None]
    f = f * f * (3 - 2 * f) * 0.5 + f * 0.5
    mixed = lab[i] * (1 - f) + lab[i + 1] * f
    linear = (np.linalg.inv(_TO_CONES) @ (np.linalg.inv(_TO_LAB) @ mixed.T) ** 3).T.clip(0, 1)
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return srgb.astype(np.float32)


def shade(ramp: Ramp, value: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colours at `value` (0 dark, 1 light), one more axis than `value`."""
    index = (np.clip(value, 0, 1) * (len(ramp) - 1)).astype(np.int32)
    return ramp.take(index, axis=0)


def tone(ramp: Ramp, value: float) -> NDArray[np.float32]:
    """One colour, shape (3,)."""
    return ramp[int(min(1.0, max(0.0, value)) * (len(ramp) - 1))]
