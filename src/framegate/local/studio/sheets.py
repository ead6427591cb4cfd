"""Layers laid over each other, fast: the frame is cut into tiles, and what a nearer sheet hides is never drawn."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.camera import Pose, matrix
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import Field
from framegate.local.studio.layers import Layer, Scene
from framegate.local.studio.planes import Bytes, Planes, four, to_planes, two

SKIP, BLEND, COPY = 0, 1, 2
ROOM = 0.16
"""How far below a nearer layer's edge a layer is kept, in short sides: the camera may uncover so much."""


class Sheet:
    """A layer as planes (premultiplied by its mask), cut to the rows that can ever be seen. Light is soft: what glows
    is kept and moved at half the size.
    """

    def __init__(self, layer: Layer, alpha: Field | None, top: int, bottom: int) -> None:
        self.layer, self.top = layer, top
        rgb = layer.rgb[top:bottom]
        if layer.glow:
            rows, columns = rgb.shape[0] // 4 * 2, rgb.shape[1] // 4 * 2
            rgb = cv2.resize(rgb[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
        y, uv = to_planes(rgb)
        self.cover = half_cover = None
        seen = np.ones(y.shape, bool)
        open_ = np.zeros(y.shape, bool)
        if layer.glow:
            y = cv2.subtract(y, np.full_like(y, 16))
        elif alpha is not None:
            part = alpha[top:bottom]
            half = cv2.resize(part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA)
            self.cover = (part * 255 + 0.5).astype(np.uint8)
            half_cover = (half * 255 + 0.5).astype(np.uint8)
            y = cv2.multiply(y, self.cover, scale=1 / 255.0)
            uv = cv2.multiply(uv, cv2.merge([half_cover, half_cover]), scale=1 / 255.0)
            seen, open_ = self.cover > 0, self.cover < 255
        self.y, self.uv = y, four(uv, half_cover)
        self._seen = cv2.integral(seen.astype(np.uint8))
        self._open = cv2.integral(open_.astype(np.uint8))

    def map(
        self, frame: int, clock: Clock, pose: Pose, out: tuple[int, int], source: tuple[int, int]
    ) -> NDArray:
        """The affine map from the output's pixels to this sheet's (sizes as width, height)."""
        layer = self.layer
        affine = matrix(pose, layer.depth, out, source)
        if layer.drift:
            affine[0, 2] -= layer.drift * clock.travel(frame) * source[1]
        affine[1, 2] -= self.top
        if layer.sway:
            lean = layer.sway * math.sin(2 * math.pi * clock.turns(frame, 3.1) + layer.depth * 7)
            affine[0, 1] += lean
            affine[0, 2] -= lean * out[1]
        return affine

    def states(self, affine: NDArray, tiles: NDArray) -> NDArray:
        """For every tile whether it is to be skipped, blended or copied under this map (light is added apart)."""
        if self.layer.glow:
            return np.full(len(tiles), SKIP)
        x0, y0, x1, y1 = tiles.T.astype(np.float64)
        xs, ys = np.stack([x0, x1, x0, x1]), np.stack([y0, y0, y1, y1])
        u = affine[0, 0] * xs + affine[0, 1] * ys + affine[0, 2]
        v = affine[1, 0] * xs + affine[1, 1] * ys + affine[1, 2]
        height, width = self.y.shape
        left = np.clip(np.floor(u.min(0)) - 2, 0, width - 1).astype(int)
        right = np.clip(np.ceil(u.max(0)) + 3, left + 1, width).astype(int)
        top = np.clip(np.floor(v.min(0)) - 2, 0, height - 1).astype(int)
        bottom = np.clip(np.ceil(v.max(0)) + 3, top + 1, height).astype(int)

        def count(table: NDArray) -> NDArray:
            return table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]

        state = np.where(count(self._open) == 0, COPY, BLEND)
        return np.where(count(self._seen) == 0, SKIP, state)


def cut(scene: Scene) -> list[Sheet]:
    """The sheets of a scene, from far to near. A sheet of water is kept whole, from the shore down."""
    height, width = scene.layers[0].rgb.shape[:2]
    room = int(ROOM * min(height, width))
    hidden = np.zeros((height, width), bool)
    sheets: list[Sheet] = []
    for number in range(len(scene.layers) - 1, -1, -1):
        layer = scene.layers[number]
        if scene.water is not None and number == scene.water_layer:
            sheets.append(Sheet(layer, None, (scene.water.top + 1) & ~1, height))
        elif layer.alpha is None:
            sheets.append(Sheet(layer, None, 0, height))
        else:
            own = layer.alpha > 0.004
            rows, own_rows = np.flatnonzero((own & ~hidden).any(1)), np.flatnonzero(own.any(1))
            if len(rows):
                top = max(0, int(own_rows[0]) - 2) & ~1
                bottom = min(height, (int(rows[-1]) + room + 2) & ~1)
                sheets.append(Sheet(layer, layer.alpha, top, bottom))
            else:  # never seen; an empty row keeps the count of layers
                sheets.append(Sheet(layer, np.zeros((height, width), np.float32), 0, 2))
        if layer.alpha is not None:
            hidden |= layer.alpha > 0.996
    sheets.reverse()
    return sheets


@lru_cache(maxsize=4)
def _tiles(width: int, height: int) -> tuple[NDArray, int]:
    """Tiles with even corners (x0, y0, x1, y1), row by row, and how many stand in a row."""
    columns, rows = max(1, min(10, width // 32)), max(1, min(15, height // 24))
    xs = (np.linspace(0, width, columns + 1).astype(int) // 2) * 2
    ys = (np.linspace(0, height, rows + 1).astype(int) // 2) * 2
    xs[-1], ys[-1] = width, height
    corners = [(xs[c], ys[r], xs[c + 1], ys[r + 1]) for r in range(rows) for c in range(columns)]
    return np.array(corners), columns


def lay(
    sheets: list[Sheet], frame: int, clock: Clock, pose: Pose, out: Planes, source: tuple[int, int]
) -> None:
    """Lay the sheets, from far to near, over what is in `out`."""
    height, width = out.y.shape
    tiles, columns = _tiles(width, height)
    maps = [sheet.map(frame, clock, pose, (width, height), source) for sheet in sheets]
    states = [sheet.states(affine, tiles) for sheet, affine in zip(sheets, maps, strict=True)]
    done = np.zeros(len(tiles), bool)
    for state in reversed(states):
        state[done] = SKIP
        done |= state == COPY
    for sheet, affine, state in zip(sheets, maps, states, strict=True):
        if sheet.layer.glow:
            _shine(sheet, affine, out, _power(sheet.layer, frame, clock))
            continue
        for rectangle, what in _runs(tiles, state, columns):
            _paint(sheet, affine, rectangle, what, out)


def _runs(tiles: NDArray, state: NDArray, columns: int) -> list[tuple[tuple[int, int, int, int], int]]:
    """Neighbours in the same state as one rectangle, and equally wide ones below each other too."""
    runs: dict[tuple[int, int, int, int], int] = {}  # by left, right, lower edge and state: where each begins
    for start in range(0, len(tiles), columns):
        row = state[start : start + columns]
        at = 0
        while at < columns:
            end = at + 1
            while end < columns and row[end] == row[at]:
                end += 1
            if row[at] != SKIP:
                x0, y0 = tiles[start + at][:2]
                x1, y1 = tiles[start + end - 1][2:]
                box, what = (int(x0), int(y0), int(x1), int(y1)), int(row[at])
                first = runs.pop((box[0], box[2], box[1], what), box[1])
                runs[box[0], box[2], box[3], what] = first
            at = end
    return [((left, top, right, bottom), what) for (left, right, bottom, what), top in runs.items()]


def _power(layer: Layer, frame: int, clock: Clock) -> float:
    """How brightly a layer that glows does so in this frame."""
    if not layer.twinkle:
        return 1.0
    return 1 - layer.twinkle * (0.5 + 0.5 * math.sin(2 * math.pi * clock.turns(frame, 1.7) + layer.depth * 9))


def _halved(affine: NDArray, times: int) -> NDArray:
    """The same map between planes of half the size (`times` over): pixel i of these covers 2i and 2i + 1."""
    for _ in range(times):
        affine = affine.copy()
        affine[:, 2] = (affine[:, 2] + 0.5 * (affine[:, 0] + affine[:, 1]) - 0.5) * 0.5
    return affine


def _shine(sheet: Sheet, affine: NDArray, out: Planes, power: float) -> None:
    """Add the light of a sheet that glows, all over the frame."""
    height, width = out.y.shape
    half = (-(-width // 2), -(-height // 2))
    light = cv2.resize(
        _warp(sheet.y, _halved(affine, 1), half), (width, height), interpolation=cv2.INTER_LINEAR
    )
    tint = two(_warp(sheet.uv, _halved(affine, 2), (-(-half[0] // 2), -(-half[1] // 2))))
    tint = cv2.resize(tint, (width // 2, height // 2), interpolation=cv2.INTER_LINEAR)
    cv2.addWeighted(out.y, 1.0, light, power, 0, out.y)
    cv2.addWeighted(out.uv, 1.0, tint, power, -128 * power, out.uv)


def _paint(sheet: Sheet, affine: NDArray, box: tuple[int, int, int, int], what: int, out: Planes) -> None:
    x0, y0, x1, y1 = box
    full = affine.copy()
    full[:, 2] += affine[:, 0] * x0 + affine[:, 1] * y0
    half = _halved(full, 1)
    size, half_size = (x1 - x0, y1 - y0), ((x1 - x0) // 2, (y1 - y0) // 2)
    y_out, uv_out = out.y[y0:y1, x0:x1], out.uv[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
    y = _warp(sheet.y, full, size)
    u, v, half_cover, _ = cv2.split(_warp(sheet.uv, half, half_size))
    uv = cv2.merge([u, v])
    if what == COPY or sheet.cover is None:
        y_out[:], uv_out[:] = y, uv
    else:
        cover = cv2.bitwise_not(_warp(sheet.cover, full, size))
        half_cover = cv2.bitwise_not(half_cover)
        y_out[:] = cv2.add(cv2.multiply(y_out, cover, scale=1 / 255.0), y)
        uv_out[:] = cv2.add(cv2.multiply(uv_out, cv2.merge([half_cover, half_cover]), scale=1 / 255.0), uv)


def _warp(plane: Bytes, affine: NDArray, size: tuple[int, int]) -> Bytes:
    # REPLICATE: above its first row, which is empty, a sheet stays empty
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(plane, affine, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
