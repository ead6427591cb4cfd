"""Noise, blur and light: the raw material of every scene.

A field is float32 of shape (height, width); a picture is float32 of shape (height, width, 3), sRGB, 0 to 1 (more than
1 is light that will bloom).
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Picture = NDArray[np.float32]


@lru_cache(maxsize=4)
def grid(height: int, width: int) -> tuple[Field, Field]:
    """The x and the y of every pixel. Shared: do not write into them."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y


def mix(
    a: NDArray[np.float32], b: NDArray[np.float32], share: NDArray[np.float32] | float
) -> NDArray[np.float32]:
    """`a` where `share` is 0, `b` where it is 1. A field may be the share of two pictures."""
    if isinstance(share, np.ndarray) and share.ndim == 2 and max(a.ndim, b.ndim) == 3:
        share = share[..., None]
    return a + (b - a) * share


def ramp(values: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """0 before `start`, 1 after `end`, smooth between."""
    t = np.clip((values - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def noise(
    rng: np.random.Generator,
    height: int,
    width: int,
    scale: float = 3.0,
    octaves: int = 6,
    gain: float = 0.5,
    *,
    ridged: bool = False,
    stretch: float = 1.0,
) -> Field:
    """Layered value noise, most of it between 0 and 1.

    `scale` is the number of lumps over the height, `stretch` how much wider than high a lump is. A small random
    lattice is enlarged with cubic interpolation, each octave turned by a random angle: far cheaper than gradients.
    """
    total = np.zeros((height, width), np.float32)
    weight, frequency = 1.0, scale
    for _ in range(octaves):
        if frequency > height / 3:
            break
        n = int(frequency * max(1.0, width / height) * 1.6) + 8
        lattice = rng.random((n, n), dtype=np.float32)
        angle = rng.uniform(0, 2 * math.pi) if stretch == 1.0 else 0.0
        offset_x, offset_y = rng.uniform(2, 4, 2)
        step = frequency / height
        c, s = math.cos(angle) * step, math.sin(angle) * step
        middle_x = offset_x + n / 2 - (c / stretch * width - s * height) / 2
        middle_y = offset_y + n / 2 - (s / stretch * width + c * height) / 2
        matrix = np.array([[c / stretch, -s, middle_x], [s / stretch, c, middle_y]], np.float32)
        octave = cv2.warpAffine(
            lattice,
            matrix,
            (width, height),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_WRAP,
        )
        if ridged:
            octave = 1 - np.abs(2 * octave - 1)
        cv2.scaleAdd(octave, weight, total, total)
        weight *= gain
        frequency *= 2.03
    low, high = np.percentile(total[::4, ::4], (1, 99))
    return ((total - low) / max(1e-6, high - low)).astype(np.float32)


def ridge(rng: np.random.Generator, width: int, rough: float, scale: float) -> NDArray[np.float32]:
    """A jagged line of `width` values around 0, `scale` bumps over its length."""
    line = np.zeros(width, np.float32)
    weight, frequency = 1.0, scale
    for _ in range(9):
        n = int(frequency) + 4
        knots = rng.random(n).astype(np.float32)
        t = np.linspace(0, frequency, width) + rng.random()
        i = t.astype(int)
        u = t - i
        u = u * u * (3 - 2 * u)
        line += weight * ((knots[i % n] * (1 - u) + knots[(i + 1) % n] * u) - 0.5)
        weight *= rough
        frequency *= 2.05
    return line


def displace(values: NDArray[np.float32], dx: Field, dy: Field) -> NDArray[np.float32]:
    """`values` looked up at a distance of (dx, dy) pixels; mirrored at the edges."""
    x, y = grid(*values.shape[:2])
    return cv2.remap(
        values.astype(np.float32, copy=False),
        (x + dx).astype(np.float32),
        (y + dy).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def blur(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur; wide ones are made at a smaller size."""
    height, width = values.shape[:2]
    if sigma > 12:
        factor = min(8, int(sigma / 4))
        small = cv2.resize(
            values, (max(2, width // factor), max(2, height // factor)), interpolation=cv2.INTER_AREA
        )
        small = cv2.GaussianBlur(small, (0, 0), sigma / factor)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.GaussianBlur(values, (0, 0), max(0.2, sigma))


def bloom(picture: Picture, threshold: float = 0.72, amount: float = 0.6) -> Picture:
    """Light spills from what is brighter than `threshold`."""
    height, width = picture.shape[:2]
    half = cv2.resize(picture, (max(2, width // 2), max(2, height // 2)), interpolation=cv2.INTER_AREA)
    bright = np.clip(half - threshold, 0, 1)
    glow = blur(bright, height / 180) + 0.8 * blur(bright, height / 50)
    glow = cv2.resize(glow, (width, height), interpolation=cv2.INTER_LINEAR)
    return 1 - (1 - picture.clip(0, 1)) * (1 - np.clip(glow * amount, 0, 1))


def relief(height_map: Field, strength: float, angle: float, gloss: float = 24) -> tuple[Field, Field]:
    """Diffuse and specular light on a height map, from the direction `angle`."""
    gx = cv2.Sobel(height_map, cv2.CV_32F, 1, 0, ksize=3) * strength
    gy = cv2.Sobel(height_map, cv2.CV_32F, 0, 1, ksize=3) * strength
    inverse = 1 / np.sqrt(gx * gx + gy * gy + 1)
    lx, ly, lz = math.cos(angle) * 0.6, math.sin(angle) * 0.6, 0.53
    diffuse = (-gx * lx - gy * ly + lz) * inverse
    hz = lz + 1
    norm = math.sqrt(lx * lx + ly * ly + hz * hz)
    specular = ((-gx * lx - gy * ly + hz) * inverse / norm).clip(0, 1) ** gloss
    return diffuse.astype(np.float32), specular.astype(np.float32)
