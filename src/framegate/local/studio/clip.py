"""Videos: from words, from a first picture, towards a last one, or from one to the other."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from framegate.local.studio.air import air_of
from framegate.local.studio.brief import Brief
from framegate.local.studio.camera import Pose, moves_of, pose_at
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import noise
from framegate.local.studio.fluid import fluid_shot
from framegate.local.studio.layered import MARGIN, layered_shot
from framegate.local.studio.media import covering, open_picture
from framegate.local.studio.photo import from_picture, photo_shot
from framegate.local.studio.picture import restyled
from framegate.local.studio.planes import Bytes, Planes, blended
from framegate.local.studio.scenes import paint
from framegate.local.studio.seeds import generator
from framegate.local.studio.weather import air_for
from framegate.local.studio.words import WEATHERS, choose

Frames = Callable[[int], Planes]
"""The picture of a frame, finished but for the watermark."""

HAND = 2.6
"""Seconds of a round of the unsteady hand."""


def clip(brief: Brief, size: tuple[int, int], clock: Clock) -> Frames:
    """The frames of a video at `size` (width, height; even)."""
    rng = generator("clip", brief.prompt.strip().lower(), brief.seed)
    moves = moves_of(brief.prompt, brief.camera, rng)
    phases = rng.uniform(0, 6.28, 9)

    def pose(frame: int) -> Pose:
        return pose_at(moves, clock.progress(frame), clock.turns(frame, HAND), phases, 0.10)

    if brief.first is None and brief.last is None:
        if not brief.references:
            return _of_words(brief, size, clock, pose, rng)
        opening = restyled(covering(open_picture(brief.references[0], size), *size), brief)
        return _of_pictures(opening, None, clock, pose, rng, _weather(brief, "dust", rng), size, brief)
    pictures = [
        None if p is None else covering(open_picture(p, size), *size) for p in (brief.first, brief.last)
    ]
    return _of_pictures(pictures[0], pictures[1], clock, pose, rng, _weather(brief, "dust", rng), size, brief)


def _of_words(
    brief: Brief, size: tuple[int, int], clock: Clock, pose: Callable[[int], Pose], rng: np.random.Generator
) -> Frames:
    rim = int(MARGIN * min(size)) & ~1
    scene = paint(brief.prompt, brief.seed, size[0] + 2 * rim, size[1] + 2 * rim)
    shot = fluid_shot(scene, clock, size, rng) if scene.flows else layered_shot(scene, clock, size)
    lens = _lens(size, rng, vignette=True)
    tiny = brief.profile == "tiny"
    air = air_for(
        scene, "none" if tiny else _weather(brief, scene.weather, rng), clock, rng, size, rim / size[1]
    )

    def frame(number: int) -> Planes:
        planes = shot(number, pose(number))
        if tiny:
            return planes
        air(number, planes)
        return lens(number, planes, 1.0)

    return frame


def _of_pictures(
    first: Bytes | None,
    last: Bytes | None,
    clock: Clock,
    pose: Callable[[int], Pose],
    rng: np.random.Generator,
    weather: str,
    size: tuple[int, int],
    brief: Brief,
) -> Frames:
    end = clock.frames - 1
    start_pose, end_pose = pose(0), pose(end)
    wide_first = min(pose(n).zoom - start_pose.zoom for n in (0, end // 2, end)) < -0.001
    wide_last = min(pose(n).zoom - end_pose.zoom for n in (0, end // 2, end)) < -0.001
    shot_a = None if first is None else photo_shot(first, wide=wide_first)
    shot_b = None if last is None else photo_shot(last, wide=wide_last)
    lens = _lens(size, rng, vignette=False)
    air = air_of(weather, clock, rng, *size)
    dissolve = _dissolve(rng, size) if shot_a is not None and shot_b is not None else None
    ramp = min(1.2, clock.frames / clock.fps / 3)

    def frame(number: int) -> Planes:
        away = clock.after_start(number, ramp)
        near_end = clock.before_end(number, ramp)
        if clock.loop and shot_b is None:
            away = min(away, near_end)
        here = pose(number)
        share = _share(number, clock) if dissolve is not None else float(shot_a is None)
        planes: Planes | None = None
        if shot_a is not None and share < 1:
            planes = shot_a(number, from_picture(here, start_pose, size))
        if shot_b is not None and share > 0:
            other = shot_b(number, from_picture(here, end_pose, size))
            planes = other if planes is None or dissolve is None else dissolve(planes, other, share)
        assert planes is not None
        strength = min(away if shot_a is not None else 1.0, near_end if shot_b is not None else 1.0)
        if brief.profile == "full" and strength > 0:
            if strength >= 1 and weather != "dust":
                air(number, planes)
            planes = lens(number, planes, strength)
        return planes

    return frame


def _soft(t: float) -> float:
    return t * t * (3 - 2 * t)


def _share(frame: int, clock: Clock) -> float:
    """How much of the last picture is seen: none in the first quarter, all in the last sixth."""
    t = frame / max(1, clock.frames - 1)
    return _soft(min(1.0, max(0.0, (t - 0.25) / 0.58)))


def _dissolve(rng: np.random.Generator, size: tuple[int, int]) -> Callable[[Planes, Planes, float], Planes]:
    """A dissolve that spreads like ink: each place has its own moment."""
    moment = cv2.resize(
        noise(rng, max(16, size[1] // 2), max(16, size[0] // 2), 2.5, 5), size, interpolation=cv2.INTER_LINEAR
    ).clip(0, 1)

    def both(a: Planes, b: Planes, share: float) -> Planes:
        mask = ((share * 1.6 - moment * 0.6).clip(0, 1) * 255 + 0.5).astype(np.uint8)
        half = cv2.resize(mask, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
        return blended(a, b, mask, np.dstack([half, half]))

    return both


def _weather(brief: Brief, usual: str, rng: np.random.Generator) -> str:
    return choose(brief.prompt, WEATHERS, rng, (usual,))


def _lens(
    size: tuple[int, int], rng: np.random.Generator, *, vignette: bool
) -> Callable[[int, Planes, float], Planes]:
    """Darker corners and film grain, `strength` 0 to 1."""
    width, height = size
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    corners = ((1 - 0.26 * ((x * x + y * y) * 2) ** 1.3) * 255).astype(np.uint8)
    room = 48
    speck = rng.standard_normal((2, height + room, width + room), dtype=np.float32) * 1.5
    grain = (speck + 128).round().clip(0, 255).astype(np.uint8)
    offsets = rng.integers(0, room, (97, 2))

    def through(number: int, planes: Planes, strength: float) -> Planes:
        luma = planes.y
        if vignette:
            luma = cv2.multiply(luma, corners, scale=1 / 255.0)
        top, left = offsets[number % 97]
        sheet = grain[number & 1][top : top + height, left : left + width]
        luma = cv2.addWeighted(luma, 1, sheet, strength, -128 * strength)
        return Planes(luma, planes.uv)

    return through
