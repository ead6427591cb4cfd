"""Money as integers: amounts are nano-dollars (10⁻⁹ USD), quantities millionths of a unit. No float touches either."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import msgspec

USD = 1_000_000_000
"""Nano-dollars in one dollar."""
UNIT = 1_000_000
"""Millionths in one unit (second, image, call …)."""
LIMIT = 2**63 - 1
DIMENSIONS = (
    *("area", "audio", "format", "fps", "input", "kind", "mode", "quality", "range", "resolution"),
    *("scale", "scene", "size", "type", "video", "way"),
)
"""What a price may depend on: all that providers tell of what is bought."""


def parse_usd(text: str) -> int:
    """`"0.05"` → 50_000_000. Raises `ValueError` for anything but a decimal with at most nine places."""
    try:
        value = Decimal(text.strip()).scaleb(9)
        amount = int(value)
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueError(f"{text!r} is not an amount in USD, such as 0.05") from None
    if value != amount or abs(amount) > LIMIT:
        raise ValueError(f"{text!r} has more than nine decimal places or is too large")
    return amount


def format_usd(amount: int) -> str:
    """50_000_000 → `"0.05"`: no trailing zeros, at least two places."""
    sign = "-" if amount < 0 else ""
    whole, fraction = divmod(abs(amount), USD)
    return f"{sign}{whole}.{f'{fraction:09d}'.rstrip('0').ljust(2, '0')}"


class Facts(msgspec.Struct, frozen=True):
    """What is about to be bought: `units` in millionths by name ("second", "image", "call", "megapixel"), and the
    `dimensions` that a price may depend on ("resolution": "720p", "audio": "on", "mode": "pro"), each of `DIMENSIONS`.
    """

    units: dict[str, int]
    dimensions: dict[str, str] = {}


class Line(msgspec.Struct, frozen=True):
    """One line of a price's arithmetic: quantity (millionths) times `amount` nano-dollars per unit."""

    price_id: str
    unit: str
    quantity: int
    amount: int
    when: dict[str, str] = {}


class Quote(msgspec.Struct, frozen=True):
    """A price frozen on a task: its lines, the plan's multiplier (millionths) and the total in nano-dollars."""

    lines: tuple[Line, ...] = ()
    multiplier: int = UNIT
    total: int = 0


def total(lines: tuple[Line, ...], multiplier: int) -> int:
    """The sum, rounded up once to a whole nano-dollar."""
    exact = sum(line.quantity * line.amount for line in lines) * multiplier
    return -(-exact // (UNIT * UNIT))
