"""A wood in the morning: trunks one behind the other in the mist, light falling through."""

from __future__ import annotations

import math

import cv2
import numpy as np

from framegate.local.studio.field import Field, bloom, blur, grid, length, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.bokeh import backdrop, rays

ROWS = 3


def forest(canvas: Canvas) -> Scene:
    """Three rows of trees before a glowing clearing."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    light = (rng.uniform(0.38, 0.64), rng.uniform(0.30, 0.42))
    far = backdrop(canvas, 0.42, 0.98, light, 0.62)
    x, y = grid(height, width)
    thicket = blur(_trunks(canvas, 26, 0.006, 0.016), unit / 160) * 0.30
    far = mix(far, np.broadcast_to(tone(canvas.ramp, 0.50), far.shape), thicket)
    layers = [Layer(bloom(far, 0.8, 0.6), depth=0.05)]
    for number in range(ROWS):
        near = (number + 1) / ROWS
        alpha = _trunks(canvas, int(15 - 10 * near), 0.012 + 0.020 * near, 0.024 + 0.042 * near)
        alpha = np.maximum(alpha, _leaves(canvas, near))
        floor = height * (0.70 + 0.20 * near) - ridge(rng, width, 0.5, 5 + 3 * near) * unit * 0.05
        floor = grassed(canvas, floor, near)
        alpha = np.maximum(alpha, np.clip(y - floor[None, :] + 0.5, 0, 1))
        bark = noise(rng, height, width, 14, 4, 0.55, stretch=0.35)
        lit = np.exp(-length((x - light[0] * width) / unit, (y - light[1] * height) / unit) * 1.6)
        value = (
            0.44 * (1 - near) ** 1.1 + 0.045 + 0.07 * (bark - 0.5) * (0.4 + near) + 0.26 * lit * (1.15 - near)
        )
        mist = np.clip((y - height * 0.45) / (height * 0.5), 0, 1) ** 1.5 * (1 - near) * 0.55
        colour = mix(shade(canvas.ramp, value.astype(np.float32)), _mist(canvas, far.shape), mist)
        layers.append(Layer(colour.astype(np.float32), alpha.astype(np.float32), 0.16 + 0.78 * near**1.4))
        if number == 1:
            beams = rays(canvas, (light[0] * width, -0.25 * height), 0.62)
            layers.append(Layer(beams, None, 0.3, glow=True, twinkle=0.25, sway=0.02))
    magic = canvas.words & {"fairy", "magic", "magical", "enchanted", "night", "fireflies"}
    return Scene(tuple(layers), weather="fireflies" if magic else "dust")


def _mist(canvas: Canvas, shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(tone(canvas.ramp, 0.72), shape)


def _trunks(canvas: Canvas, count: int, thin: float, thick: float) -> Field:
    """Trees as a mask: tapering, leaning a little, with some branches."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    mask = np.zeros((height, width), np.uint8)
    for at in (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count:
        x, half = at * width, unit * rng.uniform(thin, thick) / 2
        lean, bend = rng.normal(0, 0.035) * unit, rng.normal(0, 0.02) * unit
        t = np.linspace(0, 1, 14)
        middle = x + lean * t + bend * np.sin(t * 3.1)
        side = half * (0.55 + 0.45 * t**0.8 + 0.5 * np.clip(t - 0.86, 0, 1) * 4)
        ys = (t * 1.06 - 0.03) * height
        outline = np.concatenate([np.stack([middle - side, ys], 1), np.stack([middle + side, ys], 1)[::-1]])
        cv2.fillPoly(mask, [(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        for _ in range(int(rng.integers(2, 6))):
            start = rng.uniform(0.02, 0.5)
            way, length = rng.choice([-1, 1]), unit * rng.uniform(0.06, 0.16)
            here = np.array([x + lean * start, start * height])
            for piece in range(3):
                angle = -rng.uniform(0.15, 0.75)
                there = here + np.array([way * math.cos(angle), math.sin(angle)]) * length / 3
                points = (tuple((here * 16).astype(int)), tuple((there * 16).astype(int)))
                width_now = max(1, int(half * (0.34 - 0.09 * piece)))
                cv2.line(mask, points[0], points[1], 255, width_now, cv2.LINE_AA, 4)
                here = there
    return mask.astype(np.float32) / 255


def _leaves(canvas: Canvas, near: float) -> Field:
    """A roof of leaves that hangs from the upper edge."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    _, y = grid(height, width)
    masses = noise(rng, height, width, 3.2, 4, 0.5)
    leaves = noise(rng, height, width, 30 - 10 * near, 4, 0.75)
    hang = 1.0 - (y / height) / (0.13 + 0.13 * near)
    return np.clip((hang + (masses - 0.5) * 1.5 + (leaves - 0.5) * 0.75) * 9, 0, 1)


def grassed(canvas: Canvas, line: np.ndarray, near: float) -> np.ndarray:
    """Blades on a skyline."""
    rng, width, unit = canvas.rng, canvas.width, canvas.unit
    out = line.copy()
    count = int(width / 5)
    for at, tall in zip(
        rng.integers(0, width, count), unit * rng.uniform(0.006, 0.03, count) * (0.5 + near), strict=True
    ):
        half = max(1, int(tall * 0.16))
        xs = np.arange(max(0, at - half), min(width, at + half + 1))
        out[xs] = np.minimum(out[xs], line[xs] + 3 - tall * (1 - np.abs(xs - at) / (half + 1)))
    return out
