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
    if a.ndim == b.ndim == 3:
        one, other = _whole(a), _whole(b)
        if not isinstance(share, np.ndarray):
            return cv2.addWeighted(one, 1 - float(share), other, float(share), 0)
        if share.ndim == 2:
            weight = share.astype(np.float32, copy=False)
            # its divisor is the sum of the weights and 0.00001, which no byte notices; numpy takes four times as long
            return cv2.blendLinear(one, other, 1 - weight, weight)
    return a + (b - a) * share


def _whole(picture: Picture) -> Picture:
    """The picture in memory, also where it is one colour that was only broadcast."""
    if picture.strides[:2] == (0, 0):  # filled row by row: three values at a time would take far longer
        picture = np.broadcast_to(np.tile(picture[0, 0], (picture.shape[1], 1)), picture.shape)
    return np.ascontiguousarray(picture, np.float32)


def length(dx: Field, dy: Field) -> Field:
    """The length of (dx, dy), as `np.hypot` without its care for huge numbers, which takes fifteen times as long."""
    return cv2.magnitude(
        *np.broadcast_arrays(dx.astype(np.float32, copy=False), dy.astype(np.float32, copy=False))
    )


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
    Large lumps are made small and enlarged together.
    """
    total: Field | None = None
    step, weight, frequency = 1, 1.0, scale
    for _ in range(octaves):
        if frequency > height / 3:
            break
        lump = height / frequency * min(1.0, stretch)
        wanted = _coarseness(lump)
        octave = _octave(rng, (height, width), frequency, stretch, wanted, fine=lump < FINE)
        if ridged:  # its creases are sharp, so they are made at full size
            octave = 1 - cv2.absdiff(_enlarged(octave, wanted, 1, (height, width)) * 2, 1.0)
            wanted = 1
        if total is not None:
            total = _enlarged(total, step, wanted, (height, width))
        total = octave * weight if total is None else cv2.scaleAdd(octave, weight, total)
        step = wanted
        weight *= gain
        frequency *= 2.03
    if total is None:
        return np.zeros((height, width), np.float32)
    total = _enlarged(total, step, 1, (height, width))
    low, high = np.percentile(total[::4, ::4], (1, 99))
    return ((total - low) / max(1e-6, high - low)).astype(np.float32)


COARSE = 16
"""Samples that a lump has at least, where it is made at a half or a quarter of the size."""
FINE = 6
"""Pixels of a lump so small that straight lines between the lattice's values look no different from curves."""


def _coarseness(lump: float) -> int:
    """Which part of the size suffices for lumps of so many pixels: all of it (1), half (2), a quarter (4)."""
    return 4 if lump >= 4 * COARSE else 2 if lump >= 2 * COARSE else 1


def _enlarged(values: Field, step: int, wanted: int, size: tuple[int, int]) -> Field:
    """Every `step`-th pixel to every `wanted`-th of a picture of `size` (height, width), as a cubic spline: unlike
    cubic convolution it has no ripple that a `relief` would show.
    """
    while step > wanted:
        step //= 2
        values = cv2.pyrUp(values, dstsize=(-(-size[1] // step), -(-size[0] // step)))
    return values


def _octave(
    rng: np.random.Generator,
    size: tuple[int, int],
    frequency: float,
    stretch: float,
    step: int,
    *,
    fine: bool,
) -> Field:
    """One octave of `noise` for a picture of `size` (height, width): every `step`-th pixel of it."""
    height, width = size
    n = int(frequency * max(1.0, width / height) * 1.6) + 8
    lattice = rng.random((n, n), dtype=np.float32)
    angle = rng.uniform(0, 2 * math.pi) if stretch == 1.0 else 0.0
    offset_x, offset_y = rng.uniform(2, 4, 2)
    pace = frequency / height
    c, s = math.cos(angle) * pace, math.sin(angle) * pace
    middle_x = offset_x + n / 2 - (c / stretch * width - s * height) / 2
    middle_y = offset_y + n / 2 - (s / stretch * width + c * height) / 2
    matrix = np.array(
        [[c / stretch * step, -s * step, middle_x], [s / stretch * step, c * step, middle_y]], np.float32
    )
    # a lattice that the picture reaches beyond is repeated: wrapping it pixel by pixel takes five times as long
    across = math.ceil((c / stretch * width + abs(s) * height) / n)
    if across > 1:
        lattice = np.tile(lattice, (1, across + 2))
        matrix[0, 2] += n * (1 + max(0, math.ceil(-middle_x / n)))
    return cv2.warpAffine(
        lattice,
        matrix,
        (-(-width // step), -(-height // step)),
        flags=(cv2.INTER_LINEAR if fine else cv2.INTER_CUBIC) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_WRAP,
    )


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
    if sigma > 5:
        factor = min(8, max(2, int(sigma / 4)))
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
