"""The few things that are simple enough to be drawn well: boats, birds, a balloon, fish."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.field import blur, grid
from framegate.local.studio.layers import Canvas, Layer
from framegate.local.studio.palette import tone

Points = NDArray[np.float64]


def fill(sheet: np.ndarray, points: Points, ink: np.ndarray | float) -> None:
    """A polygon with soft edges on a sheet of bytes; points in pixels, shape (n, 2), ink from 0 to 1."""
    colour = (np.clip(ink, 0, 1) * 255).tolist()
    cv2.fillPoly(sheet, [(np.asarray(points) * 16).round().astype(np.int32)], colour, cv2.LINE_AA, 4)


def sheets(canvas: Canvas, ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours (all `ink`) and an empty mask to draw on, as bytes: only bytes are drawn with soft edges."""
    row = np.tile((np.clip(ink, 0, 1) * 255).astype(np.uint8), (canvas.width, 1))
    colour = np.repeat(row[None], canvas.height, 0)
    return colour, np.zeros((canvas.height, canvas.width), np.uint8)


def dried(colour: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Drawn bytes as float colours and mask."""
    return colour.astype(np.float32) / 255, mask.astype(np.float32) / 255


def paper_boat(canvas: Canvas, x: float, y: float, size: float) -> tuple[np.ndarray, np.ndarray]:
    """A folded boat (colours and mask) whose water line is at `y`."""
    white, fold, dark = (
        tone(canvas.ramp, v) * 0.5 + 0.5 * k for v, k in ((0.97, 1.0), (0.88, 0.86), (0.7, 0.62))
    )
    colour, mask = sheets(canvas, white)

    def at(*points: tuple[float, float]) -> Points:
        return np.array([(x + px * size, y + py * size) for px, py in points])

    shapes = (
        (at((-0.26, -0.30), (0.02, -0.86), (0.30, -0.28), (0.02, -0.12)), white),
        (at((0.02, -0.86), (0.30, -0.28), (0.02, -0.12)), fold),
        (at((-1.0, -0.42), (0.02, -0.16), (-0.05, 0.06), (-0.56, 0.04)), white),
        (at((1.0, -0.42), (0.02, -0.16), (-0.05, 0.06), (0.58, 0.04)), fold),
        (at((-0.26, -0.30), (0.30, -0.28), (0.02, -0.14)), dark),
    )
    for points, ink in shapes:
        fill(colour, points, ink.astype(np.float32))
        fill(mask, points, 1.0)
    return dried(colour, mask)


def sail_boat(
    canvas: Canvas, x: float, y: float, size: float, ink: float = 0.12
) -> tuple[np.ndarray, np.ndarray]:
    """A small yacht as a silhouette whose water line is at `y`."""
    dark, sail = tone(canvas.ramp, ink), tone(canvas.ramp, ink + 0.16)
    colour, mask = sheets(canvas, dark)

    def at(*points: tuple[float, float]) -> Points:
        return np.array([(x + px * size, y + py * size) for px, py in points])

    curve = [(0.06 + 0.52 * math.sin(t * math.pi / 2) ** 0.8, -1.5 + 1.32 * t) for t in np.linspace(0, 1, 12)]
    shapes = (
        (at((0.04, -1.5), *curve, (0.04, -0.18)), sail),
        (at((-0.02, -1.38), (-0.02, -0.20), (-0.50, -0.16)), sail * 0.9),
        (at((-0.62, -0.13), (0.66, -0.13), (0.46, 0.03), (-0.42, 0.03)), dark),
        (at((0.0, -1.55), (0.03, -1.55), (0.03, -0.1), (0.0, -0.1)), dark),
    )
    for points, tint in shapes:
        fill(colour, points, tint.astype(np.float32))
        fill(mask, points, 1.0)
    return dried(colour, mask)


def birds(canvas: Canvas, row: float, count: int = 9, ink: float = 0.10) -> Layer:
    """A loose flock, far away."""
    rng, unit = canvas.rng, canvas.unit
    colour, mask = sheets(canvas, tone(canvas.ramp, ink))
    middle = np.array([canvas.width * rng.uniform(0.35, 0.65), canvas.height * row])
    for _ in range(count):
        x, y = middle + rng.normal(0, 1, 2) * [unit * 0.17, unit * 0.06]
        span, lift, lean = unit * rng.uniform(0.010, 0.022), rng.uniform(0.25, 0.6), rng.normal(0, 0.15)
        t = np.linspace(-1, 1, 15)
        wing = -np.abs(np.sin(np.abs(t) * 2.2)) * lift + np.abs(t) * 0.15 + lean * t
        thick = 0.11 * (1 - np.abs(t)) + 0.01
        upper = np.stack([x + t * span, y + (wing - thick) * span], 1)
        lower = np.stack([x + t * span, y + (wing + thick) * span], 1)
        fill(mask, np.concatenate([upper, lower[::-1]]), 1.0)
    return Layer(*dried(colour, mask), 0.2, drift=-0.02)


def balloon(canvas: Canvas) -> Layer:
    """A striped hot-air balloon."""
    rng, unit = canvas.rng, canvas.unit
    colour, mask = sheets(canvas, tone(canvas.ramp, 0.1))
    x, y, r = canvas.width * rng.uniform(0.3, 0.6), canvas.height * 0.34, unit * 0.105
    t = np.linspace(-math.pi * 0.5, math.pi * 0.5, 40)
    rows = np.sin(t)
    half = np.cos(t) * np.where(rows > 0, 1 - 0.36 * np.abs(rows) ** 1.6, 1)
    ys = y + r * np.where(rows > 0, rows * 1.25, rows)
    gores = 8
    for gore in range(gores):
        a, b = (math.sin(math.pi * (k / gores - 0.5)) for k in (gore, gore + 1))
        light = 0.55 + 0.45 * math.cos((gore / gores - 0.32) * 2.6)
        ink = tone(canvas.ramp, 0.55 if gore % 2 else 0.95) * light
        outline = np.concatenate(
            [np.stack([x + half * r * a, ys], 1), np.stack([x + half * r * b, ys], 1)[::-1]]
        )
        fill(colour, outline, ink.astype(np.float32))
        fill(mask, outline, 1.0)
    foot = y + r * 1.25
    basket = np.array([(-0.12, 0.16), (0.12, 0.16), (0.10, 0.36), (-0.10, 0.36)]) * r + [x, foot]
    fill(colour, basket, tone(canvas.ramp, 0.16))
    fill(mask, basket, 1.0)
    for side in (-1, 1):
        ends = [
            (int((x + side * k * r) * 16), int(v * 16))
            for k, v in ((0.20, foot - 0.06 * r), (0.11, foot + 0.18 * r))
        ]
        cv2.line(mask, ends[0], ends[1], 200, max(1, int(unit / 500)), cv2.LINE_AA, 4)
    return Layer(*dried(colour, mask), 0.30, drift=-0.006)


def school(canvas: Canvas, count: int, row: float, size: tuple[float, float], ink: float) -> Layer:
    """Fish that swim the same way."""
    rng, unit = canvas.rng, canvas.unit
    colour, mask = sheets(canvas, tone(canvas.ramp, ink))
    middle = np.array([canvas.width * rng.uniform(0.35, 0.65), canvas.height * row])
    for _ in range(count):
        x, y = middle + rng.normal(0, 1, 2) * [unit * 0.24, unit * 0.075]
        s, tilt = unit * rng.uniform(*size), rng.normal(0, 0.12)
        t = np.linspace(0, 1, 14)
        back = 0.26 * np.sin(math.pi * t**0.75) + 0.015
        body = np.concatenate([np.stack([t - 0.5, -back], 1), np.stack([t - 0.5, back * 0.9], 1)[::-1]])
        tail = np.array([(0.42, 0.0), (0.74, -0.24), (0.66, 0.0), (0.74, 0.22)])
        c, sn = math.cos(tilt), math.sin(tilt)
        turn = np.array([[c, sn], [-sn, c]])
        for part in (body, tail):
            fill(mask, part @ turn * s + [x, y], 1.0)
    return Layer(*dried(colour, mask), 0.35, drift=0.03)


def mirrored(
    layer: tuple[np.ndarray, np.ndarray], line: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Colours and mask upside down below row `line`, softer and fainter."""
    colour, mask = layer
    height, width = mask.shape
    rows = 2 * line - np.arange(height)
    inside = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    _, y = grid(height, width)
    faint = mask[rows] * inside[:, None] * (y >= line) * strength
    return colour[rows] * 0.8, blur(faint.astype(np.float32), max(0.5, height / 700))
