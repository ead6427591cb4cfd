"""The one door of the studio: a brief goes in, a file comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import msgspec

from framegate.local.studio.brief import Brief, Progress, Stopped
from framegate.local.studio.clip import Frames, clip, mark_of, marked
from framegate.local.studio.clock import Clock
from framegate.local.studio.encode import rate_of, write_video
from framegate.local.studio.picture import encoded, inner_size, picture
from framegate.local.studio.planes import Planes, scaled

MOST_FILMED = 1920 * 1088
"""Pixels of a frame that are drawn; larger frames are enlarged from that."""
LONGEST = 120.0
SMALLEST, LARGEST = 64, 4096
TINY_SIDE = 64


def render(brief: Brief, target: Path, progress: Progress) -> None:
    """Render one file at `target`.

    With the profile `tiny` a video has the asked length and rate, but its picture is scaled down so that the short
    side is about 64 pixels; a picture likewise. It is for tests.

    Raises `Stopped` when `progress` answers False and `BadMedia` where an input cannot be read (no file is left in
    either case), and `ValueError` for what no renderer here can do.
    """
    cv2.setNumThreads(1)
    brief = _checked(brief)
    try:
        if not progress(0.0):
            raise Stopped
        if brief.kind == "image":
            _write_picture(brief, target)
        else:
            _write_clip(brief, target, progress)
        if not progress(1.0):
            raise Stopped
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _checked(brief: Brief) -> Brief:
    if brief.kind not in ("video", "image"):
        raise ValueError(f"the studio has no renderer for {brief.kind!r}")
    for name, value in (("width", brief.width), ("height", brief.height)):
        if value % 2 or not SMALLEST <= value <= LARGEST:
            raise ValueError(f"{name} must be even and from {SMALLEST} to {LARGEST}, not {value}")
    if brief.kind == "video" and not 0 < brief.seconds <= LONGEST:
        raise ValueError(f"seconds must be more than 0 and at most {LONGEST:.0f}, not {brief.seconds}")
    if brief.kind == "video" and not 1 <= brief.fps <= 120:
        raise ValueError(f"fps must be from 1 to 120, not {brief.fps}")
    if brief.profile == "tiny":
        factor = TINY_SIDE / min(brief.width, brief.height)
        if factor < 1:
            width, height = (max(TINY_SIDE, round(v * factor / 2) * 2) for v in (brief.width, brief.height))
            brief = msgspec.structs.replace(brief, width=width, height=height)
    return brief


def words_of(brief: Brief) -> dict[str, str]:
    """What a file says of itself."""
    title = " ".join(brief.prompt.split())[:120] or "Untitled"
    return {"title": title, "comment": f"synthetic media; seed={brief.seed}; engine=framegate sandbox"}


def _write_picture(brief: Brief, target: Path) -> None:
    target.write_bytes(encoded(picture(brief), brief.format, words_of(brief)))


def _write_clip(brief: Brief, target: Path, progress: Progress) -> None:
    size = (brief.width, brief.height)
    rate = rate_of(brief.fps)
    clock = Clock(max(1, round(brief.seconds * rate)), float(rate), brief.loop)
    frames = clip(brief, inner_size(*size, MOST_FILMED), clock)
    drawn = _drawn(frames, clock, size, progress)
    quick = brief.profile == "tiny"
    write_video(target, marked(drawn, mark_of(brief, size)), size, brief.fps, words_of(brief), quick=quick)


def _drawn(frames: Frames, clock: Clock, size: tuple[int, int], progress: Progress) -> Iterator[Planes]:
    """Every frame at the size of the file; progress is told four times a second of video."""
    step = max(1, round(clock.fps / 4))
    for number in range(clock.frames):
        if number % step == 0 and number and not progress(0.02 + 0.96 * number / clock.frames):
            raise Stopped
        yield scaled(frames(number), *size)
