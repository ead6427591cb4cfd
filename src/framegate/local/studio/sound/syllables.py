"""A text as what a mouth does: consonants and vowels with their share of the time, and rests at the commas."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

RATE_OF_SPEECH = 14.0
"""Characters of an alphabet in a second; of Chinese, Japanese or Korean a third of that."""
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ENDS, COMMAS = ".!?\u2026\u3002\uff01\uff1f\n", ",;:\u3001\uff0c\uff1b\uff1a()\u2014"
ASKS = "?\uff1f"
PIECE = re.compile(rf"[{ENDS}]+|[{COMMAS}]+|{WIDE.pattern}|\d|(?:(?!{WIDE.pattern})[^\W\d_])+")
SOUNDS = re.compile(r"[aeiouy]+|th|sh|ch|.")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HISSES, STOPS = "sfxzv", "ptkbdgcq"
SHORT, LONG = 2.5, 6.0
"""Rests in characters: at a comma, at the end of a sentence."""


class Sound(NamedTuple):
    """`kind` is vowel, hiss, stop, hum or rest; `shape` a vowel's letter or a consonant's; `share` in characters;
    `rise`: what the pitch does at the end of the sentence (1: a question).
    """

    kind: str
    shape: str
    share: float
    stressed: bool = False
    rise: float = 0.0


def length_of(text: str) -> float:
    """Seconds that a text takes to say."""
    characters = len(text.strip()) + 2 * len(WIDE.findall(text))
    return max(0.5, characters / RATE_OF_SPEECH)


def sounds_of(text: str) -> list[Sound]:
    """All sounds of a text, in order; a text without any is a hum."""
    found: list[Sound] = []
    for match in PIECE.finditer(text):
        piece = match[0]
        if piece[0] in ENDS:
            rise = 1.0 if piece[0] in ASKS else -0.6
            found = _ending(found, rise)
            found.append(Sound("rest", "", LONG))
        elif piece[0] in COMMAS:
            found.append(Sound("rest", "", SHORT))
        elif WIDE.match(piece):
            found += _wide(piece)
        else:
            found += _word(DIGITS[int(piece)] if piece.isdecimal() else piece)
            found.append(Sound("rest", "", 0.5))
    while found and found[-1].kind == "rest":
        found.pop()
    return found or [Sound("vowel", "a", 3.0)]


def _word(word: str) -> list[Sound]:
    """Letters without their accents; those of other alphabets sound as their codes have it."""
    found: list[Sound] = []
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if c.isalpha())
    for match in SOUNDS.finditer("".join(c if c.isascii() else "aseniton"[ord(c) % 8] for c in plain)):
        letters = match[0]
        first = letters[0]
        if first in "aeiouy":
            stressed = not any(sound.kind == "vowel" for sound in found)
            share = 1.7 if stressed else 1.3
            shapes = list(dict.fromkeys(letters.replace("y", "i")))[:2]
            found += [Sound("vowel", shape, share, stressed) for shape in shapes]
        elif letters in {"th", "sh", "ch"} or first in HISSES:
            found.append(Sound("hiss", "s" if first in "sz" else "f" if first in "ftv" else "h", 1.1))
        elif first in STOPS:
            found.append(Sound("stop", "t" if first in "td" else "p" if first in "pb" else "k", 0.8))
        else:
            found.append(Sound("hum", "m" if first == "m" else "n", 0.9))
    return found


def _wide(character: str) -> list[Sound]:
    """One syllable: which, its code says."""
    code = ord(character)
    start = ("hum", "stop", "hiss", "stop")[code % 4]
    shape = {"hum": "n", "stop": "tpk"[code % 3], "hiss": "s"}[start]
    return [Sound(start, shape, 1.0), Sound("vowel", "aeiou"[code % 5], 2.0, code % 3 == 0)]


def _ending(found: list[Sound], rise: float) -> list[Sound]:
    """The last vowels before a full stop fall, before a question mark rise."""
    vowels = [n for n, sound in enumerate(found) if sound.kind == "vowel"][-2:]
    return [s._replace(rise=rise) if n in vowels else s for n, s in enumerate(found)]
