"""Price, cost, hold, settle, release: double entry, in integers. Pure."""

from framegate.ledger.entries import Entry, hold, release, settle, top_up
from framegate.ledger.rates import Cost, Rate, Rates

__all__ = ["Cost", "Entry", "Rate", "Rates", "hold", "release", "settle", "top_up"]
