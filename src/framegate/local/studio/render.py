"""The one door of the studio: a brief goes in, a file comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.ambience import ambience
from framegate.local.studio.brief import BadMedia, Brief, Progress, Stopped
from framegate.local.studio.cast import joined, portraits_of, with_portraits
from framegate.local.studio.clip import Frames, clip
from framegate.local.studio.clock import Clock
from framegate.local.studio.encode import rate_of, write_video
from framegate.local.studio.film import enlarged, filmed
from framegate.local.studio.mark import mark_for, stamp
from framegate.local.studio.media import SOUND_RATE, open_film, read_sound
from framegate.local.studio.picture import encoded, inner_size, picture
from framegate.local.studio.planes import Planes, scaled, to_planes, to_rgb
from framegate.local.studio.sound.file import FORMATS
from framegate.local.studio.sound.listen import write_heard

MOST_FILMED = 1920 * 1088
"""Pixels of a frame that are drawn; larger frames are enlarged from that."""
LONGEST = 120.0
LONGEST_HEARD = 300.0
SMALLEST, LARGEST = 64, 4096
TINY_SIDE = 64
HOLD = 4
"""Tiny videos draw one frame in so many."""


def render(brief: Brief, target: Path, progress: Progress) -> None:
    """Render one file at `target`.

    A given `video` comes before `first` and `last`, these before `references` (of which a video opens with the first
    one, in the prompt's colours). `characters` stand in front of whatever there is. `audio` is the track of a video
    whether or not `sound` is set. An enlarged file has the input's size times `upscale`, a video also its length and
    rate.

    Music, speech and sounds are stereo at 44.1 kHz, exactly `seconds` long, or as long as the recording that is given.

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
        elif brief.kind != "video":
            write_heard(brief, target, words_of(brief), progress)
        else:
            _write_clip(brief, target, progress)
        if not progress(1.0):
            raise Stopped
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _checked(brief: Brief) -> Brief:
    if brief.kind not in ("video", "image"):
        return _checked_sound(brief)
    for name, value in (("width", brief.width), ("height", brief.height)):
        if value % 2 or not SMALLEST <= value <= LARGEST:
            raise ValueError(f"{name} must be even and from {SMALLEST} to {LARGEST}, not {value}")
    if brief.kind == "video" and not 0 < (brief.seconds or 0) <= LONGEST:
        raise ValueError(f"seconds must be more than 0 and at most {LONGEST:.0f}, not {brief.seconds}")
    if brief.kind == "video" and not 1 <= brief.fps <= 120:
        raise ValueError(f"fps must be from 1 to 120, not {brief.fps}")
    if brief.kind == "video" and brief.format != "mp4":
        raise ValueError(f"videos are written as mp4, not as {brief.format!r}")
    if brief.upscale not in range(1, 9):
        raise ValueError(f"upscale must be from 1 to 8, not {brief.upscale}")
    if brief.profile == "tiny":
        width, height = tiny_size(brief.width, brief.height)
        brief = msgspec.structs.replace(brief, width=width, height=height)
    return brief


def _checked_sound(brief: Brief) -> Brief:
    if brief.seconds is not None and not 0 < brief.seconds <= LONGEST_HEARD:
        raise ValueError(f"seconds must be more than 0 and at most {LONGEST_HEARD:.0f}, not {brief.seconds}")
    if brief.format not in FORMATS:
        raise ValueError(f"sound is written as {', '.join(FORMATS)}, not as {brief.format!r}")
    return brief


def tiny_size(width: int, height: int) -> tuple[int, int]:
    """The same shape with a short side of `TINY_SIDE` (or less, where it is less)."""
    factor = min(1.0, TINY_SIDE / min(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def words_of(brief: Brief) -> dict[str, str]:
    """What a file says of itself."""
    title = " ".join(brief.prompt.split())[:120] or "Untitled"
    return {"title": title, "comment": f"synthetic media; seed={brief.seed}; engine=framegate sandbox"}


def _write_picture(brief: Brief, target: Path) -> None:
    drawn = picture(brief)
    if brief.characters:
        portraits = portraits_of(brief.characters, (brief.width, brief.height))
        drawn = to_rgb(with_portraits(to_planes(drawn), portraits, 1.0))
    target.write_bytes(encoded(drawn, brief.format, words_of(brief)))


def _write_clip(brief: Brief, target: Path, progress: Progress) -> None:
    if brief.upscale > 1:
        _write_enlarged(brief, target, progress)
        return
    size = (brief.width, brief.height)
    rate = rate_of(brief.fps)
    clock = Clock(max(1, round((brief.seconds or 0) * rate)), float(rate), brief.loop)
    inner = inner_size(*size, MOST_FILMED)
    if brief.video is not None:
        open_film(brief.video)
        frames = filmed(brief, brief.video, inner, clock)
    else:
        frames = _drawn(clip(brief, inner, clock), clock.frames, HOLD if brief.profile == "tiny" else 1)
    if brief.characters:
        frames = joined(frames, brief, inner, clock)
    write_video(
        target,
        _finished(frames, brief, size, clock, progress),
        size,
        brief.fps,
        words_of(brief),
        sound=_sound(brief, round(clock.frames / rate * SOUND_RATE)),
        quick=brief.profile == "tiny",
    )


def _drawn(frames: Frames, count: int, hold: int) -> Iterator[Planes]:
    """All frames; only one in `hold` (and the last) is drawn, the others repeat it."""
    shown: Planes | None = None
    for number in range(count):
        if shown is None or number % hold == 0 or number == count - 1:
            shown = frames(number)
        yield shown


def _write_enlarged(brief: Brief, target: Path, progress: Progress) -> None:
    if brief.video is None:
        raise ValueError("an enlarged video needs `video`")
    film = open_film(brief.video)
    width, height = film.width * brief.upscale & ~1, film.height * brief.upscale & ~1
    if brief.profile == "tiny":
        width, height = tiny_size(width, height)
    if max(width, height) > LARGEST:
        raise BadMedia(
            f"enlarged {brief.upscale} times the video is {width}x{height}; at most {LARGEST} are made"
        )
    rate = rate_of(film.fps)
    seconds = film.seconds or 1.0
    clock = Clock(max(1, round(seconds * rate)), float(rate))
    sound = read_sound(brief.video, round(seconds * SOUND_RATE)) if film.has_sound else None
    frames = _finished(enlarged(brief.video, (width, height)), brief, (width, height), clock, progress)
    quick = brief.profile == "tiny"
    write_video(target, frames, (width, height), film.fps, words_of(brief), sound=sound, quick=quick)


def _sound(brief: Brief, samples: int) -> Iterator[NDArray[np.float32]] | None:
    """The track of a clip: the given sound, else the given video's own, else one made for the prompt."""
    if brief.audio is not None:
        return read_sound(brief.audio, samples)
    if not brief.sound:
        return None
    if brief.video is not None and open_film(brief.video).has_sound:
        return read_sound(brief.video, samples)
    return ambience(brief.prompt, brief.seed, samples)


def _finished(
    frames: Iterable[Planes], brief: Brief, size: tuple[int, int], clock: Clock, progress: Progress
) -> Iterator[Planes]:
    """Every frame at the size of the file, with its mark; progress is told four times a second of video."""
    step = max(1, round(clock.fps / 4))
    mark = mark_for(*size) if brief.watermark else None
    for number, frame in enumerate(frames):
        if number % step == 0 and number and not progress(min(0.98, 0.02 + 0.96 * number / clock.frames)):
            raise Stopped
        planes = scaled(frame, *size)
        if mark is not None:
            planes = Planes(planes.y.copy(), planes.uv)
            stamp(planes.y, mark)
        yield planes
