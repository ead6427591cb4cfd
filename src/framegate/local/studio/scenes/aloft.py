"""A flight over a sea of clouds."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.field import Field, bloom, blur, grid, length, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene, within
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.props import balloon, birds
from framegate.local.studio.scenes.sky import paint_sky

BANKS = 5


def clouds(canvas: Canvas) -> Scene:
    """Five banks of cloud below a wide sky; the nearer, the faster they pass."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    sky, sun = paint_sky(canvas, 0.60, 0.30, 0.97)
    layers = [Layer(bloom(sky, 0.85, 0.5), depth=0.02)]
    x, y = grid(height, width)
    for number in range(BANKS):
        near = number / (BANKS - 1)
        crest = height * (0.55 + 0.33 * near**1.1) - ridge(rng, width, 0.40, 2.4 + near) * unit * (
            0.10 + 0.06 * near
        )
        heaps = _heaps(canvas, 9.0 - 5.5 * near)
        # above it no heap is high enough to be seen
        reach = (float(heaps.max()) - 0.52) * 1.5 / (7 - 2.5 * near) * unit
        top = min(height - 2, max(0, int(crest.min() - reach) - 2))
        heaps, below = heaps[top:], (y[top:] - crest[None, :]) / unit
        body = below * (7 - 2.5 * near) + (heaps - 0.52) * 1.5
        alpha = np.clip(body * (9 - 3 * near), 0, 1)
        # towards the light the heaps are bright, in their folds and underneath dark
        soft_heaps = blur(heaps, unit / 140)
        gy, gx = np.gradient(soft_heaps)
        toward = np.tanh((sun[0] - x[top:]) / (unit * 0.4))
        lit = np.clip((gx * toward * 0.8 + gy * 0.9) * unit / (5 + 6 * near), -1, 1)
        deep = np.clip(body * 0.42, 0, 1)
        halo = np.exp(-length(x[top:] - sun[0], (y[top:] - sun[1]) * 1.3) / (unit * 0.42))
        value = (
            0.78 - 0.30 * deep - 0.06 * near + 0.20 * lit + 0.10 * (heaps - 0.5) + 0.22 * halo * (1 - deep)
        )
        colour = shade(canvas.ramp, np.clip(value, 0.05, 0.985).astype(np.float32))
        haze = (1 - near) ** 1.3 * 0.45
        colour = mix(colour, np.broadcast_to(tone(canvas.ramp, 0.84), colour.shape), haze)
        soft = alpha * alpha * (3 - 2 * alpha)
        layers.append(
            Layer(
                within(top, colour, height),
                within(top, soft, height),
                0.06 + 0.9 * near**1.4,
                drift=0.004 + 0.022 * near,
            )
        )
        if number == 1 and canvas.words & {"balloon", "balloons"}:
            layers.append(balloon(canvas))
        if number == 1 and canvas.words & {
            "bird",
            "birds",
            "fly",
            "flying",
            "eagle",
            "seagull",
            "wings",
            "free",
        }:
            layers.append(birds(canvas, 0.32))
    return Scene(tuple(layers), weather="none")


def _heaps(canvas: Canvas, scale: float) -> Field:
    """Round lumps heaped on each other: the folds are sharp, the tops are round."""
    rng, height, width = canvas.rng, canvas.height, canvas.width
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    for octave in range(4):
        lumps = noise(rng, height, width, scale * 2.1**octave, 1, stretch=1.35)
        total += weight * np.sqrt(np.abs(2 * lumps - 1).clip(0, 1))
        weight *= 0.5
    low, high = np.percentile(total[::4, ::4], (1, 99))
    return ((total - low) / (high - low)).astype(np.float32)
