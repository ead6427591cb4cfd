"""Identifiers that cannot be guessed: prefixed ULIDs, and the forms that some dialects need."""

from __future__ import annotations

import secrets
import uuid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str, now: int) -> str:
    """`task_01J…`: 48 bits of time (ms), 80 bits of chance, in Crockford's base 32. Sorts by time."""
    return ulid(prefix, (now << 80) | secrets.randbits(80))


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
