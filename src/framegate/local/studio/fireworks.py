"""Fireworks, drawn anew in every frame: stars that fly out, slow down, fall and fade, and their double on the water."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.clock import Clock
from framegate.local.studio.palette import Ramp, tone
from framegate.local.studio.planes import Planes

PERIOD = 4.6
"""Seconds after which the same shells are fired again."""
LIFE = 2.3
"""Seconds that a shell burns."""


HUES = [
    np.array(c, np.float32)
    for c in ((1.0, 0.55, 0.2), (1.0, 0.3, 0.45), (1.0, 0.85, 0.5), (0.4, 0.7, 1.0), (0.9, 0.5, 1.0))
]


@dataclass(frozen=True, slots=True)
class _Shell:
    moment: float
    x: float
    y: float
    reach: float
    colours: tuple[NDArray[np.float32], NDArray[np.float32]]
    ways: NDArray[np.float32]


def fireworks(
    clock: Clock, rng: np.random.Generator, width: int, height: int, ramp: Ramp, shore: float
) -> Callable[[int, Planes], None]:
    """The fireworks of a clip; `shore` is the share of the height where water mirrors them."""
    shells = [_shell(rng, width, height, number, ramp) for number in range(11)]

    def draw(frame: int, planes: Planes) -> None:
        turns = clock.turns(frame, PERIOD)
        sheet = np.zeros((height // 2, width // 2, 3), np.uint8)
        flash = 0.0
        for shell in shells:
            age = ((turns - shell.moment) % 1.0) * PERIOD / LIFE
            if age < 1:
                _stars(sheet, shell, age)
                flash = max(flash, math.exp(-age * 9))
        glow = cv2.resize(sheet, (max(1, width // 16), max(1, height // 16)), interpolation=cv2.INTER_AREA)
        glow = cv2.resize(cv2.GaussianBlur(glow, (0, 0), 2.2), (width // 2, height // 2))
        cv2.addWeighted(sheet, 1.0, glow, 1.7, 0, sheet)
        _mirror(sheet, int(shore * height / 2))
        _shine(sheet, planes, flash)

    return draw


def _shell(rng: np.random.Generator, width: int, height: int, number: int, ramp: Ramp) -> _Shell:
    count = int(rng.integers(80, 140))
    angle = rng.uniform(0, 2 * math.pi, count)
    # directions evenly on a ball, seen from the side
    rise = rng.uniform(-1, 1, count)
    flat = np.sqrt(1 - rise**2)
    spread = rng.uniform(0.86, 1.0, count)
    ways = np.stack([np.cos(angle) * flat, rise], 1) * spread[:, None]
    value = (0.66, 0.97, 0.78, 0.88)[number % 4]
    outer = HUES[number % len(HUES)] * 0.75 + tone(ramp, value) * 0.25
    return _Shell(
        moment=(number * 0.381966 + 0.86) % 1.0,
        x=width / 2 * (0.14 + 0.72 * ((number * 0.618 + rng.uniform(0, 0.2)) % 1.0)),
        y=height / 2 * rng.uniform(0.16, 0.44),
        reach=min(width, height) / 2 * rng.uniform(0.24, 0.42),
        colours=(outer, np.array([1.0, 0.93, 0.78], np.float32)),
        ways=ways.astype(np.float32),
    )


def _at(shell: _Shell, age: float) -> NDArray[np.float32]:
    age = max(0.0, age)
    out = shell.ways * (shell.reach * (1 - math.exp(-3.4 * age)))
    out[:, 1] += shell.reach * 0.42 * age * age
    return out + np.array([shell.x, shell.y], np.float32)


def _stars(sheet: NDArray[np.uint8], shell: _Shell, age: float) -> None:
    power = min(1.0, 1.35 * (1 - age) ** 1.1)
    white = math.exp(-age * 11)
    ink = (shell.colours[0] * (1 - white) + shell.colours[1] * white) * 255
    thick = max(1, sheet.shape[0] // 240)
    tail = 0.05 + 0.15 * age
    for piece in range(3):
        a = _at(shell, age - tail * (3 - piece) / 3)
        b = _at(shell, age - tail * (2 - piece) / 3)
        colour = (ink * power * ((piece + 1) / 3) ** 1.5).tolist()
        lines = (np.stack([a, b], 1) * 16).astype(np.int32)
        cv2.polylines(sheet, list(lines), False, colour, thick, cv2.LINE_AA, 4)
    if age > 0.45:
        tips = _at(shell, age).astype(int)
        sparkle = tips[(np.arange(len(tips)) + int(age * 40)) % 3 == 0]
        for x, y in sparkle:
            cv2.circle(sheet, (int(x), int(y)), thick, (np.array([255, 240, 215]) * power).tolist(), -1)


def _mirror(sheet: NDArray[np.uint8], shore: int) -> None:
    rows = sheet.shape[0] - shore
    if rows <= 0:
        return
    above = np.ascontiguousarray(sheet[max(0, shore - rows * 4) : shore][::-1])
    double = cv2.resize(above, (sheet.shape[1], rows), interpolation=cv2.INTER_AREA)
    double = cv2.blur(double, (max(1, sheet.shape[1] // 160), max(1, rows // 10)))
    sheet[shore:] = cv2.convertScaleAbs(double, alpha=0.75)


def _shine(sheet: NDArray[np.uint8], planes: Planes, flash: float) -> None:
    """Add light (RGB at half size) to planes."""
    r, g, b = (c.astype(np.float32) for c in cv2.split(sheet))
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    full = cv2.resize(luma, (planes.y.shape[1], planes.y.shape[0]), interpolation=cv2.INTER_LINEAR)
    if flash > 0.02:
        full += 7 * flash
    cv2.add(planes.y, full, planes.y, dtype=cv2.CV_8U)
    shift = np.dstack([(b - luma) * (224 / 255 / 1.8556), (r - luma) * (224 / 255 / 1.5748)])
    cv2.add(planes.uv, shift.astype(np.float32), planes.uv, dtype=cv2.CV_8U)
