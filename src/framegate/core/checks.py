"""What every dialect refuses, whatever the model: absurd numbers, odd sizes, links that are none.

Each check raises `Trouble` that names the field in the client's words and says what would be right. They guard the
gateway; what a model can really do is the offer's business.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from framegate.core.dialect import invalid
from framegate.core.frame import SHORT_SIDES, parse_pair

SECONDS = 60
"""The longest video that can be asked for."""
SONG_SECONDS = 600
"""The longest song or speech that can be asked for."""
SEED = 2**63 - 1
SIDE = (64, 4096)
"""The least and the greatest width or height, in pixels."""
SHAPE = 8
"""The longest shape: 8:1."""
PROMPT = 20_000
"""Characters of a prompt."""
NOTE = 65_536
"""Bytes of JSON that a request may hold beside its media: they are kept with the task."""


def check_model(name: str, field: str) -> str:
    """A model's name: 1 to 200 printable characters."""
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise invalid(
            field, f"{field} must name a model in at most 200 characters; GET /v1/models lists them"
        )
    return name


def check_id(text: str, field: str) -> str:
    """An id of ours, as it came back from a client: it goes to the database."""
    if not 0 < len(text) <= 200 or not text.isprintable():
        raise invalid(field, f"{field} must be an id of at most 200 characters")
    return text


def check_prompt(text: str, field: str) -> str:
    if len(text) > PROMPT:
        raise invalid(field, f"{field} may have at most {PROMPT} characters; it has {len(text)}")
    return text


def check_seconds(value: float | None, field: str, most: int = SECONDS) -> float | None:
    if value is not None and not (math.isfinite(value) and 0 < value <= most):
        raise invalid(field, f"{field} must be more than 0 and at most {most}")
    return value


def check_seed(value: int | None, field: str) -> int | None:
    if value is not None and not 0 <= value <= SEED:
        raise invalid(
            field, f"{field} must be a whole number from 0 to {SEED}; leave it out for a random one"
        )
    return value


def check_side(value: int, field: str) -> int:
    least, most = SIDE
    if not least <= value <= most or value % 2:
        raise invalid(field, f"{field} must be an even number of pixels from {least} to {most}")
    return value


def check_shape(wide: int, high: int, field: str) -> str:
    """Two sides → `"1280x720"`; shapes up to 8:1."""
    if max(wide, high) > SHAPE * min(wide, high):
        raise invalid(field, f"{field} makes a shape of {wide}:{high}; at most {SHAPE}:1 is made")
    return f"{wide}x{high}"


def check_size(text: str, field: str) -> str:
    """`"1280x720"`, `"1280:720"` or `"1280*720"` → `"1280x720"`."""
    pair = parse_pair(text)
    if pair is None:
        raise invalid(field, f"{field} must be width x height in pixels, such as 1280x720")
    wide, high = (check_side(side, field) for side in pair)
    return check_shape(wide, high, field)


def check_aspect(text: str, field: str) -> str:
    """`"16:9"` → `"16:9"`; shapes up to 8:1."""
    pair = parse_pair(text)
    if pair is None or max(pair) > SHAPE * min(pair):
        raise invalid(field, f"{field} must be a shape such as 16:9, at most {SHAPE}:1 long")
    return f"{pair[0]}:{pair[1]}"


def check_resolution(text: str, field: str) -> str:
    """`"720P"` → `"720p"`."""
    if text.lower() not in SHORT_SIDES:
        raise invalid(field, f"{field} must be one of {', '.join(SHORT_SIDES)}")
    return text.lower()


def check_link(text: str, field: str) -> str:
    """An http or https URL that we may send to."""
    found = text.startswith(("http://", "https://")) and text.isprintable() and " " not in text
    if not found or len(text) > 2048 or not text.partition("://")[2].strip("/"):
        raise invalid(field, f"{field} must be a URL that begins with https:// or http://")
    return text


def check_note(value: Mapping[str, Any], field: str) -> None:
    """The vendor's own words must be few enough, and plain enough JSON, to be kept and echoed."""
    try:
        size = len(msgspec.json.encode(value))
    except (OverflowError, RecursionError):
        raise invalid(field, f"{field} is nested too deeply to be kept") from None
    if size > NOTE:
        raise invalid(field, f"{field} may hold at most {NOTE} bytes beside its media; it holds {size}")


def check_known(given: Iterable[str], known: Iterable[str], field: str = "") -> None:
    """Refuses a key that nobody would read, with the list of those that are."""
    names = tuple(known)
    unknown = next((key for key in given if key not in names), None)
    if unknown is not None:
        path = f"{field}.{unknown[:100]}" if field else unknown[:100]
        raise invalid(path, f"{path} is not a known field. Known are: {', '.join(names)}")
