"""Characters: whoever a given film shows, let into every frame as a soft portrait at the foot of the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import cv2
import numpy as np

from framegate.local.studio.brief import BadMedia, Brief
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import Field
from framegate.local.studio.media import covering, frames_of, open_film, open_picture
from framegate.local.studio.planes import Bytes, Planes, to_planes, to_rgb

TALL = 0.56
"""Of the picture's height, what a portrait takes; less where it would be wider than its share of the width."""
SLIM = 0.78
"""A portrait's width by its height."""
SHARE = 0.46
"""Of the picture's width, what a portrait takes at most."""
EDGE = 0.22
"""Of its radius, the part in which a portrait fades out."""
PLACES = {1: (0.30,), 2: (0.27, 0.73)}
"""Where portraits stand, by their number; more of them stand side by side."""


class Portrait(NamedTuple):
    """Its place (of the upper left corner; even), its picture, and its shares (0 to 1) for `y` and for `uv`."""

    left: int
    top: int
    picture: Planes
    mask: Field
    half_mask: Field


def joined(frames: Iterable[Planes], brief: Brief, size: tuple[int, int], clock: Clock) -> Iterator[Planes]:
    """The frames with the brief's characters; they come after a given first picture and go before a given last one.

    Raises `BadMedia`.
    """
    portraits = portraits_of(brief.characters, size)
    strength = strength_of(brief, clock)
    for number, frame in enumerate(frames):
        yield with_portraits(frame, portraits, strength(number))


def strength_of(brief: Brief, clock: Clock) -> Callable[[int], float]:
    """How clearly characters are seen in a frame, 0 to 1."""
    ramp = min(1.0, clock.frames / clock.fps / 4)
    comes = brief.first is not None
    goes = brief.last is not None or (comes and clock.loop)

    def strength(number: int) -> float:
        return min(
            clock.after_start(number, ramp) if comes else 1.0,
            clock.before_end(number, ramp) if goes else 1.0,
        )

    return strength


def with_portraits(frame: Planes, portraits: tuple[Portrait, ...], strength: float) -> Planes:
    """A frame with the portraits over it."""
    planes = Planes(frame.y.copy(), frame.uv.copy())
    for one in portraits if strength > 0 else ():
        _lay(planes.y, one.picture.y, one.mask * strength, one.left, one.top)
        half = (one.half_mask * strength)[..., None]
        _lay(planes.uv, one.picture.uv, half, one.left // 2, one.top // 2)
    return planes


def _lay(ground: Bytes, picture: Bytes, share: Field, left: int, top: int) -> None:
    rows, columns = picture.shape[:2]
    part = ground[top : top + rows, left : left + columns]
    part[...] = (part + (picture.astype(np.float32) - part) * share + 0.5).astype(np.uint8)


def portraits_of(films: tuple[str, ...], size: tuple[int, int]) -> tuple[Portrait, ...]:
    """A portrait of each film at its place in a picture of `size` (width, height; even). Raises `BadMedia`."""
    width, height = size
    count = len(films)
    places = PLACES.get(count) or tuple((place + 0.5) / count for place in range(count))
    wide = min(TALL * height * SLIM, width * min(SHARE, 0.92 / max(1, count)))
    sides = max(4, int(wide) & ~1), max(4, int(wide / SLIM) & ~1)
    mask = _oval(sides)
    half = cv2.resize(mask, (sides[0] // 2, sides[1] // 2), interpolation=cv2.INTER_AREA)
    found: list[Portrait] = []
    for film, place in zip(films, places, strict=True):
        left = min(max(0, int(place * width - sides[0] / 2)), width - sides[0]) & ~1
        top = max(0, int(0.98 * height) - sides[1]) & ~1
        picture = to_planes(covering(still(film), *sides))
        found.append(Portrait(left, top, picture, mask, half))
    return tuple(found)


def _oval(sides: tuple[int, int]) -> Field:
    x = np.linspace(-1, 1, sides[0], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, sides[1], dtype=np.float32)[:, None]
    t = ((1 - np.sqrt(x * x + y * y)) / EDGE).clip(0, 1)
    return t * t * (3 - 2 * t)


def still(path: str) -> Bytes:
    """A film's picture half-way through; a picture as it is. Raises `BadMedia`."""
    try:
        return open_picture(path)
    except BadMedia:
        middle = open_film(path).seconds / 2
    shown: Planes | None = None
    for at, planes in frames_of(path):
        shown = planes
        if at >= middle:
            break
    if shown is None:
        raise BadMedia("the character's video holds no frames")
    return to_rgb(shown)
