"""A meadow in evening light, seen from between the flowers."""

from __future__ import annotations

import math

import numpy as np

from framegate.local.studio.field import bloom, blur, grid, length, mix, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.bokeh import backdrop, discs
from framegate.local.studio.scenes.props import dried, fill, sheets

GREENS: tuple[tuple[float, float, float], ...] = ((0.05, 0.12, 0.07), (0.20, 0.36, 0.16), (0.62, 0.72, 0.34))
"""Dark, middle and lit grass; every palette tints them."""


def meadow(canvas: Canvas) -> Scene:
    """Out-of-focus trees and sun, then three depths of grass and flowers; only the middle one is sharp."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    sun = (rng.uniform(0.3, 0.7), rng.uniform(0.30, 0.42))
    far = backdrop(canvas, 0.30, 0.92, sun, 0.50)
    x, y = grid(height, width)
    line = height * 0.50 - ridge(rng, width, 0.5, 4.0) * unit * 0.16
    trees = blur(np.clip((y - line[None, :]) / 3 + 0.5, 0, 1).astype(np.float32), unit / 45)
    shadow = mix(
        shade(canvas.ramp, (0.30 - 0.10 * y / height).astype(np.float32)), _green(canvas, 0.45), 0.45
    )
    far = mix(far, shadow, trees * 0.62)
    field_of = blur(np.clip((y - height * 0.60) / 3 + 0.5, 0, 1).astype(np.float32), unit / 30)
    far = mix(far, np.broadcast_to(_green(canvas, 0.62), far.shape), field_of * 0.55)
    glow = np.exp(-length((x - sun[0] * width), (y - sun[1] * height)) / (unit * 0.28))
    far = 1 - (1 - far.clip(0, 1)) * (1 - 0.60 * glow[..., None] * tone(canvas.ramp, 0.95))
    far = far + discs(canvas, 34, (0.010, 0.055), (0.12, 0.72), (0.72, 1.0), 0.20)
    layers = [Layer(bloom(far.astype(np.float32), 0.85, 0.4), depth=0.05)]
    for near, soft, count in ((0.25, 1 / 130, 90), (0.55, 0.0, 34), (1.0, 1 / 42, 5)):
        layers.append(_bed(canvas, near, soft, count))
    return Scene(tuple(layers), weather="dust")


def _green(canvas: Canvas, light: float) -> np.ndarray:
    """The colour of grass at `light` (0 to 1), tinted by the palette."""
    at = min(1.0, max(0.0, light)) * 2
    low = min(1, int(at))
    a, b = np.array(GREENS[low]), np.array(GREENS[low + 1])
    return (0.62 * (a + (b - a) * (at - low)) + 0.38 * tone(canvas.ramp, 0.10 + 0.62 * light)).astype(
        np.float32
    )


def _bed(canvas: Canvas, near: float, soft: float, count: int) -> Layer:
    """Grass and flowers at one depth, out of focus by `soft` units."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    colour, mask = sheets(canvas, _green(canvas, 0.3))
    ground = height * (0.80 + 0.20 * near) + (unit * 0.05 if near > 0.9 else 0)
    few = min(1.0, unit / 300)  # small pictures need fewer
    blades = int(420 * few * (1 - near * 0.62) * max(0.6, width / unit / 1.78))
    for tall in np.sort(rng.uniform(0.35, 1.0, blades))[::-1]:
        length = unit * (0.06 + 0.28 * near) * tall
        x, lean = rng.uniform(-0.03, 1.03) * width, rng.normal(0, 0.22)
        light = rng.uniform(0.12, 0.95) * (0.75 - 0.35 * near) + 0.15 * (1 - near)
        _blade(
            colour,
            mask,
            (x, height + 4, height + 4 - ground + length, lean),
            unit * (0.002 + 0.006 * near),
            _green(canvas, light),
        )
    for _ in range(int(max(3, count * few) * max(0.6, width / unit / 1.78))):
        x = rng.uniform(0, 1) * width
        if near > 0.9:  # the nearest flowers frame the view
            x = (rng.uniform(-0.02, 0.24) if rng.random() < 0.5 else rng.uniform(0.76, 1.02)) * width
        length = unit * (0.07 + 0.30 * near) * rng.uniform(0.6, 1.15)
        y = ground - length
        lean = rng.normal(0, 0.12)
        stem = _green(canvas, 0.35)
        _blade(colour, mask, (x, height + 4, height + 4 - y, lean), unit * (0.0018 + 0.0035 * near), stem)
        head = (x + lean * (height + 4 - y), y)
        size = unit * (0.012 + 0.040 * near) * rng.uniform(0.7, 1.2)
        _flower(canvas, colour, mask, head, size)
    colour, mask = dried(colour, mask)
    if soft:
        sigma = unit * soft
        covered = blur(np.dstack([colour * mask[..., None], mask]), sigma)
        mask = covered[..., 3].copy()
        colour = covered[..., :3] / np.maximum(mask, 1e-3)[..., None]
    return Layer(
        colour.astype(np.float32), mask.clip(0, 1).astype(np.float32), near * 0.9, sway=0.012 + 0.02 * near
    )


def _blade(
    colour: np.ndarray,
    mask: np.ndarray,
    blade: tuple[float, float, float, float],
    wide: float,
    ink: np.ndarray,
) -> None:
    """One blade: x and y of its foot, its length, its lean."""
    x, foot, length, lean = blade
    t = np.linspace(0, 1, 8)
    middle = x + lean * length * t**1.8
    half = wide * (1 - t) ** 0.7 + 0.2
    ys = foot - length * t
    outline = np.concatenate([np.stack([middle - half, ys], 1), np.stack([middle + half, ys], 1)[::-1]])
    fill(colour, outline, ink)
    fill(mask, outline, 1.0)


def _flower(
    canvas: Canvas, colour: np.ndarray, mask: np.ndarray, head: tuple[float, float], size: float
) -> None:
    """Petals round a heart, seen a little from the side."""
    rng = canvas.rng
    petals, turn = int(rng.integers(6, 12)), rng.uniform(0, 6.28)
    squash, tilt = rng.uniform(0.45, 0.85), rng.normal(0, 0.3)
    value = rng.choice([0.50, 0.62, 0.74, 0.97], p=[0.3, 0.3, 0.2, 0.2])
    c, s = math.cos(tilt), math.sin(tilt)
    u = np.linspace(0, math.pi, 9)
    for number in rng.permutation(petals):
        angle = turn + number / petals * 6.2832
        along, across = np.sin(u / 2) ** 0.8, np.sin(u) * 0.30
        px = np.concatenate([along, along[::-1]])
        py = np.concatenate([across, -across[::-1]])
        ca, sa = math.cos(angle), math.sin(angle)
        x, y = px * ca - py * sa, (px * sa + py * ca) * squash
        outline = np.stack([head[0] + (x * c - y * s) * size, head[1] + (x * s + y * c) * size], 1)
        light = 0.80 + 0.28 * (-sa) + rng.uniform(-0.06, 0.06)
        ink = np.clip(tone(canvas.ramp, value) * light + 0.05, 0, 1).astype(np.float32)
        fill(colour, outline, ink)
        fill(mask, outline, 1.0)
    round_ = np.linspace(0, 6.2832, 14)
    heart = np.stack(
        [head[0] + np.cos(round_) * size * 0.24, head[1] + np.sin(round_) * size * 0.24 * squash], 1
    )
    fill(colour, heart, np.array([0.96, 0.78, 0.30], np.float32) * rng.uniform(0.75, 1.0))
    fill(mask, heart, 1.0)
