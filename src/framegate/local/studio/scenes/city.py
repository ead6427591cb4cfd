"""A skyline at night, mirrored in wet ground."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from framegate.local.studio.field import bloom, blur, grid, mix
from framegate.local.studio.layers import Canvas, Layer, Scene, Water, within
from framegate.local.studio.palette import tone
from framegate.local.studio.scenes.sea import mirror
from framegate.local.studio.scenes.sky import paint_sky

ROWS = 4


AMBER = np.array([1.0, 0.74, 0.42], np.float32)


def city(canvas: Canvas) -> Scene:
    """Four rows of houses with lit windows and signs before a glowing sky."""
    height, width, unit = canvas.height, canvas.width, canvas.unit
    sky, sun = paint_sky(canvas, 0.74, 0.05, 0.72, sun=False)
    _, y = grid(height, width)
    sky = sky + tone(canvas.ramp, 0.62) * np.exp(-np.abs(y / height - 0.66) * 7)[..., None] * 0.35
    sky = bloom(sky.astype(np.float32), 0.8, 0.5)
    ground, top = height * 0.72, int(height * 0.80)
    haze = tone(canvas.ramp, 0.55)
    layers = [Layer(sky, depth=0.03)]
    seen = sky.copy()
    for number in range(ROWS):
        near = number / (ROWS - 1)
        houses, windows, alpha = _row(canvas, near, int(ground))
        # neither above the roofs nor in the water, but as far as the windows' light carries
        roofs = np.flatnonzero(alpha.any(1))
        first, last = max(0, int(roofs[0]) - 2), min(height, top + 2)
        carry = min(height, last + int(unit / 12))
        houses, windows, alpha = houses[first:last], windows[first:carry], alpha[first:last]
        fog = np.clip((y[first:last] - height * 0.35) / (ground - height * 0.35), 0, 1) ** 1.5
        fog *= (0.72 - 0.5 * near) * 0.8
        houses = mix(houses, np.broadcast_to(haze * 0.9, houses.shape), fog)
        cv2.scaleAdd(windows[: last - first], 0.60 + 0.40 * near, houses, houses)
        cv2.scaleAdd(blur(windows, unit / 150)[: last - first], 1.1 * 0.65, houses, houses)
        cv2.scaleAdd(blur(windows, unit / 40)[: last - first], 0.65, houses, houses)
        houses = np.clip(houses, 0, 1.2)
        layers.append(Layer(within(first, houses, height), within(first, alpha, height), 0.10 + 0.38 * near))
        seen[first:last] = mix(seen[first:last], houses, alpha)
    double = mirror(canvas, (seen * 0.95).astype(np.float32), top, 0.04, 0.48)
    tall = max(1, int(unit / 55))
    streaks = cv2.blur(double.rgb, (1, tall * 2 + 1))
    layers.append(replace(double, rgb=mix(double.rgb, streaks, 0.7)))
    rain = "rain" if canvas.words & {"rain", "rainy", "storm", "wet"} else "none"
    surface = Water(top, sun[0], calm=0.8, sparkle=0.25)
    return Scene(tuple(layers), water=surface, water_layer=len(layers) - 1, weather=rain)


def _row(canvas: Canvas, near: float, ground: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Houses, their lights, and where houses are."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    houses = np.zeros((height, width, 3), np.float32)
    lights = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.uint8)
    x = -int(rng.integers(0, 40))
    while x < width:
        wide = max(4, int(unit * rng.uniform(0.035, 0.085) * (1 + 0.9 * near)))
        tall = rng.uniform(0.10, 0.32) + 0.26 * (rng.random() < 0.18)
        tall = max(4, int(unit * tall * (1.12 - 0.02 * near)))
        roof = ground - tall + int(unit * 0.07 * near)
        value = 0.20 * (1 - near) + 0.03 + rng.uniform(-0.012, 0.025)
        _house(canvas, (houses, alpha, lights), (x, roof, wide, tall), value)
        _windows(canvas, (houses, lights), near, (x, roof, wide, ground + int(unit * 0.1 * near)))
        x += max(2, wide + int(unit * rng.uniform(-0.006, 0.014)))
    return houses, lights, alpha.astype(np.float32) / 255


def _house(
    canvas: Canvas,
    sheet: tuple[np.ndarray, np.ndarray, np.ndarray],
    house: tuple[int, int, int, int],
    value: float,
) -> None:
    """Walls, perhaps a set-back upper part, a mast with a lamp, an upright sign. `house`: left, roof, width, height."""
    rng, height = canvas.rng, canvas.height
    walls, alpha, lights = sheet
    left, roof, wide, tall = house
    boxes = [(left, roof, left + wide, height)]
    if rng.random() < 0.4:
        step, rise = int(wide * rng.uniform(0.12, 0.3)), int(tall * rng.uniform(0.06, 0.16))
        boxes.append((left + step, roof - rise, left + wide - step, roof))
    for x0, y0, x1, y1 in boxes:
        cv2.rectangle(walls, (x0, y0), (x1, y1), tone(canvas.ramp, value).tolist(), -1)
        side = x0 + max(1, (x1 - x0) // 3)
        cv2.rectangle(walls, (side, y0), (x1, y1), tone(canvas.ramp, value * 0.72).tolist(), -1)
        cv2.rectangle(alpha, (x0, y0), (x1, y1), 255, -1)
    if rng.random() < 0.3:
        foot, tip = boxes[-1][1], boxes[-1][1] - int(tall * rng.uniform(0.1, 0.22))
        cv2.line(
            alpha, (left + wide // 2, foot), (left + wide // 2, tip), 255, max(1, int(canvas.unit / 600))
        )
        lights[
            max(0, tip - 1) : max(0, tip + 2), max(0, left + wide // 2 - 1) : max(0, left + wide // 2 + 2)
        ] = tone(canvas.ramp, 0.62)
    if rng.random() < 0.16:
        x, y0 = left + int(wide * rng.uniform(0.1, 0.85)), roof + int(tall * rng.uniform(0.08, 0.3))
        thick, long = max(1, int(canvas.unit / 330)), int(tall * rng.uniform(0.15, 0.4))
        ink = tone(canvas.ramp, rng.choice([0.58, 0.7, 0.99]))
        lights[max(0, y0) : max(0, y0 + long), max(0, x) : max(0, x + thick)] = ink


def _windows(
    canvas: Canvas, sheet: tuple[np.ndarray, np.ndarray], near: float, house: tuple[int, int, int, int]
) -> None:
    """Windows, some of them lit. `house`: left, roof, width, foot."""
    rng = canvas.rng
    walls, lights = sheet
    left, roof, wide, foot = house
    scale = canvas.unit / 720
    size, rise = max(1, round((1.6 + 2.0 * near) * scale)), max(1, round((2.0 + 3.0 * near) * scale))
    across, down = (
        size + max(1, round((1.4 + 1.8 * near) * scale)),
        rise + max(1, round((2.0 + 2.6 * near) * scale)),
    )
    rows = np.arange(max(0, roof + down), min(foot, canvas.height), down)
    columns = np.arange(left + across, left + wide - across + 1, across)
    columns = columns[(columns >= 0) & (columns < canvas.width)]
    if not len(rows) or not len(columns):
        return
    # some floors are all lit, most windows stand alone; the rest can just be made out
    floors = rng.random((len(rows), 1)) < 0.10
    lit = (rng.random((len(rows), len(columns))) < rng.uniform(0.10, 0.38)) | floors
    power = rng.uniform(0.35, 1.0, lit.shape).astype(np.float32) * (0.8 + 0.2 * near)
    colour = tone(canvas.ramp, rng.uniform(0.66, 1)) if rng.random() < 0.6 else AMBER
    faint = tone(canvas.ramp, 0.30) * 0.22
    for i, top in enumerate(rows):
        for j, at in enumerate(columns):
            if lit[i, j]:
                lights[top : top + rise, at : at + size] = colour * power[i, j]
            elif near > 0.3:
                walls[top : top + rise, at : at + size] += faint
