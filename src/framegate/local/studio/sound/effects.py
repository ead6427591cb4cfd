"""Sounds of the world, from noise and a few tones: what the prompt names, else one that its hash names."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from framegate.local.studio.seeds import generator
from framegate.local.studio.sound.level import LOUD, faded, limited
from framegate.local.studio.sound.tones import RATE, Wave, coloured, fade, harmonics
from framegate.local.studio.words import scores

Stereo = NDArray[np.float32]
SOUNDS: dict[str, str] = {
    "rain": "rain:3 rainy:2 raining:3 drizzle:3 downpour:3 shower:2 storm 雨:3 下雨:3",
    "thunder": "thunder:4 thunderstorm:4 lightning:3 explosion:3 boom:3 blast:2 cannon:2 雷:3 爆炸:3",
    "wind": "wind:3 windy:3 breeze:3 gust:3 blizzard:3 air desert howling 风:3",
    "sea": "sea:3 ocean:3 wave:3 waves:3 beach:2 surf:3 shore:2 water river stream 海:3 浪:3 水",
    "whoosh": "whoosh:4 swoosh:4 swish:4 sweep:2 transition:2 fly pass arrow sword:2 riser:2 呼啸:3",
    "beep": "beep:4 bleep:4 alarm:3 notification:3 button:2 click:2 phone:2 ui:2 computer ring:2 bell:2 提示音:3 铃:2",
    "engine": "engine:4 motor:4 car:3 truck:3 motorcycle:3 machine:2 tractor:2 helicopter:2 drone 引擎:3 汽车:3",
    "footsteps": "footstep:4 footsteps:4 steps:3 walk:3 walking:3 running:2 boots:2 shoes:2 horse:2 脚步:4 走路:3",
    "fire": "fire:3 campfire:4 crackle:4 crackling:4 burning:3 flame:2 flames:2 fireplace:4 火:3",
}


def effect(prompt: str, seed: int, seconds: float, *, loop: bool = False) -> Stereo:
    """`seconds` of it at `RATE`, shape (2, samples). A loop ends where it begins."""
    rng = generator("effect", prompt.strip().lower(), seed)
    names = tuple(MAKERS)
    dice = names[int(rng.integers(len(names)))]
    found = scores(prompt, SOUNDS)
    count = max(64, round(seconds * RATE))
    seam = min(count // 4, RATE // 2) if loop else 0
    chosen = sorted(found, key=lambda name: -found[name])[:2] or [dice]
    wave = sum(
        (MAKERS[name](rng, count + seam) / (1 + 1.5 * place) for place, name in enumerate(chosen)),
        np.zeros((2, count + seam), np.float32),
    )
    if seam:
        wave = closed(wave, seam)
    level = limited(wave, LOUD if len(chosen) == 1 else LOUD * 0.9)
    return level if loop else faded(level, 0.01, min(0.25, seconds / 5))


def closed(wave: Stereo, seam: int) -> Stereo:
    """What comes after the end is folded into the beginning."""
    rise = np.sqrt(np.linspace(0, 1, seam, dtype=np.float32))
    out = wave[:, :-seam].copy()
    out[:, :seam] = out[:, :seam] * rise + wave[:, -seam:] * rise[::-1]
    return out


def swell(rng: np.random.Generator, count: int, each: float, least: float) -> Wave:
    """A level that wanders between `least` and 1, with a new aim every `each` seconds."""
    points = max(3, int(count / RATE / each) + 3)
    aims = rng.uniform(least, 1, points)
    return np.interp(np.arange(count), np.linspace(0, count, points), aims).astype(np.float32)


def both(rng: np.random.Generator, count: int, low: float, high: float, slope: float) -> Stereo:
    """Noise on either side, a third of it in the middle."""
    middle, *sides = (coloured(rng, count, low, high, slope) for _ in range(3))
    return np.stack([side + 0.5 * middle for side in sides])


def wind(rng: np.random.Generator, count: int) -> Stereo:
    low, high = both(rng, count, 90, 500, 0.6), both(rng, count, 500, 1800, 0.4)
    gust = swell(rng, count, 1.3, 0.15)
    return low * gust + high * gust**3 * 0.6


def rain(rng: np.random.Generator, count: int) -> Stereo:
    out = both(rng, count, 900, 9000, 0.2) * swell(rng, count, 3.0, 0.8) * 0.5
    drops = max(1, int(count / RATE * 40))
    for at, side, pitch, loud in zip(
        rng.integers(0, count, drops),
        rng.integers(0, 2, drops),
        rng.uniform(1200, 5200, drops),
        rng.exponential(0.5, drops),
        strict=True,
    ):
        strike(out[side], drop(pitch) * np.float32(loud), int(at))
    return out


def drop(pitch: float) -> Wave:
    t = np.arange(900, dtype=np.float32) / np.float32(RATE)
    return np.sin(2 * math.pi * pitch * t) * np.exp(-t * 260)


def strike(line: Wave, wave: Wave, at: int) -> None:
    wave = wave[: max(0, len(line) - at)]
    line[at : at + len(wave)] += wave


def thunder(rng: np.random.Generator, count: int) -> Stereo:
    out = both(rng, count, 30, 220, 0.7) * swell(rng, count, 0.4, 0.3)
    crack = both(rng, count, 400, 5000, 0.3) * fade(count, 9)
    every = max(count, 1) if count < 6 * RATE else 5 * RATE
    level = np.concatenate([fade(every, 1.1)] * (count // every + 1))[:count]
    return out * level * 1.6 + crack * 0.7 * (np.arange(count) < every)


def sea(rng: np.random.Generator, count: int) -> Stereo:
    t = np.arange(count, dtype=np.float32) / np.float32(RATE)
    tide = (0.5 + 0.5 * np.sin(2 * math.pi * t / 5.5 + rng.uniform(0, 6))) ** 2
    return both(rng, count, 60, 700, 0.4) * (0.35 + tide) + both(rng, count, 1500, 7000, 0.2) * tide**2 * 0.5


def whoosh(rng: np.random.Generator, count: int) -> Stereo:
    t = np.linspace(0, 1, count, dtype=np.float32)
    rounds = max(1, round(count / RATE / 1.6))
    phase = (t * rounds) % 1
    level = np.sin(math.pi * phase) ** 3
    low, high = both(rng, count, 200, 900, 0.2), both(rng, count, 1200, 6000, 0.1)
    across = np.stack([np.cos(phase * math.pi / 2), np.sin(phase * math.pi / 2)])
    return (low * (1 - phase) + high * phase) * level * across


def beep(rng: np.random.Generator, count: int) -> Stereo:
    first = float(rng.uniform(600, 1200))
    tones = [harmonics(first * step, int(0.12 * RATE), [1, 0.2, 0.1]) for step in (1.0, 1.335)]
    edge = np.minimum(1, np.minimum(np.arange(int(0.12 * RATE)), np.arange(int(0.12 * RATE))[::-1]) / 300)
    line = np.zeros(count, np.float32)
    for number, at in enumerate(range(0, count, int(0.28 * RATE))):
        if number % 4 < 2:
            strike(line, (tones[number % 2] * edge).astype(np.float32), at)
    return np.stack([line, line])


def engine(rng: np.random.Generator, count: int) -> Stereo:
    speed = float(rng.uniform(32, 60)) * swell(rng, count, 1.5, 0.75)
    angle = np.cumsum(speed) * (2 * math.pi / RATE)
    fire = (
        np.sin(angle) + 0.7 * np.sin(2 * angle + 0.4) + 0.5 * np.sin(4 * angle) + 0.3 * np.sin(7 * angle + 1)
    )
    rough = 1 + 0.35 * coloured(rng, count, 20, 120)
    line = (np.tanh(fire * rough * 1.4) * 0.9).astype(np.float32)
    return np.stack([line, line]) + both(rng, count, 300, 2500, 0.4) * (0.5 + 0.5 * np.sin(angle)) * 0.25


def footsteps(rng: np.random.Generator, count: int) -> Stereo:
    out = np.zeros((2, count), np.float32)
    every = float(rng.uniform(0.45, 0.6))
    for number in range(int(count / RATE / every) + 1):
        at = int((number * every + rng.uniform(0, 0.03)) * RATE)
        for delay, low, high, loud in ((0.0, 60, 400, 1.0), (0.07, 500, 3500, 0.35)):
            step = coloured(rng, int(0.12 * RATE), low, high, 0.3) * fade(int(0.12 * RATE), 42)
            for side in range(2):
                near = 1.0 if side == number % 2 else 0.65
                strike(out[side], step * np.float32(loud * near), at + int(delay * RATE))
    return out


def fire(rng: np.random.Generator, count: int) -> Stereo:
    out = both(rng, count, 80, 900, 0.5) * swell(rng, count, 0.5, 0.5) * 0.5
    cracks = max(1, int(count / RATE * 14))
    for at, side, loud in zip(
        rng.integers(0, count, cracks), rng.integers(0, 2, cracks), rng.exponential(1.0, cracks), strict=True
    ):
        snap = coloured(rng, 700, 1500, 9000) * fade(700, 320)
        strike(out[side], snap * np.float32(loud), int(at))
    return out


MAKERS: dict[str, Callable[[np.random.Generator, int], Stereo]] = {
    "wind": wind,
    "rain": rain,
    "thunder": thunder,
    "sea": sea,
    "whoosh": whoosh,
    "beep": beep,
    "engine": engine,
    "footsteps": footsteps,
    "fire": fire,
}
