"""The sea with a far coast and a low sun."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.field import Picture, bloom, grid, mix, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene, Water
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.props import mirrored, sail_boat
from framegate.local.studio.scenes.sky import paint_sky

SAILS = frozenset(("boat", "boats", "ship", "sail", "sails", "sailing", "yacht", "sailboat"))


def mirror(canvas: Canvas, above: Picture, top: int, dark: float = 0.16, depth: float = 0.08) -> Layer:
    """What water from row `top` down shows of `above`: upside down, and darker towards the viewer."""
    height, width = canvas.height, canvas.width
    rows = np.clip(2 * top - np.arange(height) - 1, 0, height - 1)
    # the sun's disk is left out: the waves show it as glitter
    rgb = np.minimum(above, tone(canvas.ramp, 0.92))[rows]
    _, y = grid(height, width)
    near = np.clip((y - top) / max(1, height - top), 0, 1)
    rgb = mix(rgb, np.broadcast_to(tone(canvas.ramp, dark), rgb.shape), 0.10 + 0.5 * near)
    return Layer(rgb.astype(np.float32), (y >= top).astype(np.float32), depth)


def sea(canvas: Canvas) -> Scene:
    """A calm sea at a low sun."""
    height, width = canvas.height, canvas.width
    horizon = 0.56
    sky, sun = paint_sky(canvas, horizon)
    sky = bloom(sky, 0.85, 0.5)
    top = int(height * horizon)
    _, y = grid(height, width)
    line = top - np.maximum(0, ridge(canvas.rng, width, 0.5, 3.0) * canvas.unit * 0.11 + canvas.unit * 0.006)
    inside = y - line[None, :]
    coast = shade(canvas.ramp, (0.16 + 0.30 * np.clip(inside / (height * 0.06), 0, 1)).astype(np.float32))
    coast = mix(coast, np.broadcast_to(tone(canvas.ramp, 0.78), coast.shape), 0.2)
    alpha = (np.clip(inside, 0, 1) * (y < top + 1)).astype(np.float32)
    water = mirror(canvas, mix(sky, coast, alpha), top)
    layers = (Layer(sky, depth=0.03), Layer(coast, alpha, 0.10), water)
    if canvas.words & SAILS:
        line = top + int(height * 0.045)
        boat = sail_boat(canvas, width * canvas.rng.uniform(0.3, 0.7), line, canvas.unit * 0.075)
        double, shadow = mirrored(boat, line, 0.5)
        layers = (*layers, Layer(double, shadow, 0.2, drift=-0.004), Layer(*boat, 0.2, drift=-0.004))
    return Scene(layers, water=Water(top, sun[0]), water_layer=2)
