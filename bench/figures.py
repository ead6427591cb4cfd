"""A measured figure beside its target, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `target` is the most (or with `least`, the least) that is wanted; None: only reported."""

    name: str
    value: float
    unit: str
    target: float | None = None
    least: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return "reported"
        good = self.value >= self.target if self.least else self.value <= self.target
        return "met" if good else "MISSED"

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        sign = "at least " if self.least else "at most "
        wanted = "" if self.target is None else f"{sign}{shown(self.target)}"
        return self.name, wanted, f"{shown(self.value)} {self.unit}".strip(), self.verdict, self.note


HEADS = ("figure", "target", "measured", "verdict", "note")


def shown(value: float) -> str:
    """A number with as many digits as mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table whose columns also line up in a terminal."""
    rows: list[Sequence[str]] = [HEADS, *(figure.cells for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS) - 1)]

    def line(row: Sequence[str]) -> str:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        return f"| {' | '.join([*cells, row[-1]])} |"

    ruler = f"| {' | '.join('-' * width for width in widths)} | --- |"
    return "\n".join([line(rows[0]), ruler, *(line(row) for row in rows[1:])])


def middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
