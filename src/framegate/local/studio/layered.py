"""A scene of true layers in motion: every sheet moves by its own depth, so that nothing tears."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from framegate.local.studio.camera import Pose, matrix
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import Field, grid
from framegate.local.studio.layers import Layer, Scene, Water, finish, glitter, ripple
from framegate.local.studio.planes import Bytes, Planes, to_planes

Shot = Callable[[int, Pose], Planes]
"""The picture of a frame (its number) from a pose; the planes may be written into."""

MARGIN = 0.09
"""How much a scene is larger than the frame on every side, in short sides: room for the camera to move."""


class _Sheet:
    """A layer as premultiplied planes, cut to the rows that can be seen."""

    def __init__(self, layer: Layer, alpha: Field | None, top: int, bottom: int) -> None:
        self.layer, self.top, self.bottom = layer, top, bottom
        rows = slice(top, bottom)
        rgb = (np.clip(layer.rgb[rows], 0, 1) * 255 + 0.5).astype(np.uint8)
        self.planes = to_planes(rgb)
        self.cover: Bytes | None = None
        self.half_cover: Bytes | None = None
        self.under: tuple[Bytes, Bytes] | None = None
        if layer.glow:
            y, uv = self.planes
            self.planes = Planes(cv2.subtract(y, np.full_like(y, 16)), uv)
        elif alpha is not None:
            a = alpha[rows]
            half = cv2.resize(a, (a.shape[1] // 2, a.shape[0] // 2), interpolation=cv2.INTER_AREA)
            self.cover = (a * 255 + 0.5).astype(np.uint8)
            half8 = (half * 255 + 0.5).astype(np.uint8)
            self.half_cover = np.dstack([half8, half8])
            self.planes = Planes(
                cv2.multiply(self.planes.y, self.cover, scale=1 / 255.0),
                cv2.multiply(self.planes.uv, self.half_cover, scale=1 / 255.0),
            )


def layered_shot(scene: Scene, clock: Clock, out: tuple[int, int]) -> Shot:
    """Film a scene of layers (larger than the frame by `MARGIN`) at `out` (width, height)."""
    height, width = scene.layers[0].rgb.shape[:2]
    sheets = _sheets(scene)
    waves = _waves(scene.water, clock, height, width) if scene.water is not None else None

    def shot(frame: int, pose: Pose) -> Planes:
        y = np.empty((out[1], out[0]), np.uint8)
        uv = np.empty((out[1] // 2, out[0] // 2, 2), np.uint8)
        for number, sheet in enumerate(sheets):
            if waves is not None and number == scene.water_layer:
                waves(sheet, frame, pose, Planes(y, uv))
                continue
            _lay(sheet, frame, clock, pose, Planes(y, uv), (width, height))
        return Planes(y, uv)

    return shot


def _sheets(scene: Scene) -> list[_Sheet]:
    """Layers to sheets; rows that nearer layers always hide are left out (with room for the parallax)."""
    height, width = scene.layers[0].rgb.shape[:2]
    room = int(0.16 * min(height, width))
    hidden = np.zeros((height, width), bool)
    sheets: list[_Sheet] = []
    for layer in reversed(scene.layers):
        shown = ~hidden
        if layer.alpha is not None:
            shown &= layer.alpha > 0.004
        elif layer.glow:
            shown = layer.rgb.max(-1) > 0.004
        rows = np.flatnonzero(shown.any(1))
        if layer.alpha is None and not layer.glow:
            top, bottom = 0, height
        elif not len(rows):
            continue
        else:
            own = np.flatnonzero((layer.alpha > 0.004).any(1)) if layer.alpha is not None else rows
            top = max(0, int(own[0]) - 2) & ~1
            bottom = min(height, (int(rows[-1]) + room + 2) & ~1)
        if scene.water is not None and layer is scene.layers[scene.water_layer]:
            # the waves look it up everywhere, so it is kept whole, from the shore down
            sheets.append(_Sheet(layer, None, (scene.water.top + 1) & ~1, height))
        else:
            sheets.append(_Sheet(layer, layer.alpha, top, bottom))
        if layer.alpha is not None:
            hidden |= layer.alpha > 0.996
    sheets.reverse()
    return sheets


def _lay(sheet: _Sheet, frame: int, clock: Clock, pose: Pose, out: Planes, size: tuple[int, int]) -> None:
    """Put a sheet over (or add it to) what is in `out`."""
    layer = sheet.layer
    frame_height, frame_width = out.y.shape
    full = matrix(pose, layer.depth, (frame_width, frame_height), size)
    if layer.drift:
        full[0, 2] -= layer.drift * clock.travel(frame) * size[1]
    full[1, 2] -= sheet.top
    if layer.sway:
        lean = layer.sway * math.sin(2 * math.pi * clock.turns(frame, 3.1) + layer.depth * 7)
        full[0, 1] += lean
        full[0, 2] -= lean * frame_height
    start, end = _rows(full, out.y.shape, sheet.planes.y.shape)
    if start >= end:
        return
    full[:, 2] += full[:, 1] * start
    half = full.copy()
    half[:, 2] = (full[:, 2] + 0.5 * (full[:, 0] + full[:, 1]) - 0.5) * 0.5
    rows, half_rows = slice(start, end), slice(start // 2, end // 2)
    y_out, uv_out = out.y[rows], out.uv[half_rows]
    y = _warp(sheet.planes.y, full, y_out.shape)
    uv = _warp(sheet.planes.uv, half, uv_out.shape)
    if layer.glow:
        power = 1.0
        if layer.twinkle:
            power -= layer.twinkle * (
                0.5 + 0.5 * math.sin(2 * math.pi * clock.turns(frame, 1.7) + layer.depth * 9)
            )
        cv2.addWeighted(y_out, 1.0, y, power, 0, y_out)
        cv2.add(uv_out, cv2.addWeighted(uv, power, uv, 0, -128 * power), uv_out)
    elif sheet.cover is None or sheet.half_cover is None:
        y_out[:], uv_out[:] = y, uv
    else:
        cover = _warp(sheet.cover, full, y_out.shape)
        half_cover = _warp(sheet.half_cover, half, uv_out.shape)
        _over(y_out, y, cover)
        _over(uv_out, uv, half_cover)


def _over(below: Bytes, above: Bytes, cover: Bytes) -> None:
    cv2.multiply(below, cv2.bitwise_not(cover), below, scale=1 / 255.0)
    cv2.add(below, above, below)


def _warp(plane: Bytes, affine: np.ndarray, shape: tuple[int, ...]) -> Bytes:
    return cv2.warpAffine(
        plane,
        affine,
        (shape[1], shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    )


def _rows(affine: np.ndarray, out: tuple[int, ...], source: tuple[int, ...]) -> tuple[int, int]:
    """The rows of the output, from an even one to an even one, where a source of this height lands."""
    corners = np.array([[0, 0], [out[1], 0]], np.float64) @ affine[:, :2].T.astype(np.float64) + affine[:, 2]
    step = float(affine[1, 1])
    start = (0 - float(corners[:, 1].max())) / step
    end = (source[0] - float(corners[:, 1].min())) / step
    return max(0, int(start) & ~1), min(out[0], (int(math.ceil(end)) + 1) & ~1)


def _waves(
    water: Water, clock: Clock, height: int, width: int
) -> Callable[[_Sheet, int, Pose, Planes], None]:
    """A function that lays the water sheet, moved by waves; two seconds of waves are made once."""
    period = 2.0
    count = max(2, round(clock.fps * period))
    table: list[tuple[Field, Bytes]] = []
    for i in range(count):
        waves, deep = ripple(water, height, width, i / count, step=2)
        light = (glitter(water, waves, deep, height, step=2) * 150).clip(0, 255).astype(np.uint8)
        table.append(((waves * (0.06 + deep) * water.calm).astype(np.float32), light))

    def lay(sheet: _Sheet, frame: int, pose: Pose, out: Planes) -> None:
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
        plane = cv2.remap(sheet.planes.y, fx, fy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        colour = cv2.remap(
            sheet.planes.uv, sx * 0.5 - 0.25, sy * 0.5 - 0.25, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        cv2.add(plane, cv2.resize(shine, full, interpolation=cv2.INTER_LINEAR), plane)
        cv2.copyTo(plane, cv2.resize(wet, full, interpolation=cv2.INTER_NEAREST), y_out)
        cv2.copyTo(colour, wet, uv_out)

    return lay
