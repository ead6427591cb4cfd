"""What a renderer is asked for, and how it says that it was told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

Kind = Literal["video", "image", "music", "speech", "sound"]
SOUND_FORMATS = ("mp3", "wav", "m4a", "flac", "ogg")
"""The endings of the files that music, speech and sounds come in."""
Progress = Callable[[float], bool]
"""Called with 0 to 1 as the work goes on; an answer of False means: stop."""


class Stopped(Exception):
    """`Progress` answered False; no file is left behind."""


class BadMedia(Exception):
    """An input file is no picture, video or sound that can be read; the message is fit for the customer."""


class Brief(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file to render. The same brief gives the same bytes (on one machine, with one set of versions).

    `width` and `height` in pixels (even), `seconds` of output, `fps` frames a second. `first`, `last`, `reference`,
    `video`, `audio` and `characters` (films of who is to appear) are paths of local files. `sound`: whether a video has
    an audio track. `upscale`: the factor by which `reference` or `video` is enlarged instead of drawing something new.
    `format`: the file's ending.

    Music, speech and sounds have no picture. `seconds` of None is as long as a text takes to say. `voice` names who
    speaks. A given `audio` is what is worked on: with a `voice` that voice says it, with a `language` it is dubbed,
    with neither all but the voice is taken out.
    """

    kind: Kind
    prompt: str
    seed: int
    width: int = 1280
    height: int = 720
    seconds: float | None = 5.0
    fps: float = 24.0
    first: str | None = None
    last: str | None = None
    references: tuple[str, ...] = ()
    video: str | None = None
    audio: str | None = None
    characters: tuple[str, ...] = ()
    camera: str = ""
    sound: bool = False
    loop: bool = False
    watermark: bool = True
    voice: str = ""
    language: str = ""
    upscale: int = 1
    format: str = "mp4"
    profile: Literal["full", "tiny"] = "full"
