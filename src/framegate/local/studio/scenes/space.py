"""Clouds of gas and stars."""

from __future__ import annotations

import math

import cv2
import numpy as np

from framegate.local.studio.field import bloom, blur, displace, grid, noise
from framegate.local.studio.layers import Canvas, Layer, Scene
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.sky import stars


def nebula(canvas: Canvas) -> Scene:
    """A band of glowing gas behind two sheets of stars."""
    rng, height, width, colours = canvas.rng, canvas.height, canvas.width, canvas.ramp
    unit = canvas.unit
    wx = noise(rng, height, width, 1.5, 4, 0.5) - 0.5
    wy = noise(rng, height, width, 1.5, 4, 0.5) - 0.5
    far = unit * 0.45
    gas = displace(noise(rng, height, width, 2, 6, 0.55), wx * far, wy * far)
    veins = displace(noise(rng, height, width, 3, 6, 0.55, ridged=True), wy * far * 0.7, wx * far * 0.7)
    x, y = grid(height, width)
    angle = rng.uniform(-0.7, 0.7)
    across = ((x - width / 2) * math.sin(angle) + (y - height / 2) * math.cos(angle)) / unit
    band = np.exp(-((across + wx * 0.5) ** 2) / 0.09)
    density = np.clip(gas * 0.85 + veins * 0.45 - 0.32, 0, 1.1) * (0.30 + band)
    dust = np.clip(1 - np.clip(veins - 0.62, 0, 1) * 1.7 * band, 0.12, 1)
    picture = shade(colours, density * 0.95) * dust[..., None]
    picture = picture + shade(colours, 0.55 + 0.6 * wx) * (band * 0.16)[..., None]
    faint = stars(canvas, int(width * height / 900))
    return Scene(
        (
            Layer(bloom(picture.astype(np.float32), 0.65, 0.7), depth=0.1),
            Layer(faint, None, 0.25, glow=True, twinkle=0.3),
            Layer(_bright(canvas), None, 0.6, glow=True, twinkle=0.5),
        ),
        flows=True,
        weather="none",
        swirl=0.6,
    )


def _bright(canvas: Canvas) -> np.ndarray:
    """A few near stars with the cross that a telescope gives them."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    sheet = np.zeros((height, width, 3), np.float32)
    for _ in range(7):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        arm = int(unit * rng.uniform(0.008, 0.022))
        colour = tone(canvas.ramp, rng.uniform(0.8, 1)) * 0.4 + 0.6
        for dx, dy in ((1, 0), (0, 1)):
            a, b = (x - dx * arm, y - dy * arm), (x + dx * arm, y + dy * arm)
            cv2.line(sheet, a, b, (colour * 0.8).tolist(), 1, cv2.LINE_AA)
        cv2.circle(sheet, (x, y), max(1, int(unit / 360)), (colour * 1.6).tolist(), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(sheet, (0, 0), 0.8) + blur(sheet, unit / 120) * 5
