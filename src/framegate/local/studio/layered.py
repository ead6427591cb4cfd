"""A scene of true layers in motion: every sheet moves by its own depth, so that nothing tears."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from framegate.local.studio.camera import Pose, matrix
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import Field, grid
from framegate.local.studio.layers import Scene, Water, glitter, ripple, ripples_of, simplified
from framegate.local.studio.planes import Bytes, Planes, two
from framegate.local.studio.sheets import Sheet, cut, lay

Shot = Callable[[int, Pose], Planes]
"""The picture of a frame (its number) from a pose; the planes may be written into."""

MARGIN = 0.09
"""How much a scene is larger than the frame on every side, in short sides: room for the camera to move."""


def layered_shot(scene: Scene, clock: Clock, out: tuple[int, int]) -> Shot:
    """Film a scene of layers (larger than the frame by `MARGIN`) at `out` (width, height)."""
    scene = simplified(scene)
    height, width = scene.layers[0].rgb.shape[:2]
    source = (width, height)
    sheets = cut(scene)
    wet = scene.water_layer if scene.water is not None else len(sheets)
    waves = _waves(scene.water, clock, height, width) if scene.water is not None else None

    def shot(frame: int, pose: Pose) -> Planes:
        planes = Planes(
            np.empty((out[1], out[0]), np.uint8), np.empty((out[1] // 2, out[0] // 2, 2), np.uint8)
        )
        lay(sheets[:wet], frame, clock, pose, planes, source)
        if waves is not None:
            waves(sheets[wet], frame, pose, planes)
            lay(sheets[wet + 1 :], frame, clock, pose, planes, source)
        return planes

    return shot


def _waves(water: Water, clock: Clock, height: int, width: int) -> Callable[[Sheet, int, Pose, Planes], None]:
    """A function that lays the water sheet, moved by waves; two seconds of waves are made once."""
    period = 2.0
    count = max(2, round(clock.fps * period))
    table: list[tuple[Field, Bytes]] = []
    ripples = ripples_of(water, height, width, step=2)
    strength = (0.06 + ripples.deep) * water.calm
    for i in range(count):
        waves = ripple(ripples, i / count)
        light = (glitter(ripples, waves) * 150).clip(0, 255).astype(np.uint8)
        table.append((waves * strength, light))

    def lay(sheet: Sheet, frame: int, pose: Pose, out: Planes) -> None:
        frame_height, frame_width = out.y.shape
        size = (frame_width, frame_height)
        far = matrix(pose, sheet.layer.depth, size, (width, height))
        near = matrix(pose, 1.0, size, (width, height))
        # the horizon is where the far map meets the first row of the water
        horizon = (water.top - float(far[1, 2]) - abs(float(far[1, 0])) * frame_width) / float(far[1, 1])
        start = max(0, int(horizon) & ~1)
        if start >= frame_height:
            return
        x, y = grid((frame_height - start) // 2, frame_width // 2)
        x, y = x * 2 + 0.5, y * 2 + 0.5 + start
        share = np.clip((y - start) / max(1, frame_height - start), 0, 1)

        # between the horizon and the lens the map goes over from the far one to the near one
        def blend(i: int) -> Field:
            a = far[i, 0] * x + far[i, 1] * y + far[i, 2]
            b = near[i, 0] * x + near[i, 1] * y + near[i, 2]
            return a + (b - a) * share

        mx, my = blend(0), blend(1)
        wet = ((my >= water.top) * np.uint8(255)).astype(np.uint8)
        my = np.maximum(my, water.top)
        shift, light = table[int(clock.turns(frame, period) * count) % count]
        wx, wy = mx * 0.5, (my - water.top) * 0.5
        here = cv2.remap(shift, wx, wy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        shine = cv2.remap(light, wx, wy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        sx = mx + here * (height * 0.008)
        sy = my - sheet.top + here * (height * 0.020)
        y_out, uv_out = out.y[start:], out.uv[start // 2 :]
        full = (frame_width, frame_height - start)
        fx = cv2.resize(sx, full, interpolation=cv2.INTER_LINEAR)
        fy = cv2.resize(sy, full, interpolation=cv2.INTER_LINEAR)
        plane = cv2.remap(sheet.y, fx, fy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        colour = cv2.remap(
            sheet.uv, sx * 0.5 - 0.25, sy * 0.5 - 0.25, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        cv2.add(plane, cv2.resize(shine, full, interpolation=cv2.INTER_LINEAR), plane)
        cv2.copyTo(plane, cv2.resize(wet, full, interpolation=cv2.INTER_NEAREST), y_out)
        cv2.copyTo(two(colour), wet, uv_out)

    return lay
