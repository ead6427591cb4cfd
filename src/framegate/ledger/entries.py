"""The movements of money: one entry is one row whose five columns add up to zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from framegate.core.money import Quote, total

EntryKind = Literal["topup", "hold", "settle", "release", "writeoff"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One movement, in nano-dollars: what each of the five accounts gains. The sum is zero."""

    kind: EntryKind
    customer: int = 0
    held: int = 0
    revenue: int = 0
    topup: int = 0
    writeoff: int = 0

    def __post_init__(self) -> None:
        if self.customer + self.held + self.revenue + self.topup + self.writeoff:
            raise ValueError(f"the entry {self.kind} does not add up to zero")


def top_up(amount: int) -> Entry:
    return Entry(kind="topup", customer=amount, topup=-amount)


def hold(amount: int) -> Entry:
    return Entry(kind="hold", customer=-amount, held=amount)


def settle(held: int, charged: int) -> Entry:
    """End a hold: `charged` becomes revenue, the rest goes back. Never charges more than was held."""
    charged = max(0, min(charged, held))
    return Entry(kind="settle", held=-held, revenue=charged, customer=held - charged)


def release(held: int) -> Entry:
    return Entry(kind="release", held=-held, customer=held)


def reported_price(quote: Quote, usage: Mapping[str, int]) -> int:
    """The price of what the provider says it made, in the units of the quote; more than was asked costs no more.

    `usage` is in millionths of a unit; units that the quote does not sell (a vendor's credits) say nothing here.
    """
    lines = tuple(
        msgspec.structs.replace(line, quantity=min(line.quantity, usage.get(line.unit, line.quantity)))
        for line in quote.lines
    )
    return min(quote.total, total(lines, quote.multiplier))


def delivered_price(quote: Quote, asked: int, delivered: int) -> int:
    """The price of `delivered` of the `asked` outputs: each line in proportion, rounded once."""
    if delivered >= asked:
        return quote.total
    return min(
        quote.total,
        -(-total(quote.lines, quote.multiplier) * delivered // max(1, asked)),
    )
