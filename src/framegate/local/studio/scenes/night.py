"""A warm night by the water, made for fireworks."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.field import bloom, grid, mix, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene, Water
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.bokeh import discs
from framegate.local.studio.scenes.land import firs
from framegate.local.studio.scenes.sea import mirror
from framegate.local.studio.scenes.sky import stars

NIGHT = np.array([0.035, 0.045, 0.14], np.float32)
SHORE = 0.78
"""Where the water begins, as a share of the height; the fireworks are mirrored there."""


def burst(canvas: Canvas) -> Scene:
    """Dark hills with the lights of a town; the fireworks themselves are drawn frame by frame."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    shore = int(height * SHORE)
    t = np.clip(y / shore, 0, 1)
    sky = shade(canvas.ramp, (0.05 + 0.42 * t**2.4).astype(np.float32))
    sky = mix(sky, np.broadcast_to(NIGHT, sky.shape), (0.82 - 0.55 * t**2).astype(np.float32))
    sky = sky + stars(canvas, int(width * height / 2600), 0.7) * (1 - t)[..., None]
    layers = [Layer(sky.astype(np.float32), depth=0.02)]
    seen = sky
    for near in (0.0, 1.0):
        line = (
            shore
            - unit * 0.015
            - np.maximum(ridge(rng, width, 0.5, 3.0 + near) + 0.2, 0.02) * unit * (0.20 - 0.08 * near)
        )
        if near:
            line = firs(canvas, line, 0.01, 0.04, width // 5)
        alpha = (np.clip(y - line[None, :] + 0.5, 0, 1) * (y <= shore + 2)).astype(np.float32)
        hill = np.broadcast_to(tone(canvas.ramp, 0.15 - 0.11 * near), sky.shape)
        town = discs(
            canvas, 26 if near else 60, (0.0012, 0.0028), (SHORE - 0.06, SHORE - 0.004), (0.75, 1.0), 1.0
        )
        hill = (hill + bloom(town, 0.2, 1.0)).astype(np.float32)
        layers.append(Layer(hill, alpha, 0.08 + 0.05 * near))
        seen = mix(seen, hill, alpha)
    water = mirror(canvas, (seen * 0.9).astype(np.float32), shore, 0.06, 0.13)
    layers.append(water)
    return Scene(
        tuple(layers),
        water=Water(shore, width * 0.5, calm=0.6, sparkle=0.12),
        water_layer=len(layers) - 1,
        weather="fireworks",
    )
