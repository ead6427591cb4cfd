"""A skyline at night, mirrored in wet ground."""

from __future__ import annotations

import cv2
import numpy as np

from framegate.local.studio.field import bloom, blur, grid, mix
from framegate.local.studio.layers import Canvas, Layer, Scene, Water
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.sea import mirror
from framegate.local.studio.scenes.sky import paint_sky

ROWS = 4


def city(canvas: Canvas) -> Scene:
    """Four rows of houses with lit windows."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    sky, sun = paint_sky(canvas, 0.74, 0.06, 0.74)
    sky = bloom(sky, 0.8, 0.5)
    ground = height * 0.74
    _, y = grid(height, width)
    haze = tone(canvas.ramp, 0.55)
    layers = [Layer(sky, depth=0.03)]
    seen = sky
    for number in range(ROWS):
        near = number / (ROWS - 1)
        houses, windows, alpha = _row(canvas, near, int(ground))
        fog = np.clip((y - height * 0.35) / (ground - height * 0.35), 0, 1) ** 1.5 * (0.75 - 0.5 * near) * 0.8
        houses = mix(houses, np.broadcast_to(haze * 0.9, houses.shape), fog.astype(np.float32))
        glow = blur(windows, unit / 130) * 1.6 + blur(windows, unit / 36) * 1.1
        houses = np.clip(houses + windows * (0.65 + 0.35 * near) + glow * 0.75, 0, 1.2)
        layers.append(Layer(houses.astype(np.float32), alpha, 0.12 + 0.6 * near))
        seen = mix(seen, houses, alpha)
    top = int(height * 0.86)
    water = mirror(canvas, seen * 0.75, top, 0.05, 0.8)
    layers.append(water)
    rain = "rain" if canvas.words & {"rain", "rainy", "storm", "wet"} else "dust"
    return Scene(
        tuple(layers), water=Water(top, sun[0], sparkle=0.5), water_layer=len(layers) - 1, weather=rain
    )


def _row(canvas: Canvas, near: float, ground: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Houses, their lit windows, and where houses are."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    houses = np.zeros((height, width, 3), np.float32)
    windows = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    x = -int(rng.integers(0, 40))
    while x < width:
        wide = max(4, int(unit * rng.uniform(0.035, 0.09) * (1 + near)))
        tall = rng.uniform(0.12, 0.34) + 0.26 * (rng.random() < 0.18)
        tall = max(4, int(unit * tall * (1.05 + 0.25 * near)))
        roof = ground - tall + int(unit * 0.10 * near)
        value = 0.20 * (1 - near) + 0.03 + rng.uniform(-0.015, 0.03)
        cv2.rectangle(houses, (x, roof), (x + wide, height), tone(canvas.ramp, value).tolist(), -1)
        cv2.rectangle(alpha, (x, roof), (x + wide, height), 1.0, -1)
        if rng.random() < 0.35:
            mast = (x + wide // 2, roof - int(tall * 0.14))
            cv2.line(alpha, (x + wide // 2, roof), mast, 1.0, 1, cv2.LINE_AA)
        _light(canvas, windows, near, (x, roof, wide, ground + int(unit * 0.1 * near)))
        x += max(2, wide + int(unit * rng.uniform(-0.004, 0.018)))
    return houses, windows, alpha


def _light(canvas: Canvas, windows: np.ndarray, near: float, house: tuple[int, int, int, int]) -> None:
    """Light some of the windows of a house (its left, roof, width, foot), as little blocks of pixels."""
    rng = canvas.rng
    left, roof, wide, foot = house
    cell = max(3, int(canvas.unit / 150 * (1 + near * 1.1)))
    size, rise = max(1, cell // 2), max(1, cell // 2)
    rows = np.arange(roof + cell, foot, cell + rise)
    columns = np.arange(left + cell, left + wide - cell, cell + max(1, cell // 3))
    if not len(rows) or not len(columns):
        return
    lit = rng.random((len(rows), len(columns))) < rng.uniform(0.12, 0.5)
    power = rng.uniform(0.5, 1.0, lit.shape).astype(np.float32)
    colour = shade(canvas.ramp, np.float32(rng.uniform(0.62, 1)))
    for row, column in zip(*np.nonzero(lit), strict=True):
        top, at = int(rows[row]), int(columns[column])
        windows[max(0, top) : top + rise + 1, max(0, at) : max(0, at + size + 1)] = (
            colour * power[row, column]
        )
