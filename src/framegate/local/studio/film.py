"""A given video: graded anew after the words of the prompt, and continued where it is too short; or enlarged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from framegate.local.studio.brief import BadMedia, Brief
from framegate.local.studio.camera import moves_of, pose_at
from framegate.local.studio.clock import Clock
from framegate.local.studio.media import frames_of
from framegate.local.studio.palette import ramp_of
from framegate.local.studio.photo import from_picture, photo_shot
from framegate.local.studio.planes import Bytes, Planes, chroma, to_rgb
from framegate.local.studio.seeds import generator
from framegate.local.studio.words import PALETTES, choose, scores

Grade = Callable[[Planes], Planes]


def filmed(brief: Brief, path: str, size: tuple[int, int], clock: Clock) -> Iterator[Planes]:
    """The frames of the video at `path`, at `size` and the clock's rate, graded; when it ends, the camera moves on
    from its last picture. Raises `BadMedia`.
    """
    rng = generator("film", brief.prompt.strip().lower(), brief.seed)
    grade = grade_for(brief.prompt, rng)
    number = 0
    shown: Planes | None = None
    for at, planes in frames_of(path):
        while shown is not None and number < clock.frames and clock.seconds(number) < at - 1e-4:
            yield Planes(shown.y.copy(), shown.uv.copy())
            number += 1
        if number >= clock.frames:
            return
        shown = grade(fitted(planes, *size))
    if shown is None:
        raise BadMedia("the video holds no frames")
    yield Planes(shown.y.copy(), shown.uv.copy())
    yield from _continued(brief, shown, Clock(max(1, clock.frames - number), clock.fps), rng)


def _continued(brief: Brief, last: Planes, clock: Clock, rng: np.random.Generator) -> Iterator[Planes]:
    """What may come after the last picture of a video (which is frame 0 here, and is not given again)."""
    moves = moves_of(brief.prompt, brief.camera, rng)
    phases = rng.uniform(0, 6.28, 9)
    rgb = to_rgb(last)
    shot = photo_shot(rgb, wide="zoom_out" in moves)
    size = (rgb.shape[1], rgb.shape[0])

    def pose(frame: int):  # noqa: ANN202 - the camera's own type
        return pose_at(moves, clock.progress(frame), clock.turns(frame, 2.6), phases, 0.10)

    for frame in range(1, clock.frames):
        yield shot(frame, from_picture(pose(frame), pose(0), size))


def fitted(planes: Planes, width: int, height: int) -> Planes:
    """Planes scaled until they cover (width, height), cut to the middle."""
    rows, columns = planes.y.shape
    factor = max(width / columns, height / rows)
    wide, tall = min(columns, round(width / factor / 2) * 2), min(rows, round(height / factor / 2) * 2)
    left, top = ((columns - wide) // 4) * 2, ((rows - tall) // 4) * 2
    y = planes.y[top : top + tall, left : left + wide]
    uv = planes.uv[top // 2 : (top + tall) // 2, left // 2 : (left + wide) // 2]
    if (wide, tall) == (width, height):
        return Planes(y.copy(), uv.copy())
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return Planes(
        cv2.resize(y, (width, height), interpolation=how),
        cv2.resize(uv, (width // 2, height // 2), interpolation=how),
    )


def grade_for(prompt: str, rng: np.random.Generator) -> Grade:
    """A look: an S-curve, and the colours of the palette that the prompt names (a trace of one by the dice else)."""
    named = bool(scores(prompt, PALETTES))
    ramp = ramp_of(choose(prompt, PALETTES, rng, tuple(PALETTES)), rng)
    strength = 0.48 if named else 0.20
    level = np.clip((np.arange(256) - 16) / 219, 0, 1)
    curve = level + 0.10 * (level * level * (3 - 2 * level) - level) * 4 * 0.6
    luma = (16 + 219 * curve).round().clip(16, 235).astype(np.uint8)
    tints = np.array([chroma(ramp[int(v * 1023)])[1:] for v in level])
    u, v = tints.round().clip(0, 255).astype(np.uint8).T.copy()

    def grade(planes: Planes) -> Planes:
        y: Bytes = cv2.LUT(planes.y, luma)
        half = cv2.resize(y, (y.shape[1] // 2, y.shape[0] // 2), interpolation=cv2.INTER_LINEAR)
        tint = cv2.merge([cv2.LUT(half, u), cv2.LUT(half, v)])
        return Planes(y, cv2.addWeighted(planes.uv, 1 - strength, tint, strength, 0))

    return grade


def enlarged(path: str, size: tuple[int, int]) -> Iterator[Planes]:
    """Every frame of a video at a larger size, lightly sharpened. Raises `BadMedia`."""
    for _, planes in frames_of(path):
        y = cv2.resize(planes.y, size, interpolation=cv2.INTER_LANCZOS4)
        soft = cv2.GaussianBlur(y, (0, 0), 1.2)
        y = cv2.addWeighted(y, 1.35, soft, -0.35, 0)
        uv = cv2.resize(planes.uv, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_CUBIC)
        yield Planes(y, uv)
