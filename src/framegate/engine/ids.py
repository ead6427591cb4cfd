"""Identifiers that cannot be guessed: prefixed ULIDs, and the forms that some dialects need."""

from __future__ import annotations

import os
import secrets
import uuid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 256
"""Numbers that are drawn from the system's source at a time: each draw lets another thread in, and waits for it."""
_drawn: list[int] = []


def new_id(prefix: str, now: int) -> str:
    """`task_01J…`: 48 bits of time (ms), 80 bits of chance, in Crockford's base 32. Sorts by time."""
    return ulid(prefix, (now << 80) | chance())


def chance() -> int:
    """80 bits that cannot be guessed. Any thread may ask."""
    while True:
        try:
            return _drawn.pop()
        except IndexError:
            block = os.urandom(10 * DRAWN)
            _drawn.extend(int.from_bytes(block[at : at + 10]) for at in range(0, len(block), 10))


def first_id(prefix: str, now: int) -> str:
    """What sorts before all ids that were made at `now` or later."""
    return ulid(prefix, now << 80)


def ulid(prefix: str, value: int) -> str:
    digits = [ALPHABET[(value >> shift) & 31] for shift in range(125, -5, -5)]
    return f"{prefix}_{''.join(digits)}"


def public_id(form: str, task_id: str) -> str:
    """The id in a dialect's own form: "task" (ours), "uuid" (version 4), "digits" (18 of them), or a prefix with its
    underscore, as in "video_", before 48 hexadecimal digits.
    """
    if form == "uuid":
        return str(uuid.uuid4())
    if form == "digits":
        return str(secrets.randbelow(9 * 10**17) + 10**17)
    return form + secrets.token_hex(24) if form.endswith("_") else task_id
