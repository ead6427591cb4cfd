"""A piece on paper: which note sounds when, on what, how loud and where. One key, two chord progressions, one motif."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from framegate.local.studio.sound.drums import LEVELS, PATTERNS, PLACES
from framegate.local.studio.sound.genres import MODES, Style

PROGRESSIONS = {
    "major": ((0, 4, 5, 3), (0, 5, 3, 4), (5, 3, 0, 4), (0, 3, 5, 4)),
    "minor": ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 6), (5, 6, 0, 0)),
    "dorian": ((1, 4, 0, 0), (0, 3, 0, 3), (0, 6, 3, 0)),
    "lydian": ((0, 1, 0, 5), (0, 4, 1, 0)),
}
"""Steps of the scale, a bar each."""
RHYTHMS = ((0, 3, 6, 8, 11, 14), (0, 2, 4, 8, 10, 12), (0, 4, 6, 8, 12, 14), (2, 4, 7, 10, 12), (0, 6, 8, 14))
FORM = ("intro", "verse", "verse", "chorus", "chorus", "verse", "chorus", "outro")
SHORT_FORM = ("verse", "chorus")
ENERGY = {"intro": 0.45, "verse": 0.8, "chorus": 1.0, "outro": 0.5}
SEVENTHS = {"lofi", "jazz", "house", "funk", "ambient"}
STRUMS = {
    "epiano": (0, 6, 10),
    "stab": (0, 6, 12),
    "supersaw": (0, 3, 6, 8, 11, 14),
    "pad": (),
    "bell": (0, 8),
    "guitar": (0, 4, 6, 10, 12, 14),
    "strings": (0,),
}
BASSES: dict[str, tuple[tuple[int, float, int, float], ...]] = {
    "sub": ((0, 6, 0, 0.75), (6, 4, 0, 0.75), (10, 6, 0, 0.75)),
    "deep": ((0, 7, 0, 0.75), (7, 3, 0, 0.75), (10, 6, 0, 0.75)),
    "picked": tuple((step, 2, 0, 0.75) for step in range(0, 16, 2)),
    "bowed": ((0, 16, 0, 0.75),),
    "slapped": ((0, 2, 0, 0.75), (3, 2, 12, 0.75), (6, 2, 0, 0.75), (10, 2, 7, 0.75), (13, 2, 12, 0.75)),
    "sixteenths": tuple((s, 0.8, 12 if s % 4 == 2 else 0, 0.62 if s % 4 == 0 else 0.5) for s in range(16)),
    "square": tuple((s, 1.6, 24 if s % 4 else 12, 0.7) for s in range(0, 16, 2)),
    "offbeat": tuple((s, 1.7, 0, 0.8 if s % 4 else 0.25) for s in range(0, 16, 2)),
    "none": (),
}
"""Step, length in steps, semitones above the root, loudness."""
BASS_SOUNDS = {
    "sub": "sub",
    "deep": "deep",
    "picked": "picked",
    "slapped": "picked",
    "bowed": "strings",
    "walking": "picked",
    "sixteenths": "bass_saw",
    "offbeat": "bass_saw",
    "square": "square",
}


class Event(NamedTuple):
    """Something that sounds at `start` seconds, for `length` seconds. A drum has no note."""

    part: str
    sound: str
    start: float
    length: float
    gain: float
    place: float = 0.0
    note: int = 0
    vowel: str = "a"


class Plan(NamedTuple):
    """The bars of a piece: where each belongs, and how long a bar lasts in seconds."""

    sections: tuple[str, ...]
    bar: float


def plan_of(style: Style, seconds: float) -> Plan:
    """Enough bars to fill the time; the last one is the end."""
    bar = 240.0 / style.genre.tempo
    bars = max(2, math.ceil((seconds - 0.5) / bar))
    form = FORM if bars >= len(FORM) else SHORT_FORM
    places = (form[min(len(form) - 1, number * len(form) // bars)] for number in range(bars - 1))
    return Plan((*places, "outro"), bar)


def events(style: Style, plan: Plan, rng: np.random.Generator) -> Iterator[Event]:
    """All that is played, bar by bar."""
    genre = style.genre
    writer = Writer(style, plan, rng)
    for bar, section in enumerate(plan.sections):
        degree = writer.progressions[section == "chorus"][bar % 4]
        voicing = writer.voicing(degree)
        if genre.pad:
            for number, note in enumerate(voicing):
                loud = genre.pad * 0.55 * (0.7 + 0.3 * ENERGY[section])
                place = (-0.6, 0.6, -0.2, 0.2)[number % 4]
                yield Event("pad", "pad", bar * plan.bar, plan.bar * 0.98, loud, place, note)
        yield from writer.chords(bar, section, voicing)
        if section != "intro":
            yield from writer.bass(bar, section, degree)
        yield from writer.drums(bar, section)
        if section in {"verse", "chorus"} or (genre.drums == "none" and section != "outro"):
            yield from writer.lead(bar, section, degree)


class Writer:
    """Writes one piece: what a bar holds follows from the bars before it."""

    def __init__(self, style: Style, plan: Plan, rng: np.random.Generator) -> None:
        self._style, self._plan, self._rng = style, plan, rng
        self._step = plan.bar / 16
        self._key = int(rng.integers(-5, 6)) + 60
        known = PROGRESSIONS[style.genre.mode]
        self.progressions = [known[int(rng.integers(len(known)))] for _ in range(2)]
        self._rhythm = RHYTHMS[int(rng.integers(len(RHYTHMS)))]
        self._motifs = [
            np.cumsum(rng.choice(steps, 8)) for steps in ((-2, -1, -1, 1, 1, 2), (-1, -1, 0, 1, 2))
        ]
        self._before: list[int] = []
        self._sung = 0

    def _note(self, degree: int) -> int:
        return self._key + MODES[self._style.genre.mode][degree % 7] + 12 * (degree // 7)

    def _at(self, bar: int, step: int) -> float:
        """Seconds; the steps between the eighths swing."""
        return bar * self._plan.bar + (step + (self._style.genre.swing if step % 2 else 0.0)) * self._step

    def voicing(self, degree: int) -> list[int]:
        """The chord's notes, each as near as can be to the chord before."""
        thirds = (0, 2, 4, 6) if self._style.name in SEVENTHS else (0, 2, 4)
        notes = [self._note(degree + third) for third in thirds]
        if self._before:
            notes = [min(_octaves(n), key=lambda m: min(abs(m - b) for b in self._before)) for n in notes]
        self._before = notes = [n - 12 if n > 74 else n for n in notes]
        return notes

    def chords(self, bar: int, section: str, notes: list[int]) -> Iterator[Event]:
        genre, loud = self._style.genre, ENERGY[section]
        if genre.chords == "square" or (genre.chords == "piano" and genre.drums == "none"):
            yield from self._arpeggio(bar, loud, notes)
            return
        steps = STRUMS.get(genre.chords, (0, 4, 8, 12))
        if genre.chords == "stab" and genre.drums in {"four", "onedrop"}:
            steps = (2, 6, 10, 14)
        for number, step in enumerate(steps):
            if section == "intro" and number % 2:
                continue
            held = ((*steps, 16)[number + 1] - step) * self._step
            length = self._step * 1.6 if genre.chords == "stab" else held * 0.92
            for place, note in enumerate(notes):
                strum = place * 0.012 if genre.chords in {"guitar", "piano"} else 0.0
                gain = 0.55 * loud * self._rng.uniform(0.85, 1.0)
                side = (-0.35, 0.35, -0.15, 0.15)[place % 4]
                yield Event("chords", genre.chords, self._at(bar, step) + strum, length, gain, side, note)

    def _arpeggio(self, bar: int, loud: float, notes: list[int]) -> Iterator[Event]:
        one, two, three = notes[:3]
        length = self._step * (3.6 if self._style.genre.chords == "piano" else 1.6)
        for number, note in enumerate((one - 12, one, two, three, two + 12, three, two, one)):
            gain = 0.8 * loud * (1 if number % 4 == 0 else 0.8) * self._rng.uniform(0.9, 1.05)
            start, side = self._at(bar, number * 2), -0.25 + 0.3 * (number % 2)
            yield Event("chords", self._style.genre.chords, start, length, gain, side, note)

    def bass(self, bar: int, section: str, degree: int) -> Iterator[Event]:
        kind, root = self._style.genre.bass, self._note(degree) - 24
        root += 12 if root < 33 else 0
        line = BASSES.get(kind, ())
        if kind == "walking":
            scale = MODES[self._style.genre.mode]
            steps = (0, scale[2], scale[4], scale[5] if self._rng.random() < 0.5 else 11)
            line = tuple((number * 4, 3.8, above, 0.8) for number, above in enumerate(steps))
        for step, held, above, gain in line:
            length = held * self._step * 0.95
            loud = gain * ENERGY[section]
            yield Event("bass", BASS_SOUNDS[kind], self._at(bar, step), length, loud, 0.0, root + above)

    def drums(self, bar: int, section: str) -> Iterator[Event]:
        pattern, last = self._style.genre.drums, bar == len(self._plan.sections) - 1
        for drum, steps in PATTERNS[pattern].items():
            if section == "intro" and drum not in {"hat", "shaker", "rim"}:
                continue
            for step, stroke in enumerate(steps):
                if stroke == "." or (last and step):
                    continue
                soft = 0.4 if stroke == "g" else 1.0
                gain = LEVELS[drum] * soft * (0.85 + 0.15 * ENERGY[section]) * self._rng.uniform(0.88, 1.05)
                yield Event("drums", drum, self._at(bar, step), 0.0, gain, PLACES.get(drum, 0.0))
        if pattern in {"none", "swing", "shaker"}:
            return
        if bar % 4 == 3 and section != "intro" and not last and self._rng.random() < 0.75:
            fill = "tom" if pattern == "epic" else "snare"
            for number in range(4):
                yield Event("drums", fill, self._at(bar, 12 + number), 0.0, 0.28 + 0.08 * number)
        if bar and section != self._plan.sections[bar - 1]:
            yield Event("drums", "crash", self._at(bar, 0), 0.0, LEVELS["crash"])

    def lead(self, bar: int, section: str, degree: int) -> Iterator[Event]:
        sound, chorus = self._style.genre.lead, section == "chorus"
        sings = sound == "voice"
        motif, base = self._motifs[bar % 4 == 2], degree + (7 if chorus else 4)
        steps = self._rhythm if chorus or not sings else self._rhythm[:5]
        if section == "verse" and bar % 2 and not sings:
            steps = steps[:3]
        low, high = (57, 79) if sings else (62, 86)
        for number, step in enumerate(steps):
            tone = base + int(motif[number])
            if step % 4 == 0:  # on the beat a note of the chord, whichever is nearest
                tone = min(
                    (degree + t + 7 * o for t in (0, 2, 4) for o in (0, 1, 2)), key=lambda d: abs(d - tone)
                )
            note = self._note(tone)
            note -= 12 * max(0, math.ceil((note - high) / 12))
            note += 12 * max(0, math.ceil((low - note) / 12))
            held = ((*steps, 16)[number + 1] - step) * self._step * 0.94
            gain = (0.85 if chorus else 0.7) * self._rng.uniform(0.9, 1.05)
            length = min(held, self._plan.bar * 0.55)
            yield Event("lead", sound, self._at(bar, step), length, gain, 0.08, note, self._vowel())

    def _vowel(self) -> str:
        vowels = self._style.vowels
        self._sung += 1
        return vowels[(self._sung - 1) % len(vowels)] if vowels else "a"


def _octaves(note: int) -> list[int]:
    return [n for n in (note - 12, note, note + 12) if 50 <= n <= 74] or [note]
