"""What floats in the air: dust, snow, rain, embers, petals, leaves, fireflies, bubbles.

Every speck goes round a whole number of times in a period of the clock, so a loop closes by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from framegate.local.studio.clock import Clock
from framegate.local.studio.field import Field
from framegate.local.studio.planes import Bytes, Planes, chroma

Air = Callable[[int, Planes], None]
"""Draws the specks of a frame into its planes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`sizes`: radius of the smallest and the largest in short sides; `period`: seconds for the slowest to cross;
    `down`: 1 falls, -1 rises; `sideways`: how far it swings; `light`: brightness added; `tint`: its colour.
    """

    count: int
    sizes: tuple[float, float]
    period: float
    down: int
    sideways: float
    light: float
    tint: str = ""
    shape: str = "dot"
    blink: bool = False


KINDS: dict[str, Kind] = {
    "dust": Kind(40, (0.0018, 0.010), 26.0, -1, 0.04, 46),
    "snow": Kind(190, (0.0016, 0.0075), 9.0, 1, 0.035, 150),
    "rain": Kind(150, (0.020, 0.055), 1.1, 1, 0.0, 46, shape="streak"),
    "embers": Kind(70, (0.0015, 0.0045), 7.0, -1, 0.05, 130, "ff8a2a", blink=True),
    "petals": Kind(42, (0.0045, 0.011), 11.0, 1, 0.09, 70, "ffb3cf", shape="leaf"),
    "leaves": Kind(26, (0.006, 0.014), 9.0, 1, 0.11, 40, "e58a35", shape="leaf"),
    "fireflies": Kind(46, (0.0025, 0.008), 20.0, -1, 0.10, 150, "dfff7a", blink=True),
    "bubbles": Kind(46, (0.003, 0.011), 9.0, -1, 0.02, 90, shape="ring"),
}


def air_of(kind: str, clock: Clock, rng: np.random.Generator, width: int, height: int) -> Air:
    """The air of a clip; `none` (or an unknown kind) is clear."""
    if kind not in KINDS:
        return lambda _frame, _planes: None
    what = KINDS[kind]
    short = min(width, height)
    count = max(4, int(what.count * min(1.5, max(0.5, width * height / short**2 / 1.78))))
    dice = rng.random((count, 5)).astype(np.float32)
    small, large = what.sizes
    sprites: list[tuple[Bytes, Field]] = []
    for row in dice:
        size = short * (small + (large - small) * float(row[4]) ** 2.5)
        mask = _sprite(what.shape, max(0.8, size), float(row[3]))
        dim = 0.5 + 0.5 * float(row[3])
        half = cv2.resize(
            mask, (-(-mask.shape[1] // 2), -(-mask.shape[0] // 2)), interpolation=cv2.INTER_AREA
        )
        sprites.append(((mask * what.light * dim).astype(np.uint8), (half * 0.8).astype(np.float32)))
    colour = np.array([int(what.tint[i : i + 2], 16) / 255 for i in (0, 2, 4)]) if what.tint else None
    tint = None if colour is None else np.array(chroma(colour)[1:], np.float32)

    def draw(frame: int, planes: Planes) -> None:
        turns = clock.turns(frame, what.period)
        for row, (mask, half) in zip(dice, sprites, strict=True):
            x0, y0, phase, speed, near = (float(v) for v in row)
            rounds = 1 + int(near * 1.99) + int(speed * 1.99) * (what.shape != "leaf")
            y = (y0 + what.down * rounds * turns) % 1.0
            x = x0 + what.sideways * math.sin(2 * math.pi * (turns * rounds + phase))
            if what.shape == "streak":
                x -= 0.10 * y
            light = mask
            if what.blink:
                power = 0.5 + 0.5 * math.sin(2 * math.pi * (turns * (5 + int(speed * 5)) + phase))
                light = cv2.convertScaleAbs(mask, alpha=power)
            rows, columns = mask.shape
            left = int((x % 1.0) * (width + columns)) - columns
            top = int(y * (height + rows)) - rows
            _add(planes.y, light, left, top)
            if tint is not None:
                _tint(planes.uv, half, tint, left // 2, top // 2)

    return draw


def _sprite(shape: str, radius: float, turn: float) -> Field:
    """A mask, 0 to 1: a soft dot, a slanted streak, a leaf, a ring."""
    if shape == "streak":
        rows = max(6, int(radius * 2))
        sheet = np.zeros((rows + 4, rows // 8 + 5), np.float32)
        cv2.line(sheet, (sheet.shape[1] - 3, 2), (2, rows + 1), 1.0, 1, cv2.LINE_AA)
        return sheet * np.linspace(0.15, 1, len(sheet), dtype=np.float32)[:, None]
    reach = max(1, math.ceil(radius * 2))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    if shape == "leaf":
        c, s = math.cos(turn * 6.28), math.sin(turn * 6.28)
        along, across = c * x + s * y, c * y - s * x
        d = (along / (radius * 1.25)) ** 2 + (across / (radius * 0.55)) ** 2
        return np.clip(1.6 - d * 1.2, 0, 1).astype(np.float32)
    d = np.hypot(x, y) / radius
    if shape == "ring":
        return (np.exp(-(((d - 1.2) / 0.30) ** 2)) * 0.8 + 0.15 * (d < 1.2)).astype(np.float32)
    return (np.exp(-(d**2)) * (1.0 if radius < 5 else 0.5)).astype(np.float32)


def _window(
    shape: tuple[int, ...], mask: np.ndarray, left: int, top: int
) -> tuple[slice, slice, slice, slice]:
    rows, columns = mask.shape
    y0, y1 = max(0, top), min(shape[0], top + rows)
    x0, x1 = max(0, left), min(shape[1], left + columns)
    return (
        slice(y0, max(y0, y1)),
        slice(x0, max(x0, x1)),
        slice(y0 - top, max(y0, y1) - top),
        slice(x0 - left, max(x0, x1) - left),
    )


def _add(plane: Bytes, mask: Bytes, left: int, top: int) -> None:
    ys, xs, my, mx = _window(plane.shape, mask, left, top)
    part = plane[ys, xs]
    if part.size:
        plane[ys, xs] = cv2.add(part, mask[my, mx])


def _tint(plane: Bytes, mask: Field, tint: Field, left: int, top: int) -> None:
    ys, xs, my, mx = _window(plane.shape, mask, left, top)
    part = plane[ys, xs]
    if part.size:
        plane[ys, xs] = part + (tint - part) * mask[my, mx][..., None]
