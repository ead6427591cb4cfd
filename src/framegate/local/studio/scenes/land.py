"""Mountains one behind the other, with mist in the valleys; dunes."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.field import bloom, grid, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene, within
from framegate.local.studio.palette import shade, tone
from framegate.local.studio.scenes.sky import paint_sky

RIDGES = 6


def wide_slope(line: np.ndarray) -> np.ndarray:
    """The slope of a skyline without its jags, which would be drawn out to stripes."""
    reach = max(3, len(line) // 60)
    evenly = np.full(2 * reach + 1, 1 / (2 * reach + 1), np.float32)
    return np.gradient(np.convolve(np.pad(line, reach, mode="edge"), evenly, "valid").astype(np.float32))


def firs(canvas: Canvas, line: np.ndarray, smallest: float, tallest: float, count: int) -> np.ndarray:
    """A skyline (y of every column) with the tips of firs standing on it; sizes in units."""
    rng, width, unit = canvas.rng, canvas.width, canvas.unit
    out = line.copy()
    tallness = unit * rng.uniform(smallest, tallest, count)
    for at, tall in zip(rng.integers(0, width, count), tallness, strict=True):
        half = max(2, int(tall * 0.22))
        xs = np.arange(max(0, at - half), min(width, at + half + 1))
        steps = 1 + 0.10 * np.sin(np.abs(xs - at) / half * 17)
        out[xs] = np.minimum(out[xs], line[xs] + 4 - tall * (1 - np.abs(xs - at) / half) * steps)
    return out


def peaks(canvas: Canvas) -> Scene:
    """Six ridges, the nearest with firs."""
    return _ridges(canvas, dune=False)


def dunes(canvas: Canvas) -> Scene:
    """Soft ridges of sand."""
    return _ridges(canvas, dune=True)


def _ridges(canvas: Canvas, *, dune: bool) -> Scene:
    rng, height, width, colours = canvas.rng, canvas.height, canvas.width, canvas.ramp
    sky, sun = paint_sky(canvas, 0.62)
    layers = [Layer(bloom(sky, 0.85, 0.5), depth=0.03)]
    x, y = grid(height, width)
    haze = tone(colours, 0.80)
    for number in range(RIDGES):
        near = number / (RIDGES - 1)
        base = height * (0.50 + 0.46 * near**1.15)
        tall = canvas.unit * (0.16 + 0.13 * near) * (0.55 if dune else 1.0)
        scale = (2.2 + 1.6 * near) * max(0.6, width / canvas.unit / 1.78)
        line = base - ridge(rng, width, 0.34 if dune else 0.48, scale) * tall
        slope_line = wide_slope(line)
        if number == RIDGES - 1 and not dune:
            line = firs(canvas, line, 0.012, 0.055, width // 3)
        top = min(height - 2, max(0, int(line.min()) - 2))  # above it there is nothing to paint
        inside = y[top:] - line[None, :]
        alpha = np.clip(inside + 0.5, 0, 1).astype(np.float32)
        deep = np.clip(inside / (height * 0.34), 0, 1)
        texture = noise(rng, height, width, 9, 4, 0.55)[top:]
        slope = np.clip(slope_line[None, :] * np.sign(x[top:] - sun[0]) * 0.5, -1, 1) * np.exp(-deep * 3)
        value = 0.50 * (1 - near) ** 1.25 + 0.05
        colour = shade(colours, (value + 0.06 * (texture - 0.5) + 0.05 * slope).astype(np.float32))
        mist = np.clip(deep * 1.15 - 0.05 + 0.25 * (texture - 0.5) * deep, 0, 1) * (0.78 - 0.45 * near)
        veil = haze * (1 - 0.35 * near) + tone(colours, 0.45) * 0.35 * near
        colour = mix(colour, np.broadcast_to(veil, colour.shape), mist.astype(np.float32))
        colour = mix(colour, np.broadcast_to(haze, colour.shape), (1 - near) ** 1.6 * 0.42)
        near_sun = np.exp(-np.abs(x[top:] - sun[0]) / (canvas.unit * 0.55))
        crest = np.exp(-np.clip(inside, 0, None) / (canvas.unit * (0.02 if dune else 0.006))) * near_sun
        colour = mix(
            colour, np.broadcast_to(tone(colours, 0.93), colour.shape), crest * (0.5 if dune else 0.3)
        )
        layers.append(Layer(within(top, colour, height), within(top, alpha, height), 0.08 + 0.9 * near**1.3))
    return Scene(tuple(layers))
