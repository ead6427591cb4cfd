"""A picture that flows in itself: carried along a fixed current twice, half a round apart, and cross-faded, so that
it moves for ever and never drifts away.
"""

from __future__ import annotations

import cv2
import numpy as np

from framegate.local.studio.camera import Pose, matrix
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import Field, grid, noise
from framegate.local.studio.layered import Shot
from framegate.local.studio.layers import Scene
from framegate.local.studio.planes import Bytes, Planes, four, to_planes, two

ROUND = 3.2
"""Seconds until the current has carried everything once."""


def fluid_shot(scene: Scene, clock: Clock, out: tuple[int, int], rng: np.random.Generator) -> Shot:
    """Film the first layer of a flowing scene at `out` (width, height); layers that glow are added as they stand."""
    base = scene.layers[0].rgb
    height, width = base.shape[:2]
    for layer in scene.layers[1:]:
        base = base + layer.rgb
    planes = to_planes(base.astype(np.float32, copy=False))
    quad = four(planes.uv)
    fx, fy = _current(rng, height, width, scene.swirl)

    def shot(frame: int, pose: Pose) -> Planes:
        # the maps are made at half size: they are smooth, and it is a quarter of the work
        affine = matrix(pose, 0.5, out, (width, height))
        x, y = grid(out[1] // 2, out[0] // 2)
        x, y = x * 2 + 0.5, y * 2 + 0.5
        mx = affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
        my = affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
        first = clock.turns(frame, ROUND) % 1.0
        second = (first + 0.5) % 1.0
        share = abs(2 * first - 1)
        lx, ly = mx * 0.25 - 0.375, my * 0.25 - 0.375
        vx = cv2.remap(fx, lx, ly, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        vy = cv2.remap(fy, lx, ly, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        a = _carried(planes.y, quad, mx + vx * (first - 0.5), my + vy * (first - 0.5), out)
        b = _carried(planes.y, quad, mx + vx * (second - 0.5), my + vy * (second - 0.5), out)
        return Planes(
            cv2.addWeighted(a.y, 1 - share, b.y, share, 0), cv2.addWeighted(a.uv, 1 - share, b.uv, share, 0)
        )

    return shot


def _carried(luma: Bytes, quad: Bytes, mx: Field, my: Field, out: tuple[int, int]) -> Planes:
    full_x = cv2.resize(mx, out, interpolation=cv2.INTER_LINEAR)
    full_y = cv2.resize(my, out, interpolation=cv2.INTER_LINEAR)
    y: Bytes = cv2.remap(luma, full_x, full_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    uv: Bytes = cv2.remap(
        quad, mx * 0.5 - 0.25, my * 0.5 - 0.25, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return Planes(y, two(uv))


def _current(rng: np.random.Generator, height: int, width: int, swirl: float) -> tuple[Field, Field]:
    """A current without sources (the curl of noise), at a quarter of the size, in pixels a round."""
    potential = noise(rng, max(8, height // 4), max(8, width // 4), 1.6, 3, 0.45)
    gy, gx = np.gradient(potential)
    vx, vy = gy, -gx
    speed = min(height, width) * 0.055 * swirl / max(1e-6, float(np.percentile(np.hypot(vx, vy), 95)))
    return (vx * speed).astype(np.float32), (vy * speed).astype(np.float32)
