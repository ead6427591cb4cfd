"""A puddle after dark: the lights of a street, and their broken doubles on the water."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.field import bloom, blur, grid, mix, noise
from framegate.local.studio.layers import Canvas, Layer, Scene, Water
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.bokeh import backdrop, discs
from framegate.local.studio.scenes.props import mirrored, paper_boat


def puddle(canvas: Canvas) -> Scene:
    """Bokeh above, a mirror with rings below; a paper boat where the prompt has a boat."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    shore = int(height * 0.36)
    wall = backdrop(canvas, 0.12, 0.52, (rng.uniform(0.3, 0.7), 0.16), 0.62)
    wall = wall + discs(canvas, 44, (0.012, 0.055), (0.02, 0.34), (0.60, 1.0), 0.62, warm=0.5)
    kerb = np.clip((y - (shore - unit * 0.035)) / (unit * 0.01), 0, 1)
    wall = mix(wall, np.broadcast_to(tone(canvas.ramp, 0.10), wall.shape), (kerb * 0.75).astype(np.float32))
    far = bloom(wall.astype(np.float32), 0.8, 0.5)
    # lights smear downwards on water: an average over rows, wider the nearer
    tall = mirror_rows(far, shore)
    gleam = blur(tall, unit / 90)
    smear = np.stack([blur(np.ascontiguousarray(tall[..., c]), unit / 28) for c in range(3)], -1)
    near = np.clip((y - shore) / (height - shore), 0, 1)
    water = mix(gleam, smear, near) * (0.92 - 0.34 * near)[..., None]
    ground = noise(rng, height, width, 5, 4, 0.5, stretch=2.0)
    water = (
        water
        + shade(canvas.ramp, (0.10 + 0.14 * ground).astype(np.float32)) * (0.10 + 0.30 * near)[..., None]
    )
    mask = (y >= shore).astype(np.float32)
    layers = [Layer(far, depth=0.06)]
    if canvas.words & {"boat", "boats", "ship", "origami"}:
        boat = paper_boat(canvas, width * 0.44, height * 0.66, unit * 0.19)
        double, shadow = mirrored(boat, int(height * 0.665), 0.42)
        layers.append(Layer(water.astype(np.float32), mask, 0.10))
        layers.append(Layer(double.astype(np.float32), shadow, 0.42, drift=-0.014))
        layers.append(Layer(boat[0], boat[1], 0.42, drift=-0.014, sway=0.012))
    else:
        layers.append(Layer(water.astype(np.float32), mask, 0.10))
    surface = Water(shore, width * 0.5, calm=0.55, sparkle=0.25, rings=True)
    return Scene(tuple(layers), water=surface, water_layer=1, weather="rain")


def mirror_rows(picture: np.ndarray, line: int) -> np.ndarray:
    """The picture with what is above row `line` stretched downwards from it, upside down."""
    height = picture.shape[0]
    rows = np.arange(height)
    below = line - 1 - ((rows - line) * (line / max(1, height - line)) * 0.98).astype(int)
    return picture[np.clip(np.where(rows < line, rows, below), 0, height - 1)]
