"""A given picture in motion: a guessed depth moves what seems near more than what seems far.

Where the camera stands at `Pose()` the picture is shown exactly as it is.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from framegate.local.studio.camera import Pose, matrix
from framegate.local.studio.field import Field, blur, grid, mix
from framegate.local.studio.layered import Shot
from framegate.local.studio.planes import Bytes, Planes, four, to_planes, two

REACH = 0.03
"""The most that parallax may move anything, in short sides: the depth is only a guess."""
LEVEL = 0.35
"""The depth that parallax leaves where it is."""
NEAR = max(LEVEL, 1 - LEVEL)
"""The most that a depth may be off it."""


MARGIN = 0.16
"""How far a picture is continued beyond its edges for a camera that goes back, in short sides."""


def photo_shot(rgb: Bytes, *, wide: bool = False) -> Shot:
    """Film a picture (sRGB bytes, already of the output's size); `wide` continues it beyond its edges."""
    out = (rgb.shape[1], rgb.shape[0])
    if wide:
        rgb = _continued(rgb)
    height, width = rgb.shape[:2]
    source = (width, height)
    planes = to_planes(rgb)
    quad = four(planes.uv)
    depth = guess_depth(rgb)
    half_depth = cv2.resize(depth, (width // 2, height // 2), interpolation=cv2.INTER_AREA) - LEVEL
    x, y = grid(out[1] // 2, out[0] // 2)
    x, y = x * 2 + 0.5, y * 2 + 0.5
    half_out = (out[0] // 2, out[1] // 2)

    def shot(frame: int, pose: Pose) -> Planes:
        del frame
        flat = matrix(replace(pose, shift_x=0.0, shift_y=0.0, push=0.0), 0.3, out, source)
        if not (pose.shift_x or pose.shift_y or pose.push):
            half = flat.copy()
            half[:, 2] = (flat[:, 2] + 0.5 * (flat[:, 0] + flat[:, 1]) - 0.5) * 0.5
            how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            return Planes(
                cv2.warpAffine(planes.y, flat, out, flags=how, borderMode=cv2.BORDER_REFLECT),
                two(cv2.warpAffine(quad, half, half_out, flags=how, borderMode=cv2.BORDER_REFLECT)),
            )
        short = min(out)
        reach = REACH * short
        shift_x = max(-reach, min(reach, pose.shift_x * short * 0.6))
        shift_y = max(-reach, min(reach, pose.shift_y * short * 0.6))
        base_x = flat[0, 0] * x + flat[0, 1] * y + flat[0, 2]
        base_y = flat[1, 0] * x + flat[1, 1] * y + flat[1, 2]
        push = pose.push * 0.5
        grow_x, grow_y = shift_x - (base_x - width / 2) * push, shift_y - (base_y - height / 2) * push
        mx, my = base_x, base_y
        for _ in range(3):  # the depth is wanted where the ray lands: a fixed-point search
            here = cv2.remap(
                half_depth,
                mx * 0.5 - 0.25,
                my * 0.5 - 0.25,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            mx, my = base_x + grow_x * here, base_y + grow_y * here
        full_x = cv2.resize(mx, out, interpolation=cv2.INTER_LINEAR)
        full_y = cv2.resize(my, out, interpolation=cv2.INTER_LINEAR)
        return Planes(
            cv2.remap(planes.y, full_x, full_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT),
            two(
                cv2.remap(
                    quad, mx * 0.5 - 0.25, my * 0.5 - 0.25, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
                )
            ),
        )

    return shot


def guess_depth(rgb: Bytes) -> Field:
    """How near each pixel may be (0 to 1): low in the picture, unlike its rim, rich in detail; blurred."""
    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (max(16, width // 4), max(16, height // 4)), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    rows, columns = lab.shape[:2]
    x, y = np.meshgrid(
        np.linspace(-1, 1, columns, dtype=np.float32), np.linspace(0, 1, rows, dtype=np.float32)
    )
    edge = max(1, columns // 16)
    rim = np.concatenate([part.reshape(-1, 3) for part in (lab[: rows // 4], lab[:, :edge], lab[:, -edge:])])
    unlike = np.sqrt(((lab - np.median(rim, 0)) ** 2).sum(-1))
    unlike = unlike / (np.percentile(unlike, 97) + 1e-3)
    detail = np.abs(cv2.Laplacian(np.ascontiguousarray(lab[..., 0]), cv2.CV_32F))
    detail = cv2.GaussianBlur(detail, (0, 0), max(0.5, rows / 40))
    detail /= detail.max() + 1e-3
    depth = 0.45 * y + 0.35 * np.clip(unlike, 0, 1) * np.exp(-(x**2) * 1.2) + 0.25 * detail
    depth = cv2.GaussianBlur(depth, (0, 0), max(0.5, rows / 40))
    depth = (depth - depth.min()) / (depth.max() - depth.min() + 1e-4)
    return cv2.resize(depth.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def _continued(rgb: Bytes) -> Bytes:
    """The picture with a mirrored rim that loses itself in blur and shade."""
    height, width = rgb.shape[:2]
    rim = int(MARGIN * min(height, width)) & ~1
    wide = cv2.copyMakeBorder(rgb, rim, rim, rim, rim, cv2.BORDER_REFLECT)
    soft = blur(wide.astype(np.float32), max(1.0, rim / 6))
    inside = cv2.copyMakeBorder(np.ones((height, width), np.float32), rim, rim, rim, rim, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform((inside < 0.5).astype(np.uint8), cv2.DIST_L2, 3) / max(1, rim)
    share = np.clip(distance * 5, 0, 1)
    out = mix(wide.astype(np.float32), soft * (1 - 0.15 * np.clip(distance, 0, 1))[..., None], share)
    return (out + 0.5).clip(0, 255).astype(np.uint8)


def from_picture(pose: Pose, anchor: Pose, size: tuple[int, int]) -> Pose:
    """`pose` as seen from a given picture of this size; where the camera stands at `anchor` the picture itself is seen.

    It goes as much nearer as a move to the side or a roll needs in order not to look over the picture's edge. A zoom
    below 1 needs a `wide` shot.
    """
    seen = Pose(
        zoom=max(1 - 1.5 * MARGIN, 1 + pose.zoom - anchor.zoom),
        x=(pose.x - anchor.x) * 0.5,
        y=(pose.y - anchor.y) * 0.5,
        roll=(pose.roll - anchor.roll) * 0.6,
        shift_x=pose.shift_x - anchor.shift_x,
        shift_y=pose.shift_y - anchor.shift_y,
        push=pose.push - anchor.push,
    )
    return replace(seen, zoom=seen.zoom + nearer(seen, size))


def nearer(pose: Pose, size: tuple[int, int]) -> float:
    """By how much the zoom must grow for the view to stay inside a picture of this size."""
    short = min(size)
    wide, high = size[0] / short, size[1] / short
    cos, sin = math.cos(pose.roll), abs(math.sin(pose.roll))
    rim = min(2 * MARGIN, max(0.0, 4 * (1 - pose.zoom)))  # comes in little by little
    grown = 1 + NEAR * abs(pose.push) * 0.5
    needed = (
        (side * cos + other * sin)
        * grown
        / (side + rim - 2 * (abs(move) + NEAR * min(REACH, abs(shift) * 0.6)))
        for side, other, move, shift in (
            (wide, high, pose.x, pose.shift_x),
            (high, wide, pose.y, pose.shift_y),
        )
    )
    return max(0.0, *(need - min(1.0, pose.zoom) for need in needed))
