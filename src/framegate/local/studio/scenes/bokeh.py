"""Lights out of focus, and beams of light: what many scenes share."""

from __future__ import annotations

import math

import cv2
import numpy as np

from framegate.local.studio.field import Picture, blur, grid, length, noise
from framegate.local.studio.layers import Canvas
from framegate.local.studio.palette import shade, tone


def discs(
    canvas: Canvas,
    count: int,
    sizes: tuple[float, float],
    rows: tuple[float, float] = (0.0, 1.0),
    values: tuple[float, float] = (0.6, 1.0),
    power: float = 0.35,
    warm: float = 0.0,
) -> Picture:
    """Round lights as a lens out of focus shows them, a little brighter at the rim; a picture to add.

    `warm` is the share of lamps that are amber whatever the palette. `sizes` are radii in units, `rows` the part of the
    height where they are, `values` their place in the palette.
    """
    rng, height, width = canvas.rng, canvas.height, canvas.width
    sheet = np.zeros((height, width, 3), np.float32)
    for _ in range(count):
        radius = max(1.0, canvas.unit * (sizes[0] + (sizes[1] - sizes[0]) * rng.random() ** 1.6))
        x, y = rng.uniform(-0.02, 1.02) * width, rng.uniform(*rows) * height
        colour = tone(canvas.ramp, rng.uniform(*values)) * power * rng.uniform(0.35, 1.0)
        if rng.random() < warm:
            colour = np.array([1.0, 0.62, 0.25], np.float32) * colour.mean() * 1.35
        reach = int(radius) + 2
        left, top = int(x) - reach, int(y) - reach
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(width, left + 2 * reach + 1), min(height, top + 2 * reach + 1)
        if x0 >= x1 or y0 >= y1:
            continue
        gy, gx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        d = length(gx - x, gy - y) / radius
        edge = np.clip((1 - d) * radius * 0.5, 0, 1)
        sheet[y0:y1, x0:x1] += (edge * (0.62 + 0.38 * np.clip(d, 0, 1) ** 4))[..., None] * colour
    return sheet


def rays(
    canvas: Canvas, source: tuple[float, float], strength: float, value: float = 0.92, spread: float = 22.0
) -> Picture:
    """Beams that fan out from `source` (pixels) and fade with the distance; a picture to add."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    small_h, small_w = max(2, height // 3), max(2, width // 3)
    x, y = grid(small_h, small_w)
    dx, dy = x * 3 - source[0], y * 3 - source[1]
    angle = np.arctan2(dx, dy)
    knots = np.convolve(rng.random(512).astype(np.float32), np.ones(3, np.float32) / 3, mode="same")
    place = (angle / math.pi * spread * 4) % 511
    low = place.astype(np.int32)
    beam = knots[low] * (1 - (place - low)) + knots[low + 1] * (place - low)
    beam = np.clip(beam * 2.2 - 0.75, 0, 1) * np.exp(-length(dx, dy) / (canvas.unit * 0.75))
    beam *= 0.6 + 0.4 * noise(rng, small_h, small_w, 2.0, 3)
    sheet = cv2.resize(blur(beam.astype(np.float32), canvas.unit / 500), (width, height))
    return (sheet[..., None] * tone(canvas.ramp, value) * strength).astype(np.float32)


def backdrop(canvas: Canvas, low: float, high: float, centre: tuple[float, float], reach: float) -> Picture:
    """A soft wall of colour, brightest (`high`) at `centre` (shares of width and height), `low` far from it."""
    height, width = canvas.height, canvas.width
    x, y = grid(height, width)
    d = length(x - centre[0] * width, (y - centre[1] * height)) / (canvas.unit * reach)
    cloud = noise(canvas.rng, height, width, 1.3, 3, 0.45)
    value = low + (high - low) * np.exp(-(d**1.5)) + 0.16 * (cloud - 0.5)
    return shade(canvas.ramp, value.astype(np.float32))
