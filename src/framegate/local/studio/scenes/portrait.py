"""Somebody on a hill before a great low sun: a small figure says more than a face that would be wrong."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.field import Field, Picture, bloom, grid, length, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.props import birds
from framegate.local.studio.scenes.sky import paint_sky
from framegate.local.studio.scenes.woods import grassed

IN_A_DRESS = frozenset(
    ("woman", "girl", "lady", "queen", "princess", "her", "she", "mermaid", "bride", "dancer")
)
SMALL = frozenset(("child", "kid", "boy", "girl", "baby", "children", "little"))


def portrait(canvas: Canvas) -> Scene:
    """Sky with a great sun, two far ridges, and the hill with the figure, against the light."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    at = width * (0.5 + rng.uniform(-0.08, 0.08))
    sun = (at + unit * rng.uniform(-0.05, 0.05), height * 0.52)
    layers = [Layer(_sky(canvas, sun), depth=0.03)]
    layers.append(birds(canvas, 0.26, 7, 0.16))
    x, y = grid(height, width)
    haze = tone(canvas.ramp, 0.80)
    for number, (base, tall, value) in enumerate(((0.70, 0.12, 0.50), (0.78, 0.13, 0.30))):
        line = height * base - ridge(rng, width, 0.46, 3.0 + number) * unit * tall
        inside = y - line[None, :]
        deep = np.clip(inside / (height * 0.2), 0, 1)
        colour = mix(
            shade(canvas.ramp, (value + 0.0 * deep).astype(np.float32)), _as(haze, inside), 0.30 + 0.4 * deep
        )
        layers.append(Layer(colour.astype(np.float32), _cover(inside), 0.10 + 0.14 * number))
    hill = height * 0.86 - unit * 0.10 * np.exp(-(((x[0] - at) / (unit * 0.55)) ** 2))
    hill = hill - ridge(rng, width, 0.4, 3.0) * unit * 0.018
    foot = float(hill[int(at)])
    inside = y - grassed(canvas, hill, 0.35)[None, :]
    tall = unit * (0.20 if canvas.words & SMALL else 0.28)
    figure = _figure(canvas, (at, foot + unit * 0.004), tall)
    mask = np.maximum(_cover(inside), np.clip(0.5 - figure / 1.4, 0, 1)).astype(np.float32)
    texture = noise(rng, height, width, 12, 4, 0.55)
    value = 0.05 + 0.05 * texture * np.clip(1 - inside / (height * 0.2), 0, 1)
    colour = shade(canvas.ramp, value.astype(np.float32))
    near_sun = np.exp(-length(x - sun[0], y - sun[1]) / (unit * 0.22))
    edge = np.exp(-np.clip(-figure, 0, None) / (unit * 0.0035)) * (figure < 1.5) * near_sun
    edge = edge + np.exp(-np.clip(inside, 0, None) / (unit * 0.006)) * (inside > -1) * near_sun * 0.6
    colour = mix(colour, _as(tone(canvas.ramp, 0.90), inside), np.clip(edge, 0, 0.9).astype(np.float32))
    layers.append(Layer(colour.astype(np.float32), mask, 0.46))
    return Scene(tuple(layers), weather="dust")


def _as(colour: np.ndarray, like: Field) -> Picture:
    return np.broadcast_to(colour, (*like.shape, 3)).astype(np.float32)


def _cover(inside: Field) -> Field:
    return np.clip(inside + 0.5, 0, 1).astype(np.float32)


def _sky(canvas: Canvas, sun: tuple[float, float]) -> Picture:
    """A hazy sky with a sun as large as a house, a little darker towards its lower rim."""
    height, width, unit = canvas.height, canvas.width, canvas.unit
    sky, _ = paint_sky(canvas, 0.80, 0.20, 0.84, sun=False)
    x, y = grid(height, width)
    d = length(x - sun[0], y - sun[1])
    radius = unit * 0.235
    halo = np.exp(-np.clip(d - radius, 0, None) / (unit * 0.20)) * 0.62
    sky = mix(sky, _as(tone(canvas.ramp, 0.90), d), halo.astype(np.float32))
    disk = np.clip((radius - d) / 2 + 0.5, 0, 1)
    down = np.clip((y - sun[1]) / radius * 0.5 + 0.5, 0, 1)
    face = shade(canvas.ramp, (0.995 - 0.20 * down**1.5).astype(np.float32))
    return bloom(mix(sky, face, disk.astype(np.float32)).astype(np.float32), 0.86, 0.5)


def _figure(canvas: Canvas, foot: tuple[float, float], tall: float) -> Field:
    """The distance in pixels to somebody who stands at `foot` (negative inside)."""
    rng = canvas.rng
    x, y = grid(canvas.height, canvas.width)
    far = np.full(x.shape, tall, np.float32)  # nobody is so wide that a scarf would leave this window
    rows = slice(max(0, int(foot[1] - 1.15 * tall)), max(2, int(foot[1] + 0.15 * tall)))
    columns = slice(max(0, int(foot[0] - 0.5 * tall)), max(2, int(foot[0] + 0.5 * tall)))
    # v is 0 at the feet and -1 at the top of the head
    u, v = (x[rows, columns] - foot[0]) / tall, (y[rows, columns] - foot[1]) / tall
    dress = bool(canvas.words & IN_A_DRESS)
    wind = 1 if rng.random() < 0.5 else -1
    head = length(u / 0.060, (v + 0.925) / 0.075) * 0.066 - 0.066
    neck = _limb(u, v, (0, -0.86), (0, -0.80), 0.026, 0.030)
    chest = _limb(u, v, (0, -0.74), (0, -0.56), 0.088, 0.066)
    solid = _joined(_joined(head, neck, 0.03), chest, 0.05)
    if dress:
        flare = 0.055 + 0.135 * np.clip((v + 0.58) / 0.42, 0, 1) ** 1.25
        skirt = np.maximum(np.abs(u - wind * 0.05 * np.clip(v + 0.58, 0, 1)) - flare, np.abs(v + 0.37) - 0.21)
        solid = _joined(solid, skirt, 0.03)
        for t in np.linspace(0, 1, 7):  # long hair, blown aside
            lock = (wind * (0.03 + 0.13 * t**1.4), -0.94 + 0.20 * t + 0.015 * np.sin(t * 7))
            solid = _joined(solid, length(u - lock[0], v - lock[1]) - 0.052 * (1 - 0.62 * t), 0.03)
        legs = ((0.035, -0.20), (0.030, -0.01)), ((-0.030, -0.20), (-0.045, -0.01))
        thick = 0.020
    else:
        coat = np.maximum(
            np.abs(u) - (0.085 + 0.035 * np.clip((v + 0.60) / 0.25, 0, 1)), np.abs(v + 0.50) - 0.16
        )
        solid = _joined(solid, coat, 0.04)
        for t in np.linspace(0, 1, 8):  # a scarf in the wind
            knot = (wind * (0.04 + 0.24 * t), -0.80 + 0.035 * np.sin(t * 8) + 0.02 * t)
            solid = _joined(solid, length(u - knot[0], (v - knot[1]) * 1.5) - 0.024 * (1 - 0.3 * t), 0.02)
        legs = ((0.045, -0.38), (0.060, -0.01)), ((-0.045, -0.38), (-0.070, -0.01))
        thick = 0.038
    for a, b in legs:
        solid = _joined(solid, _limb(u, v, a, b, thick, thick * 0.75), 0.02)
    for side in (-1, 1):
        elbow, hand = (side * 0.125, -0.60), (side * 0.118, -0.44)
        solid = _joined(solid, _limb(u, v, (side * 0.078, -0.76), elbow, 0.028, 0.024), 0.03)
        solid = _joined(solid, _limb(u, v, elbow, hand, 0.024, 0.019), 0.015)
    far[rows, columns] = solid * tall
    return far


def _limb(
    u: Field, v: Field, a: tuple[float, float], b: tuple[float, float], thick: float, thin: float
) -> Field:
    """The distance to a tapering rod from `a` to `b`."""
    du, dv = b[0] - a[0], b[1] - a[1]
    t = np.clip(((u - a[0]) * du + (v - a[1]) * dv) / (du * du + dv * dv), 0, 1)
    return length(u - a[0] - t * du, v - a[1] - t * dv) - (thick + (thin - thick) * t)


def _joined(a: Field, b: Field, soft: float) -> Field:
    """Two solids as one, the seam rounded."""
    h = np.clip(0.5 + 0.5 * (b - a) / soft, 0, 1)
    return b + (a - b) * h - soft * h * (1 - h)
