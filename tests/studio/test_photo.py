"""A given picture in motion: the camera moves, and never looks over the picture's edge."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from framegate.local.studio.camera import MOVES, pose_at
from framegate.local.studio.photo import MARGIN, from_picture, nearer, photo_shot

PHASES = np.linspace(0, 6, 9)
SIZES = [(320, 180), (180, 320), (240, 240)]
INSIDE = sorted(set(MOVES) - {"zoom_out"})
"""Moves that show no more than the picture."""


def slope(size: tuple[int, int]) -> np.ndarray:
    """A picture that grows brighter from the left to the right: what is seen in a mirror grows darker."""
    row = np.linspace(20, 230, size[0])
    return np.repeat(np.tile(row, (size[1], 1))[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("strength", [1.0, 1.6])
@pytest.mark.parametrize("move", INSIDE)
def test_the_edge_is_never_seen(move: str, strength: float, size: tuple[int, int]) -> None:
    across, down = slope(size), slope((size[1], size[0])).transpose(1, 0, 2)
    for picture, axis in ((across, 1), (np.ascontiguousarray(down), 0)):
        shot = photo_shot(picture)
        for progress in (0.25, 0.5, 0.75, 1.0):
            pose = pose_at({move: strength}, progress, progress, PHASES, 0.3)
            seen = from_picture(pose, pose_at({move: strength}, 0.0, 0.0, PHASES, 0.3), size)
            luma = shot(1, seen).y.astype(np.int16)
            assert np.diff(luma, axis=axis).min() >= -1, (progress, axis)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("move", sorted(MOVES))
def test_the_camera_goes_nearer_little_by_little(move: str, size: tuple[int, int]) -> None:
    start = pose_at({move: 1.0}, 0.0, 0.0, PHASES, 0.1)
    zooms = [
        from_picture(pose_at({move: 1.0}, n / 240, n / 120, PHASES, 0.1), start, size).zoom
        for n in range(241)
    ]
    assert abs(zooms[0] - 1) < 1e-9
    assert 1 - 1.5 * MARGIN <= min(zooms) <= max(zooms) < 1.35
    assert max(abs(b - a) for a, b in pairwise(zooms)) < 0.006


def test_where_it_stands_at_the_picture_it_goes_no_nearer() -> None:
    start = pose_at({"right": 1.0}, 0.0, 0.0, PHASES, 0.1)
    assert 0.0 == nearer(from_picture(start, start, (320, 180)), (320, 180))
