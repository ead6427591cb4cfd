"""Pictures as planar YUV 4:2:0 (BT.709, limited range), the form in which all motion is made.

Half the samples of RGB and no conversion per frame; grain, glints and particles touch the brightness alone.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


class Planes(NamedTuple):
    """`y`: (height, width) uint8, 16 to 235. `uv`: (height/2, width/2, 2) uint8, 128 is grey."""

    y: Bytes
    uv: Bytes


_LUMA = np.array([0.2126, 0.7152, 0.0722])
_TO_Y = _LUMA * 219
_TO_UV = np.stack(
    [(np.array([0, 0, 1]) - _LUMA) * (224 / 1.8556), (np.array([1, 0, 0]) - _LUMA) * (224 / 1.5748)]
)


def to_planes(rgb: Bytes | NDArray[np.float32]) -> Planes:
    """sRGB of even size, as bytes or as light from 0 to 1 (more is cut off), to planes."""
    one = 1.0 if rgb.dtype == np.float32 else 255.0
    light = rgb if one == 1.0 else rgb.astype(np.float32)
    height, width = rgb.shape[:2]
    if one == 1.0:
        light = np.clip(light, 0, 1)
    y = cv2.transform(light, np.hstack([_TO_Y / one, 16])[None])
    small = cv2.resize(light, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    uv = cv2.transform(small, np.hstack([_TO_UV / one, [[128], [128]]]))
    # bytes are rounded and kept within 0 and 255 in one go
    return Planes(cv2.multiply(y, 1.0, dtype=cv2.CV_8U), cv2.multiply(uv, 1.0, dtype=cv2.CV_8U))


def to_rgb(planes: Planes) -> Bytes:
    """Planes to sRGB bytes."""
    height, width = planes.y.shape
    luma = (planes.y.astype(np.float32) - 16) * (255 / 219)
    uv = cv2.resize(planes.uv, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128
    b = luma + uv[..., 0] * (1.8556 * 255 / 224)
    r = luma + uv[..., 1] * (1.5748 * 255 / 224)
    g = (luma - 0.2126 * r - 0.0722 * b) / 0.7152
    return (np.dstack([r, g, b]) + 0.5).clip(0, 255).astype(np.uint8)


def four(uv: Bytes, mask: Bytes | None = None) -> Bytes:
    """U and V (and a mask twice, or U and V again) as four channels: OpenCV moves four channels, like one, three
    times as fast as two.
    """
    u, v = cv2.split(uv)
    return cv2.merge([u, v, u, v] if mask is None else [u, v, mask, mask])


def two(quad: Bytes) -> Bytes:
    """The first two of four channels."""
    u, v, _, _ = cv2.split(quad)
    return cv2.merge([u, v])


def chroma(rgb: NDArray[np.float32]) -> tuple[float, float, float]:
    """The Y, U and V of one sRGB colour (0 to 1)."""
    r, g, b = (float(c) * 255 for c in rgb)
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return (
        16 + luma * (219 / 255),
        128 + (b - luma) * (224 / 255 / 1.8556),
        128 + (r - luma) * (224 / 255 / 1.5748),
    )


def scaled(planes: Planes, width: int, height: int) -> Planes:
    """Planes at another even size."""
    if planes.y.shape == (height, width):
        return planes
    how = cv2.INTER_CUBIC if width > planes.y.shape[1] else cv2.INTER_AREA
    return Planes(
        cv2.resize(planes.y, (width, height), interpolation=how),
        cv2.resize(planes.uv, (width // 2, height // 2), interpolation=how),
    )


def blended(a: Planes, b: Planes, mask: Bytes, half_mask: Bytes) -> Planes:
    """`a` where the mask is 0, `b` where it is 255. `half_mask` has two equal channels and half the size."""
    y = cv2.add(
        cv2.multiply(a.y, cv2.bitwise_not(mask), scale=1 / 255.0), cv2.multiply(b.y, mask, scale=1 / 255.0)
    )
    uv = cv2.add(
        cv2.multiply(a.uv, cv2.bitwise_not(half_mask), scale=1 / 255.0),
        cv2.multiply(b.uv, half_mask, scale=1 / 255.0),
    )
    return Planes(y, uv)
