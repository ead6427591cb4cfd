"""A piece of music, played from its score and mixed: reverb, echoes, the kick that makes room, and an even loudness."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.seeds import generator
from framegate.local.studio.sound.drums import kit
from framegate.local.studio.sound.genres import Style, style_of
from framegate.local.studio.sound.instruments import Band
from framegate.local.studio.sound.level import finished
from framegate.local.studio.sound.score import Event, Plan, events, plan_of
from framegate.local.studio.sound.tones import RATE, Wave

Stereo = NDArray[np.float32]
"""Shape (2, samples)."""
LEVELS = {"drums": 0.9, "bass": 0.58, "chords": 0.72, "pad": 0.6, "lead": 0.72}
SENDS = {"drums": 0.05, "bass": 0.0, "chords": 0.16, "pad": 0.30, "lead": 0.28}
"""How much of each goes to the hall."""
TAIL = 4
"""Seconds that a note may sound beyond the end, to be cut off."""
ROOM, BLOCK = 1.9, 1 << 17


class Buses(NamedTuple):
    """What is mixed apart: the drums, what the kick ducks, the lead, and what goes to the hall."""

    drums: Stereo
    body: Stereo
    lead: Stereo
    hall: Stereo


def music(prompt: str, seed: int, seconds: float, going_on: Callable[[float], None]) -> Stereo:
    """`seconds` of it at `RATE`, peak below 0.95. `going_on` hears 0 to 1, and may raise to stop."""
    rng = generator("music", prompt.strip().lower(), seed)
    style = style_of(prompt, rng)
    plan = plan_of(style, seconds)
    buses = played(style, plan, int(seconds * RATE) + TAIL * RATE, rng, lambda share: going_on(share * 0.7))
    going_on(0.72)
    return mixed(style, plan, buses, round(seconds * RATE), rng)


def played(
    style: Style, plan: Plan, count: int, rng: np.random.Generator, going_on: Callable[[float], None]
) -> Buses:
    buses = Buses(*(np.zeros((2, count), np.float32) for _ in range(4)))
    into = {"drums": buses.drums, "lead": buses.lead}
    band, drums = Band(rng), kit(rng)
    length, told = len(plan.sections) * plan.bar, 0
    for event in events(style, plan, rng):
        wave = drums[event.sound] if event.part == "drums" else played_note(band, event)
        put(into.get(event.part, buses.body), wave, event, LEVELS[event.part])
        put(buses.hall, wave, event, SENDS[event.part])
        if (bar := int(event.start / plan.bar)) > told:
            told = bar
            going_on(min(1.0, event.start / length))
    return buses


def played_note(band: Band, event: Event) -> Wave:
    return band.note(event.sound, event.note, event.length, event.vowel)


def put(bus: Stereo, wave: Wave, event: Event, level: float) -> None:
    at = int(event.start * RATE)
    if level == 0 or at >= bus.shape[1]:
        return
    wave = wave[: bus.shape[1] - at]
    angle, gain = (event.place + 1) * math.pi / 4, event.gain * level * math.sqrt(2)
    bus[0, at : at + len(wave)] += wave * np.float32(gain * math.cos(angle))
    bus[1, at : at + len(wave)] += wave * np.float32(gain * math.sin(angle))


def mixed(style: Style, plan: Plan, buses: Buses, count: int, rng: np.random.Generator) -> Stereo:
    if style.genre.duck:
        buses.body[:] *= ducking(style, plan, buses.body.shape[1])
    whole = buses.drums + buses.body + echoing(buses.lead, plan.bar * 3 / 16) + in_hall(buses.hall, rng) * 0.8
    return finished(whole[:, :count], tail=2.0)


def ducking(style: Style, plan: Plan, count: int) -> Wave:
    """How loud the rest may be around each beat."""
    out = np.ones(count, np.float32)
    beat = plan.bar / 4
    dip = 1 - style.genre.duck * np.exp(-np.arange(int(beat * RATE)) / (RATE * 0.085)).astype(np.float32)
    for number in range(len(plan.sections) * 4):
        at = int(number * beat * RATE)
        if plan.sections[number // 4] != "intro" and at < count:
            out[at : at + len(dip)] = dip[: count - at]
    return out


def echoing(lead: Stereo, delay: float) -> Stereo:
    """The lead with two echoes, the first on the other side."""
    out, step = lead.copy(), int(delay * RATE)
    for number in (1, 2):
        source = lead[::-1] if number == 1 else lead
        if step * number < lead.shape[1]:
            out[:, step * number :] += source[:, : lead.shape[1] - step * number] * np.float32(0.28 / number)
    return out


def in_hall(dry: Stereo, rng: np.random.Generator) -> Stereo:
    """The sound of a hall: noise that dies away, folded with the sound block by block."""
    length = int(RATE * ROOM)
    answer = rng.standard_normal((2, length)) * np.exp(-np.arange(length) / (RATE * 0.42))
    answer = np.stack([np.convolve(side, np.ones(4) / 4, "same") for side in answer])
    answer /= np.sqrt((answer**2).sum(-1, keepdims=True))
    answer[:, : int(0.012 * RATE)] = 0
    size = 1 << math.ceil(math.log2(BLOCK + length))
    spectrum = np.fft.rfft(answer.astype(np.float32), size)
    out = np.zeros((2, dry.shape[1] + size), np.float32)
    for at in range(0, dry.shape[1], BLOCK):
        part = np.fft.rfft(dry[:, at : at + BLOCK], size)
        out[:, at : at + size] += np.fft.irfft(part * spectrum, size)
    return out[:, : dry.shape[1]]
