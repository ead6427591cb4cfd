"""Sizes of pictures: from the words clients use (aspect, resolution, size) to pixels and back."""

from __future__ import annotations

import re

SHORT_SIDES = {
    "360p": 360,
    "480p": 480,
    "540p": 540,
    "720p": 720,
    "768p": 768,
    "1080p": 1080,
    "1k": 1080,
    "1440p": 1440,
    "2k": 1440,
    "4k": 2160,
    "2160p": 2160,
}
PAIR = re.compile(r"^\s*(\d{1,5})\s*[x:*×]\s*(\d{1,5})\s*$", re.IGNORECASE)  # noqa: RUF001 - people write it


def parse_pair(text: str) -> tuple[int, int] | None:
    """`"1280x720"`, `"1280:720"`, `"16:9"` → the two numbers; None if it is no such pair or has a zero."""
    found = PAIR.match(text)
    pair = (int(found[1]), int(found[2])) if found else None
    return pair if pair and all(pair) else None


def even(value: float) -> int:
    """The nearest even whole number, at least 2: H.264 with 4:2:0 needs even sides."""
    return max(2, round(value / 2) * 2)


def pixels(
    size: str | None,
    aspect: str | None,
    resolution: str | None,
    default: tuple[int, int] = (1280, 720),
) -> tuple[int, int]:
    """Width and height. `size` wins; else `resolution` gives the short side and `aspect` the shape."""
    if size and (pair := parse_pair(size)):
        return pair
    shape = parse_pair(aspect) if aspect else None
    wide, high = shape or default
    short = SHORT_SIDES.get((resolution or "").lower(), min(default))
    return (
        (even(short * wide / high), even(short)) if wide >= high else (even(short), even(short * high / wide))
    )


def resolution_of(width: int, height: int) -> str:
    """The name of the nearest resolution, by area, so that 1280x768 and 960x960 are both "720p"."""
    names = {
        "480p": 854 * 480,
        "540p": 960 * 540,
        "720p": 1280 * 720,
        "1080p": 1920 * 1080,
        "4k": 3840 * 2160,
    }
    area = width * height
    return min(names, key=lambda name: abs(names[name] - area) / names[name])
