"""Northern lights over mountains and a lake."""

from __future__ import annotations

import cv2
import numpy as np

from framegate.local.studio.field import bloom, blur, grid, mix, noise, ridge
from framegate.local.studio.layers import Canvas, Layer, Scene, Water, within
from framegate.local.studio.palette import shade
from framegate.local.studio.scenes.land import firs
from framegate.local.studio.scenes.sea import mirror
from framegate.local.studio.scenes.sky import stars

CURTAINS = 3


def aurora(canvas: Canvas) -> Scene:
    """Curtains of light in a starry sky, doubled by the water."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    shore = int(height * 0.70)
    t = np.clip(y / shore, 0, 1)
    sky = shade(canvas.ramp, (0.03 + 0.20 * t**2.2).astype(np.float32))
    points = stars(canvas, int(width * height / 1500), 0.8) * (1 - t * 0.8)[..., None]
    sky = sky + points
    layers = [Layer(np.clip(sky, 0, 1).astype(np.float32), depth=0.02)]
    seen = sky
    for number in range(CURTAINS):
        light = _curtain(canvas, number)
        seen = 1 - (1 - seen.clip(0, 1)) * (1 - light.clip(0, 1))
        layers.append(
            Layer(
                light,
                None,
                0.04,
                glow=True,
                twinkle=0.35,
                sway=(-1) ** number * 0.05,
                drift=0.004 * (number - 1),
            )
        )
    for near, tall, value in ((0.0, 0.22, 0.14), (1.0, 0.10, 0.045)):
        line = shore - unit * 0.02 - np.maximum(ridge(rng, width, 0.5, 3.4 + near) + 0.25, 0.02) * unit * tall
        if near:
            line = firs(canvas, line, 0.015, 0.05, width // 4)
        top, foot = min(height - 2, max(0, int(line.min()) - 2)), min(height, shore + 3)
        inside = y[top:foot] - line[None, :]
        alpha = np.clip(inside + 0.5, 0, 1)
        snow = noise(rng, height, width, 7, 5, 0.6)[top:foot] - np.clip(inside / (unit * tall), 0, 1) * 0.9
        bright = value + (0.22 * np.clip(snow * 1.6, 0, 1) if not near else 0.0)
        hill = shade(canvas.ramp, (bright + 0.0 * inside).astype(np.float32))
        layers.append(Layer(within(top, hill, height), within(top, alpha, height), 0.08 + 0.05 * near))
        seen[top:foot] = mix(seen[top:foot], hill, alpha)
    water = mirror(canvas, bloom(seen.astype(np.float32), 0.8, 0.3) * 0.85, shore, 0.05, 0.13)
    layers.append(water)
    scene_water = Water(shore, width * 0.5, calm=0.5, sparkle=0.0)
    return Scene(tuple(layers), water=scene_water, water_layer=len(layers) - 1, weather="none")


def _curtain(canvas: Canvas, number: int) -> np.ndarray:
    """One folded sheet: bright and sharp at its lower hem, fading upwards in rays."""
    rng, height, width, unit = canvas.rng, canvas.height, canvas.width, canvas.unit
    x, y = grid(height, width)
    wave = ridge(rng, width, 0.42, 1.6 + 0.7 * number)
    wave = np.convolve(wave, np.full(max(3, width // 60), 1 / max(3, width // 60), np.float32), mode="same")
    hem = height * (0.34 + 0.11 * number + rng.uniform(-0.04, 0.04)) + wave * unit * 0.24
    bottom = min(height, max(2, int(hem.max() + 0.25 * unit)))  # below it there is no light
    up = (hem[None, :] - y[:bottom]) / unit
    fine = noise(rng, height, width, 9, 3, 0.6, stretch=0.12)[:bottom]
    wide = noise(rng, height, width, 2.0, 3, 0.5, stretch=0.5)[:bottom]
    reach = 0.16 + 0.26 * wide
    body = np.exp(-np.abs(up) / np.where(up > 0, reach, np.float32(0.022)))
    light = body * (0.30 + 0.70 * fine) * np.clip(wide * 1.9 - 0.45, 0, 1)
    light = blur(light.astype(np.float32), unit / 420)
    value = np.clip(0.60 - np.clip(up, 0, 1) * 0.9 + 0.22 * np.exp(-np.abs(up) * 14), 0.28, 0.9)
    picture = np.zeros((height, width, 3), np.float32)
    cv2.multiply(shade(canvas.ramp, value), cv2.merge([light * 1.15] * 3), picture[:bottom])
    return picture
