"""Which air a scene has: specks, or fireworks."""

from __future__ import annotations

import numpy as np

from framegate.local.studio.air import Air, air_of
from framegate.local.studio.clock import Clock
from framegate.local.studio.fireworks import fireworks
from framegate.local.studio.layers import Scene
from framegate.local.studio.planes import Bytes, Planes, to_rgb
from framegate.local.studio.scenes.night import SHORE


def air_for(
    scene: Scene,
    weather: str,
    clock: Clock,
    rng: np.random.Generator,
    size: tuple[int, int],
    rim: float = 0.0,
) -> Air:
    """The air of a scene at `size` (width, height), whose painted canvas is `rim` heights larger on every side.

    Fireworks give way to no other weather but `none`.
    """
    if scene.weather == "fireworks" and weather != "none" and scene.ramp is not None:
        return fireworks(clock, rng, *size, scene.ramp, SHORE * (1 + 2 * rim) - rim)
    return air_of(weather, clock, rng, *size)


def breathe(rgb: Bytes, scene: Scene, weather: str, rng: np.random.Generator) -> Bytes:
    """A still picture (sRGB bytes) with its air, as at some moment of a clip."""
    height, width = rgb.shape[:2]
    even = (width & ~1, height & ~1)
    dark = Planes(
        np.full((even[1], even[0]), 16, np.uint8), np.full((even[1] // 2, even[0] // 2, 2), 128, np.uint8)
    )
    air_for(scene, weather, Clock(240, 24.0), rng, even)(40, dark)
    lit = rgb.copy()
    part = lit[: even[1], : even[0]]
    part[:] = np.minimum(part.astype(np.uint16) + to_rgb(dark), 255)
    return lit
