"""What a brief for the ear asks for, made and written: music, speech, a sound, or a given recording made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.brief import Brief, Progress, Stopped
from framegate.local.studio.media import SOUND_RATE, open_film
from framegate.local.studio.sound.effects import effect
from framegate.local.studio.sound.file import heard, write_sound
from framegate.local.studio.sound.music import music
from framegate.local.studio.sound.revoice import isolated, revoiced
from framegate.local.studio.sound.speech import speech

Stereo = NDArray[np.float32]
TINY_SECONDS = 2.0
"""Seconds that the profile `tiny` computes; the rest repeats them."""


def write_heard(brief: Brief, target: Path, words: dict[str, str], progress: Progress) -> None:
    """One file. Raises `Stopped` and `BadMedia`."""

    def going_on(share: float) -> None:
        if not progress(min(0.9, 0.02 + 0.88 * share)):
            raise Stopped

    wave = worked_on(brief) if brief.audio is not None else made(brief, going_on)
    going_on(1.0)
    write_sound(target, wave, brief.format, words, quick=brief.profile == "tiny")


def worked_on(brief: Brief) -> Stereo:
    """The given recording as the brief wants it, as long as it is."""
    wave = heard(brief.audio or "")
    if brief.voice or brief.language:
        return revoiced(wave, brief.voice or f"the {brief.language} voice", brief.seed)
    return isolated(wave)


def made(brief: Brief, going_on: Callable[[float], None]) -> Stereo:
    """What the words ask for; `going_on` hears the share of the work that is done."""
    seconds = brief.seconds
    if brief.video is not None:
        seconds = seconds or open_film(brief.video).seconds or 5.0
    short = min(seconds, TINY_SECONDS) if seconds and brief.profile == "tiny" else seconds
    if brief.kind == "speech":
        return as_long(speech(brief.prompt, brief.voice, brief.seed, short, going_on), seconds)
    if brief.kind == "music":
        return as_long(music(brief.prompt, brief.seed, short or 30.0, going_on), seconds)
    return as_long(effect(brief.prompt, brief.seed, short or 5.0, loop=brief.loop), seconds)


def as_long(wave: Stereo, seconds: float | None) -> Stereo:
    """Repeated until it is long enough."""
    count = round(seconds * SOUND_RATE) if seconds else wave.shape[1]
    times = -(-count // wave.shape[1])
    return np.tile(wave, (1, times))[:, :count] if times > 1 else wave[:, :count]
