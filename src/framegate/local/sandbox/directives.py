"""Misbehaviour on request: `[sandbox:…]` in a prompt, read and taken out of it.

| directive | what the sandbox does |
|---|---|
| `fail`, `fail=CAUSE` | the task fails after it was accepted (and after a delay); CAUSE is a word of `CAUSES` |
| `moderate`, `moderate=input` | the order is refused for its content |
| `moderate=output` | the task runs to its end and is withheld for its content |
| `rate_limit` | the first two submits are answered with 429 |
| `drop` | the task is accepted, and the connection ends without an answer |
| `lost` | the task is accepted and never heard of again |
| `garbage` | polls are answered with bytes that are no JSON |
| `flaky=N` | the first N polls are answered with 503 |
| `queue=SECONDS`, `delay=SECONDS` | waits, runs that long first |
| `late=SECONDS` | is done, and says so only that much later |
| `stall` | progress stops at 60 % until the task is cancelled |
| `size=MB` | the result is padded to at least that size |

Several may stand together, each once.
"""

from __future__ import annotations

import re

import msgspec

from framegate.core.task import Cause

CAUSES: dict[str, Cause] = {
    **{cause.value: cause for cause in Cause},
    "internal": Cause.BROKEN,
    "timeout": Cause.BROKEN,
    "bad_input": Cause.INVALID,
}
LONGEST = 24 * 3600.0
"""Seconds that a directive may ask to wait."""
LARGEST = 1000.0
"""Megabytes that a result may be padded to."""
MOST_POLLS = 1000
MARK = re.compile(r"\[\s*sandbox\s*:([^\[\]]*)(\]?)", re.IGNORECASE)


class BadDirective(ValueError):
    """A directive that is not known, or has a value it cannot have; the message says what would be right."""


class Directives(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked for. Times in seconds, `size` in megabytes; `fail` is a word of `CAUSES`."""

    fail: str = ""
    moderate: str = ""
    rate_limit: bool = False
    drop: bool = False
    lost: bool = False
    garbage: bool = False
    stall: bool = False
    flaky: int = 0
    queue: float = 0.0
    delay: float = 0.0
    late: float = 0.0
    size: float = 0.0


FLAGS = ("rate_limit", "drop", "lost", "garbage", "stall")
NUMBERS = {"queue": LONGEST, "delay": LONGEST, "late": LONGEST, "size": LARGEST, "flaky": MOST_POLLS}
WORDS = {"fail": ("internal", tuple(CAUSES)), "moderate": ("input", ("input", "output"))}
KNOWN = (*WORDS, *FLAGS, *NUMBERS)


def parse(prompt: str) -> tuple[str, Directives]:
    """The prompt without its directives, and what they ask for. Raises `BadDirective`."""
    found: dict[str, str | bool | float | int] = {}
    for mark in MARK.finditer(prompt):
        if not mark[2]:
            raise BadDirective(f"{mark[0][:60]!r} has no closing bracket")
        name, equals, value = (part.strip().lower() for part in mark[1].partition("="))
        if name in found:
            raise BadDirective(f"[sandbox:{name}] stands twice in the prompt")
        found[name] = _value(name, value if equals else None)
    clean = MARK.sub(" ", prompt) if found else prompt
    return (" ".join(clean.split()) if found else clean), msgspec.convert(found, Directives)


def _value(name: str, value: str | None) -> str | bool | float | int:
    if name in FLAGS:
        if value is not None:
            raise BadDirective(f"[sandbox:{name}] takes no value")
        return True
    if name in WORDS:
        default, words = WORDS[name]
        if value is not None and value not in words:
            raise BadDirective(f"[sandbox:{name}={value[:40]}]: the value must be one of {', '.join(words)}")
        return value or default
    if name in NUMBERS:
        return _number(name, value or "")
    raise BadDirective(f"[sandbox:{name[:40]}] is not known; known are {', '.join(KNOWN)}")


def _number(name: str, value: str) -> float | int:
    text = value.removesuffix("mb") if name == "size" else value.removesuffix("s")
    most = NUMBERS[name]
    try:
        number = int(text) if name == "flaky" else float(text)
    except ValueError:
        number = -1
    if not text.isascii() or not 0 <= number <= most:
        raise BadDirective(f"[sandbox:{name}={value[:40]}]: the value must be a number from 0 to {most:g}")
    return number
