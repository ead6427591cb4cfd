"""A scene as layers from far to near, and how they become one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.field import Field, Picture, displace, grid, length, mix
from framegate.local.studio.palette import Ramp


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a painter gets: dice, size in pixels, colours from dark to light, the prompt's words."""

    rng: np.random.Generator
    height: int
    width: int
    ramp: Ramp
    words: frozenset[str]

    @property
    def unit(self) -> float:
        """The length that everything is measured in: the height, less where the picture is tall and narrow."""
        return min(float(self.height), 1.25 * self.width)


@dataclass(frozen=True, slots=True)
class Layer:
    """One sheet. `alpha` of None covers everything; `depth` 0 is the sky, 1 is at the lens.

    `glow` adds the colours to what is behind instead of covering it. `drift` is how far the sheet travels sideways,
    in heights a second; `sway` how far its top leans in the wind, in heights. `twinkle`: its light flickers.
    """

    rgb: Picture
    alpha: Field | None = None
    depth: float = 0.0
    glow: bool = False
    drift: float = 0.0
    sway: float = 0.0
    twinkle: float = 0.0


@dataclass(frozen=True, slots=True)
class Water:
    """A mirror from row `top` down: `rings` makes rain rings instead of waves."""

    top: int
    sun_x: float
    calm: float = 1.0
    sparkle: float = 1.0
    rings: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Layers from far to near. With `water`, the last `above` layers stand before the water, the one before them is
    the mirror. `flows`: the first layer is a fluid that moves in itself. `weather` is what floats in the air.
    """

    layers: tuple[Layer, ...]
    flows: bool = False
    water: Water | None = None
    water_layer: int = -1
    weather: str = "dust"
    swirl: float = 1.0
    ramp: Ramp | None = None


@dataclass(frozen=True, slots=True)
class Ripples:
    """The waves of water, for its rows only, one value in `step` pixels. `deep` is the depth into the picture (0 at
    the horizon, 1 near). A wave that runs is the sum of one that stands (its sine) and another (its cosine), so both
    are drawn once; `glints` is how much of the sun each place would throw back.
    """

    water: Water
    deep: Field
    standing: tuple[tuple[float, Field, Field], ...]
    glints: Field
    unit: float


def ripples_of(water: Water, height: int, width: int, step: int = 1) -> Ripples:
    """The waves of a picture of this size."""
    rows, columns = -(-(height - water.top) // step), -(-width // step)
    x, y = grid(rows, columns)
    x, y = x * step, y * step / max(1, height - water.top)
    z = 1 / (y * 0.93 + 0.07)
    across = x * (900 / height)
    waves = (
        (1.0, -2.0, z * 9 + across * 0.004 / (y + 0.12)),
        (0.6, 3.0, z * 21 - across * 0.0105 / (y + 0.2)),
        (0.5, -5.0, z * 41 + across * 0.05),
        (0.35, 4.0, z * 67 + across * 0.021),
    )
    power = 0.45 if water.rings else 1.0
    path = np.exp(-(((x - water.sun_x) / (height * (0.05 + 0.33 * y))) ** 2))
    return Ripples(
        water,
        y,
        tuple((rounds, np.sin(a) * (p * power), np.cos(a) * (p * power)) for p, rounds, a in waves),
        # none at the very horizon, where land is mirrored
        path * np.clip(y * 9 - 0.3, 0, 1) * water.sparkle,
        height / step,
    )


def ripple(ripples: Ripples, turn: float) -> Field:
    """The height of the waves (about -2.5 to 2.5) at `turn` (0 to 1 is one round)."""
    waves = np.zeros_like(ripples.deep)
    for rounds, sine, cosine in ripples.standing:
        phase = 2 * math.pi * turn * rounds
        cv2.scaleAdd(sine, math.cos(phase), waves, waves)
        cv2.scaleAdd(cosine, math.sin(phase), waves, waves)
    if ripples.water.rings:
        waves += _rings(*waves.shape, ripples.unit, turn)
    return waves


DROPS = 22


def _rings(rows: int, columns: int, unit: float, turn: float) -> Field:
    """The rings of raindrops, each a little later than the one before; the nearer, the larger."""
    sheet = np.zeros((rows, columns), np.float32)
    for drop in range(DROPS):
        age = (turn - drop * 0.381966) % 1.0
        across, down = (drop * 0.618034 + 0.13) % 1.0, ((drop * 0.7548777) % 1.0) ** 0.8
        x, y = across * columns, down * rows
        reach = unit * (0.035 + 0.15 * down) * (age + 0.05)
        wide, tall = int(reach * 1.6) + 2, int(reach * (0.3 + 0.3 * down) * 1.6) + 2
        x0, x1 = max(0, int(x) - wide), min(columns, int(x) + wide)
        y0, y1 = max(0, int(y) - tall), min(rows, int(y) + tall)
        if x0 >= x1 or y0 >= y1:
            continue
        gy, gx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        d = length(gx - x, (gy - y) / (0.3 + 0.3 * down)) / reach
        front = np.exp(-(((d - 0.85) / 0.28) ** 2))
        sheet[y0:y1, x0:x1] += np.sin(d * 21) * front * (1 - age) ** 1.2 * 4.0 / (0.06 + down)
    return sheet


def glitter(ripples: Ripples, waves: Field) -> Field:
    """Where the waves throw the sun back, 0 to 1."""
    if ripples.water.rings:  # lamps everywhere: the crests of the rings catch them
        return np.clip(waves * (0.06 + ripples.deep) - 0.35, 0, 1) * ripples.water.sparkle
    return np.clip(waves - 1.0, 0, 1) * ripples.glints


def within(top: int, painted: NDArray[np.float32], height: int) -> NDArray[np.float32]:
    """What was painted from row `top` down, as a whole sheet of `height` rows: black and empty where nothing was
    painted (which takes no memory).
    """
    sheet = np.zeros((height, *painted.shape[1:]), np.float32)
    sheet[top : top + len(painted)] = painted
    return sheet


ALIKE = 0.075
"""Sheets whose depths differ by no more are moved as one: at most 3 pixels in 720 tell them apart."""


def simplified(scene: Scene) -> Scene:
    """The scene with every still layer that lies close before another one painted onto it."""
    water = scene.layers[scene.water_layer] if scene.water is not None else None
    layers: list[Layer] = []
    farthest = 0.0
    for layer in scene.layers:
        behind = layers[-1] if layers else None
        if (
            behind is not None
            and behind.alpha is None
            and layer is not water
            and _still(behind)
            and _still(layer)
            and layer.depth - farthest <= ALIKE
        ):
            covered = layer.rgb if layer.alpha is None else mix(behind.rgb, layer.rgb, layer.alpha)
            layers[-1] = replace(layer, rgb=covered, alpha=None)
            continue
        layers.append(layer)
        farthest = layer.depth
    at = next((number for number, layer in enumerate(layers) if layer is water), -1)
    return replace(scene, layers=tuple(layers), water_layer=at)


def _still(layer: Layer) -> bool:
    return not (layer.glow or layer.drift or layer.sway or layer.twinkle)


def compose(scene: Scene) -> Picture:
    """All layers as one still picture."""
    picture = scene.layers[0].rgb
    for number, layer in enumerate(scene.layers[1:], 1):
        if layer.glow:
            picture = picture + layer.rgb
            continue
        rgb = layer.rgb
        if scene.water is not None and number == scene.water_layer:
            rgb = _rippled(scene.water, rgb)
        picture = rgb if layer.alpha is None else mix(picture, rgb, layer.alpha)
    return picture


def _rippled(water: Water, rgb: Picture) -> Picture:
    height, width = rgb.shape[:2]
    ripples = ripples_of(water, height, width)
    waves = ripple(ripples, 0.0)
    dx, dy = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    strength = waves * (0.06 + ripples.deep) * water.calm
    dy[water.top :] = strength * (height * 0.020)
    dx[water.top :] = strength * (height * 0.008)
    out = displace(rgb, dx, dy)
    out[water.top :] += glitter(ripples, waves)[..., None] * 0.6
    return out


def finish(
    picture: Picture, rng: np.random.Generator, grain: float = 0.014, vignette: float = 0.30
) -> NDArray[np.uint8]:
    """Darkened corners, a soft shoulder instead of burnt-out light, film grain. Answers sRGB bytes."""
    height, width = picture.shape[:2]
    x, y = grid(height, width)
    r2 = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2
    picture = picture * (1 - vignette * r2**1.3)[..., None]
    picture = np.clip(picture, 0, None)
    knee = 0.82
    picture = np.where(
        picture > knee, knee + (1 - knee) * (1 - np.exp(-(picture - knee) / (1 - knee))), picture
    )
    if grain:
        light = cv2.transform(picture, np.full((1, 3), 1 / 3))
        speck = rng.standard_normal((height, width), dtype=np.float32) * grain * (1.0 - 0.65 * light)
        picture = cv2.add(picture, cv2.merge([speck] * 3))
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
