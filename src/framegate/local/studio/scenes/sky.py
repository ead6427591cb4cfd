"""Skies: the far end of most scenes, and a flight above the clouds."""

from __future__ import annotations

import cv2
import numpy as np

from framegate.local.studio.field import Picture, grid, length, mix, noise
from framegate.local.studio.layers import Canvas
from framegate.local.studio.palette import shade, tone


def paint_sky(
    canvas: Canvas, horizon: float, low: float = 0.25, high: float = 0.97, *, sun: bool = True
) -> tuple[Picture, tuple[float, float]]:
    """A sky that brightens from `low` at the top to `high` at `horizon` (a share of the height), with streaks of
    cloud and a low sun. Answers the picture and where the sun stands, in pixels.
    """
    rng, height, width = canvas.rng, canvas.height, canvas.width
    x, y = grid(height, width)
    t = np.clip(y / (height * horizon), 0, 1)
    cover = noise(rng, height, width, 2.2, 6, 0.52, stretch=3.2)
    cloud = np.clip((cover - 0.42) * 2.2, 0, 1) * (0.25 + 0.75 * t)
    picture = shade(canvas.ramp, (low + (high - low) * t**1.35) * 0.86)
    sun_x, sun_y = width * rng.uniform(0.30, 0.70), height * horizon * rng.uniform(0.62, 0.84)
    radius = canvas.unit * rng.uniform(0.042, 0.062)
    lit = shade(canvas.ramp, np.clip((low + (high - low) * t) * 0.9 + 0.24 - 0.30 * (1 - cover), 0, 1))
    picture = mix(picture, lit, cloud * 0.55)
    if sun:
        distance = length(x - sun_x, y - sun_y)
        disk = np.clip((radius - distance) / 1.6 + 0.5, 0, 1)
        halo = np.exp(-((distance / (canvas.unit * 0.16)) ** 1.1)) * 0.75
        halo += np.exp(-(distance / (canvas.unit * 0.5))) * 0.35
        picture = mix(picture, np.broadcast_to(tone(canvas.ramp, 1.0), picture.shape), np.clip(halo, 0, 1))
        picture = mix(picture, np.ones_like(picture), disk * 0.95 * (1 - 0.5 * cloud))
    return picture.astype(np.float32), (sun_x, sun_y)


def stars(canvas: Canvas, count: int, brightness: float = 1.0) -> Picture:
    """Points of light, few bright and many faint, tinted by the palette; a picture to add."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    sheet = np.zeros((height, width, 3), np.float32)
    xs, ys = rng.integers(width, size=count), rng.integers(height, size=count)
    power = (rng.pareto(2.3, count) * 0.22).clip(0.06, 1.6).astype(np.float32) * brightness
    tint = shade(canvas.ramp, rng.uniform(0.7, 1, count).astype(np.float32)) * 0.5 + 0.5
    sheet[ys, xs] = tint * power[:, None]
    return cv2.GaussianBlur(sheet, (0, 0), canvas.unit / 1100 + 0.35) * 2.2
