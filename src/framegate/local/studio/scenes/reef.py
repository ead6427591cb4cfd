"""Under water: light from above, rock and weed, a school of fish."""

from __future__ import annotations

import math

import numpy as np

from framegate.local.studio.field import bloom, blur, grid, length, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene, within
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.bokeh import rays
from framegate.local.studio.scenes.props import dried, fill, school

ROWS = 3


def underwater(canvas: Canvas) -> Scene:
    """Blue distance, shafts of light, three rows of reef."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    source = (width * rng.uniform(0.35, 0.65), -0.20 * height)
    distance = length((x - source[0]) * 0.75, y - source[1]) / unit
    murk = noise(rng, height, width, 1.6, 4, 0.45)
    value = 0.13 + 0.80 * np.exp(-((distance / 0.62) ** 1.5)) + 0.05 * (murk - 0.5)
    far = shade(canvas.ramp, value.astype(np.float32))
    surface = noise(rng, height, width, 7, 3, 0.5, ridged=True, stretch=3.0)
    far = far + (np.clip(surface - 0.62, 0, 1) * np.clip(1 - y / (height * 0.20), 0, 1) ** 1.5 * 1.6)[
        ..., None
    ] * tone(canvas.ramp, 0.95)
    layers = [Layer(bloom(far.astype(np.float32), 0.8, 0.5), depth=0.03)]
    for number in range(ROWS):
        near = (number + 1) / ROWS
        layers.append(_reef(canvas, near, source[0]))
        if number == 0:
            layers.append(school(canvas, 26, 0.42, (0.018, 0.034), 0.10))
            beams = rays(canvas, source, 0.40, 0.9, 26.0)
            layers.append(Layer(beams, None, 0.3, glow=True, twinkle=0.35, sway=0.05))
    return Scene(tuple(layers), weather="bubbles")


def _reef(canvas: Canvas, near: float, light_x: float) -> Layer:
    """Rock with weed on it, and caustics where it looks up."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    sides = np.abs(np.linspace(-1, 1, width, dtype=np.float32)) ** 1.6
    line = height * (0.76 + 0.19 * near) - ridge(rng, width, 0.52, 4.2) * unit * (0.16 + 0.06 * near)
    line = line - sides * unit * 0.22 * near
    top = min(height - 2, max(0, int(line.min()) - 2))  # above it there is nothing but weed
    inside = y[top:] - line[None, :]
    mask = np.clip(inside + 0.5, 0, 1)
    web = noise(rng, height, width, 11 - 4 * near, 3, 0.5, ridged=True, stretch=1.6)[top:]
    rock = noise(rng, height, width, 9, 4, 0.55)[top:]
    deep = np.clip(inside / (unit * 0.22), 0, 1)
    caustic = (
        np.clip(web - 0.62, 0, 1) * 2.2 * np.exp(-deep * 2.5) * np.exp(-np.abs(x[top:] - light_x) / unit)
    )
    value = (
        0.38 * (1 - near) ** 1.1
        + 0.05
        + 0.09 * (rock - 0.5) * near
        + 0.30 * caustic
        + 0.10 * (1 - deep) * (1 - near)
    )
    drawn = (within(top, shade(canvas.ramp, value), height) * 255).astype(np.uint8)
    drawn_mask = (within(top, mask, height) * 255).astype(np.uint8)
    _weed(canvas, drawn, drawn_mask, line, near)
    colour, mask = dried(drawn, drawn_mask)
    haze = tone(canvas.ramp, 0.36)
    colour = mix(colour, np.broadcast_to(haze, colour.shape), (1 - near) * 0.55)
    if near > 0.9:
        both = blur(np.dstack([colour * mask[..., None], mask]), unit / 240)
        mask = both[..., 3].copy()
        colour = both[..., :3] / np.maximum(mask, 1e-3)[..., None]
    return Layer(colour.astype(np.float32), mask.clip(0, 1), 0.12 + 0.8 * near**1.4, sway=0.010 * near)


def _weed(canvas: Canvas, colour: np.ndarray, mask: np.ndarray, line: np.ndarray, near: float) -> None:
    """Ribbons that wave, fans of coral."""
    rng, width, unit = canvas.rng, canvas.width, canvas.unit
    for _ in range(int((34 - 12 * near) * max(0.6, width / unit / 1.78))):
        at = rng.uniform(0, 1)
        if near > 0.9 and 0.30 < at < 0.70:
            continue
        x, foot = at * width, float(line[min(width - 1, int(at * width))]) + unit * 0.03
        tall = unit * rng.uniform(0.06, 0.26) * (0.45 + 0.65 * near)
        t = np.linspace(0, 1, 24)
        phase, bend = rng.uniform(0, 6.28), unit * rng.uniform(0.006, 0.022)
        middle = x + bend * np.sin(t * 6 + phase) * t + rng.normal(0, 0.06) * tall * t
        half = (
            unit * rng.uniform(0.003, 0.008) * (0.4 + near) * (1 - t**3) * (1 + 0.3 * np.sin(t * 20 + phase))
        )
        ys = foot - tall * t
        outline = np.concatenate([np.stack([middle - half, ys], 1), np.stack([middle + half, ys], 1)[::-1]])
        fill(colour, outline, tone(canvas.ramp, 0.16 + rng.uniform(-0.06, 0.20) * (1 - 0.4 * near)))
        fill(mask, outline, 1.0)
    for _ in range(int(7 * near) + 3):
        at = rng.uniform(0.0, 1.0)
        if near > 0.9 and 0.28 < at < 0.72:
            continue
        root = np.array([at * width, float(line[min(width - 1, int(at * width))]) + unit * 0.02])
        ink = np.clip(tone(canvas.ramp, rng.uniform(0.35, 0.62)) * [1.05, 0.62, 0.72] + [0.16, 0, 0.04], 0, 1)
        _branch(
            canvas,
            (colour, mask),
            root,
            (-math.pi / 2, unit * rng.uniform(0.03, 0.06) * (0.5 + near)),
            ink,
            4,
        )


def _branch(
    canvas: Canvas,
    sheet: tuple[np.ndarray, np.ndarray],
    root: np.ndarray,
    reach: tuple[float, float],
    ink: np.ndarray,
    left: int,
) -> None:
    """A coral: every branch splits in two or three."""
    angle, length = reach
    tip = root + np.array([math.cos(angle), math.sin(angle)]) * length
    side = np.array([-math.sin(angle), math.cos(angle)]) * length * 0.16
    outline = np.array([root - side, tip - side * 0.7, tip + side * 0.7, root + side])
    fill(sheet[0], outline, (ink * canvas.rng.uniform(0.85, 1.1)).clip(0, 1).astype(np.float32))
    fill(sheet[1], outline, 1.0)
    if left:
        for _ in range(int(canvas.rng.integers(2, 4))):
            turn = angle + canvas.rng.normal(0, 0.55)
            _branch(canvas, sheet, tip, (turn, length * canvas.rng.uniform(0.62, 0.85)), ink, left - 1)
