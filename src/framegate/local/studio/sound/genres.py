"""What the words of a song ask for: a genre and what it is played with, a tempo, a mode, and verses to be sung."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np


class Genre(NamedTuple):
    """Beats a minute, mode, drum pattern, bass, the instruments of chords and lead, how loud the pad is, how far off
    beats swing (of a sixteenth), and how deep the kick ducks the rest.
    """

    tempo: float
    mode: str
    drums: str
    bass: str
    chords: str
    lead: str
    pad: float
    swing: float = 0.0
    duck: float = 0.0


GENRES: dict[str, Genre] = {
    "lofi": Genre(78, "dorian", "boombap", "sub", "epiano", "pluck", 0.5, 0.16, 0.35),
    "hiphop": Genre(90, "minor", "boombap", "sub", "epiano", "bell", 0.3, 0.10, 0.2),
    "trap": Genre(70, "minor", "trap", "deep", "bell", "bell", 0.5, 0, 0.2),
    "house": Genre(124, "minor", "four", "offbeat", "stab", "saw", 0.5, 0, 0.7),
    "techno": Genre(132, "minor", "four", "offbeat", "stab", "square", 0.3, 0, 0.8),
    "edm": Genre(126, "major", "four", "offbeat", "supersaw", "supersaw", 0.6, 0, 0.75),
    "synthwave": Genre(104, "minor", "eighties", "sixteenths", "pad", "saw", 0.8, 0, 0.45),
    "pop": Genre(112, "major", "pop", "sub", "piano", "voice", 0.5, 0, 0.2),
    "rock": Genre(128, "major", "rock", "picked", "guitar", "guitar", 0.2),
    "metal": Genre(150, "minor", "rock", "picked", "guitar", "guitar", 0.2),
    "ambient": Genre(68, "lydian", "none", "none", "pad", "bell", 1.0),
    "cinematic": Genre(84, "minor", "epic", "bowed", "strings", "strings", 0.9),
    "classical": Genre(88, "major", "none", "bowed", "piano", "piano", 0.4),
    "piano": Genre(76, "major", "none", "none", "piano", "piano", 0.3),
    "jazz": Genre(118, "dorian", "swing", "walking", "epiano", "pluck", 0.2, 0.30),
    "folk": Genre(100, "major", "shaker", "picked", "guitar", "pluck", 0.3, 0.06),
    "country": Genre(108, "major", "pop", "picked", "guitar", "guitar", 0.2, 0.08),
    "funk": Genre(106, "dorian", "funk", "slapped", "epiano", "square", 0.2, 0.06, 0.1),
    "reggae": Genre(84, "major", "onedrop", "sub", "stab", "epiano", 0.2, 0.12),
    "chiptune": Genre(140, "major", "chip", "square", "square", "square", 0.0),
}
ALIASES = {
    "lo-fi": "lofi",
    "chill": "lofi",
    "study": "lofi",
    "hip-hop": "hiphop",
    "rap": "hiphop",
    "dance": "edm",
    "electronic": "house",
    "electro": "house",
    "disco": "house",
    "retro": "synthwave",
    "80s": "synthwave",
    "indie": "pop",
    "ballad": "piano",
    "orchestral": "cinematic",
    "epic": "cinematic",
    "trailer": "cinematic",
    "acoustic": "folk",
    "8-bit": "chiptune",
    "game": "chiptune",
    "meditation": "ambient",
    "sleep": "ambient",
    "punk": "rock",
    "blues": "jazz",
    "swing": "jazz",
    "r&b": "funk",
    "soul": "funk",
    "orchestra": "cinematic",
}
CHINESE = {
    "轻音乐": "ambient",
    "摇滚": "rock",
    "爵士": "jazz",
    "嘻哈": "hiphop",
    "说唱": "hiphop",
    "电子": "house",
    "古典": "classical",
    "钢琴": "piano",
    "民谣": "folk",
    "流行": "pop",
    "史诗": "cinematic",
    "国风": "folk",
}
MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
LEADS = {
    "piano": "piano",
    "guitar": "guitar",
    "strings": "strings",
    "violin": "strings",
    "synth": "saw",
    "bells": "bell",
}
FAST, SLOW = {"upbeat", "fast", "energetic", "driving"}, {"slow", "calm", "relaxing", "gentle"}
SAD, GLAD = {"sad", "dark", "melancholic", "minor"}, {"happy", "uplifting", "major", "joyful", "cheerful"}
HEADER = re.compile(r"\[\s*(intro|verse|pre-?chorus|chorus|hook|bridge|outro)[^\]]*\]", re.IGNORECASE)


class Style(NamedTuple):
    """A song's genre by name and as it will be played, and the vowels that are sung, in order."""

    name: str
    genre: Genre
    vowels: tuple[str, ...]


def style_of(prompt: str, rng: np.random.Generator) -> Style:
    """Words before the first `[Verse]` say how it sounds; what follows is sung."""
    first = HEADER.search(prompt)
    tags, lyrics = (prompt[: first.start()], prompt[first.start() :]) if first else (prompt, "")
    words = re.findall(r"[a-z0-9&\-]+", tags.lower())
    named = [ALIASES.get(word, word) for word in words] + [g for word, g in CHINESE.items() if word in tags]
    names = tuple(GENRES)
    dice = names[int(rng.integers(len(names)))]
    name = next((word for word in named if word in GENRES), dice)
    genre, said = GENRES[name], set(words)
    tempo = genre.tempo * (1.08 if said & FAST else 0.92 if said & SLOW else 1.0)
    if told := re.search(r"\b(\d{2,3})\s*bpm\b", tags.lower()):
        tempo = min(200.0, max(50.0, float(told[1])))
    mode = "minor" if said & SAD else "major" if said & GLAD else genre.mode
    lead = next((sound for word, sound in LEADS.items() if word in said), genre.lead)
    vowels = () if "instrumental" in said else sung(HEADER.sub(" ", lyrics))
    lead = "voice" if vowels else lead
    return Style(name, genre._replace(tempo=tempo, mode=mode, lead=lead), vowels)


def sung(lyrics: str) -> tuple[str, ...]:
    """A vowel for each syllable; an e that ends a longer word is silent."""
    found: list[str] = []
    for word in re.findall(r"[a-z']+", lyrics.lower()):
        groups = re.findall(r"[aeiouy]+", word)
        silent = len(groups) > 1 and word.endswith("e") and groups[-1] == "e"
        found += [group[0].replace("y", "i") for group in (groups[:-1] if silent else groups)]
    return tuple(found)
