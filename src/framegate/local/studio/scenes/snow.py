"""A winter evening: firs under snow, blue drifts, a low sun or moon."""

from __future__ import annotations

import cv2
import numpy as np

from framegate.local.studio.field import bloom, grid, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.land import wide_slope
from framegate.local.studio.scenes.props import dried, fill
from framegate.local.studio.scenes.sky import paint_sky

ROWS = 3


def winter(canvas: Canvas) -> Scene:
    """Far hills, three rows of firs, each on its own drift of snow."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    sky, sun = paint_sky(canvas, 0.60, 0.16, 0.92)
    x, y = grid(height, width)
    layers = [Layer(bloom(sky, 0.85, 0.5), depth=0.03)]
    haze = tone(canvas.ramp, 0.80)
    hill = height * 0.54 - ridge(rng, width, 0.45, 3.0) * unit * 0.15
    inside = y - hill[None, :]
    deep = np.clip(inside / (height * 0.2), 0, 1)
    colour = shade(canvas.ramp, (0.52 + 0.16 * deep).astype(np.float32))
    colour = mix(colour, np.broadcast_to(haze, colour.shape), (0.25 + 0.45 * deep).astype(np.float32))
    layers.append(Layer(colour.astype(np.float32), np.clip(inside + 0.5, 0, 1).astype(np.float32), 0.10))
    for number in range(ROWS):
        near = (number + 1) / ROWS
        layers.append(_row(canvas, near, (sun[0], haze)))
    return Scene(tuple(layers), weather="snow")


def _row(canvas: Canvas, near: float, light: tuple[float, np.ndarray]) -> Layer:
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    ground = height * (0.60 + 0.22 * near) - ridge(rng, width, 0.36, 1.6 + near) * unit * 0.10
    inside = y - ground[None, :]
    drifts = noise(rng, height, width, 3.4, 4, 0.40, stretch=4.5)
    slope = cv2.Sobel(drifts, cv2.CV_32F, 0, 1, ksize=3) * unit / 30
    toward = np.tanh((light[0] - x) / (unit * 0.25))
    tilt = cv2.Sobel(drifts, cv2.CV_32F, 1, 0, ksize=3) * unit / 22 + wide_slope(ground)[None, :] * 0.7
    deep = np.clip(inside / (height * 0.42), 0, 1)
    glow = np.exp(-np.abs(x - light[0]) / (unit * 0.6)) * np.exp(-deep * 3)
    value = (
        0.70
        - 0.22 * deep * near
        - 0.10 * np.clip(slope, -1, 1)
        + 0.12 * np.clip(tilt * toward, -1, 1)
        + 0.20 * glow
    )
    snow = shade(canvas.ramp, np.clip(value, 0, 0.96).astype(np.float32))
    snow = mix(snow, np.broadcast_to(light[1], snow.shape), (1 - near) * 0.35)
    colour = (snow * 255).astype(np.uint8)
    mask = (np.clip(inside + 0.5, 0, 1) * 255).astype(np.uint8)
    dark = mix(tone(canvas.ramp, 0.30 - 0.23 * near), light[1], (1 - near) * 0.45)
    white = mix(tone(canvas.ramp, 0.74), light[1], (1 - near) * 0.5)
    count = int((34 - 25 * near) * max(0.6, width / unit / 1.78))
    places = (np.arange(count) + rng.uniform(0, 1, count)) / count * width
    if near > 0.9:  # the nearest row leaves the middle open
        places = places[np.abs(places / width - 0.5) > 0.22]
    for at in places:
        foot = float(ground[min(width - 1, int(at))]) + unit * rng.uniform(0.0, 0.05) * near
        tall = unit * rng.uniform(0.13, 0.24) * (0.55 + 1.45 * near**1.5)
        shadow = np.stack(
            [
                at + np.cos(ROUND) * tall * 0.30 - toward_of(light[0], at) * tall * 0.16,
                foot + np.sin(ROUND) * tall * 0.03,
            ],
            1,
        )
        fill(colour, shadow, tone(canvas.ramp, 0.50) * 0.9)
        _fir(canvas, (colour, mask), (float(at), foot, tall), (dark, white))
    return Layer(*dried(colour, mask), 0.18 + 0.72 * near**1.3)


ROUND = np.linspace(0, 6.2832, 24)


def toward_of(light_x: float, at: float) -> int:
    """On which side of `at` the light is."""
    return 1 if light_x > at else -1


def _fir(
    canvas: Canvas,
    sheet: tuple[np.ndarray, np.ndarray],
    place: tuple[float, float, float],
    inks: tuple[np.ndarray, np.ndarray],
) -> None:
    """One tree: tiers of hanging branches, snow on each. `place` is x, y of its foot and its height."""
    rng = canvas.rng
    x, foot, tall = place
    colour, mask = sheet
    tiers = int(max(6, min(16, tall / 11)))
    n = 11
    across = np.linspace(-1, 1, n)
    for tier in range(tiers, 0, -1):
        t = tier / tiers
        base, half = (
            foot - tall * (1 - t) * 0.94 - tall * 0.04,
            tall * 0.24 * t**0.9 * rng.uniform(0.86, 1.12),
        )
        top = base - tall * (0.26 * t**0.5 + 0.05)
        drop = (np.abs(across) ** 1.5) * 0.16 * half + rng.uniform(-0.06, 0.06, n) * half
        drop[1::2] -= 0.13 * half
        outline = np.concatenate([[[x, top]], np.stack([x + across * half, base + drop], 1)[::-1]])
        ink = inks[0] * rng.uniform(0.85, 1.15)
        fill(colour, outline, ink)
        fill(mask, outline, 1.0)
        lump = np.sin(np.linspace(0, np.pi, n))
        reach = half * rng.uniform(0.62, 0.86)
        upper = base - half * (0.55 * lump + 0.02)
        lower = base - half * (0.36 * lump - 0.02) + rng.uniform(-0.09, 0.09, n) * half
        cap = np.concatenate(
            [np.stack([x + across * reach, upper], 1), np.stack([x + across * reach, lower], 1)[::-1]]
        )
        fill(colour, cap, inks[1] * rng.uniform(0.88, 1.04))
