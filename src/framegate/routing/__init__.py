"""Spec + routes + health → an ordered list of candidates. Pure: the draw for weights is an argument."""

from framegate.routing.adapt import Refusal, adapt, called, offer_for, pictured
from framegate.routing.table import (
    Candidate,
    Route,
    Table,
    Target,
    Upstream,
    candidates,
)

__all__ = [
    "Candidate",
    "Refusal",
    "Route",
    "Table",
    "Target",
    "Upstream",
    "adapt",
    "called",
    "candidates",
    "offer_for",
    "pictured",
]
