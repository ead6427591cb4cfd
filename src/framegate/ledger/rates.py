"""What things cost us and what customers pay: two tables, and the arithmetic of a quote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from framegate.core.money import UNIT, Facts, Line, Quote, format_usd, total


class Rate(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """A price row: `usd` per `unit` as nano-dollars, or a `markup` (millionths) on our cost, for one public model
    (`"*"`: every model without a row of its own).
    """

    model: str
    unit: str = ""
    amount: int | None = None
    markup: int | None = None
    when: dict[str, str] = {}
    source: str = ""
    date: str = ""


class Cost(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """What a provider charges us: nano-dollars per unit of its model, with the list's source and date."""

    provider: str
    model: str
    unit: str
    amount: int
    when: dict[str, str] = {}
    source: str = ""
    date: str = ""


PLAIN = ("size", "resolution", "area")
"""Dimensions whose values say by themselves what they are of."""


class NoPrice(Exception):
    """No price row covers this request: it cannot be sold honestly."""


class Rates:
    """One consistent reading of both tables."""

    def __init__(self, prices: Iterable[tuple[str, Rate]], costs: Iterable[tuple[str, Cost]]) -> None:
        self.prices: dict[str, list[tuple[str, Rate]]] = {}
        self.costs: dict[tuple[str, str], list[tuple[str, Cost]]] = {}
        for name, rate in prices:
            self.prices.setdefault(rate.model, []).append((name, rate))
        for name, cost in costs:
            self.costs.setdefault((cost.provider, cost.model), []).append((name, cost))

    def quote(
        self,
        facts: Facts,
        model: str,
        multiplier: int,
        provider: str,
        upstream_model: str,
    ) -> Quote:
        """The frozen price of `facts` for a customer. Raises `NoPrice`.

        For each unit the row with the most matching dimensions counts. A markup row prices from the provider's costs.
        Rows for every model, then rows in the name of the provider (the sandbox has some), serve where the model's own
        say nothing.
        """
        for name in (model, "*", provider):
            rates = self.prices.get(name, [])
            fixed = [(n, r) for n, r in rates if r.amount is not None]
            lines = _lines(facts, [(n, r.unit, r.amount or 0, r.when) for n, r in fixed])
            lines = lines or self._marked_up(facts, [r for _, r in rates], provider, upstream_model)
            if lines:
                return Quote(lines=lines, multiplier=multiplier, total=total(lines, multiplier))
        raise NoPrice(model)

    def rows(self, facts: Facts, model: str, provider: str, upstream_model: str) -> list[Rate]:
        """The rows that `quote` chooses from for `facts` and for what differs from them by a dimension alone; none: no
        price. Those that a more exact one of the same kind of thing always beats are left out.
        """
        for name in (model, "*", provider):
            rates = [rate for _, rate in self.prices.get(name, [])]
            fixed = [r for r in rates if r.amount is not None]
            for rows in (fixed, self._rows_by_cost(rates, provider, upstream_model)):
                if _lines(facts, [("", r.unit, r.amount or 0, r.when) for r in rows]):
                    return _standing(facts, rows)
        return []

    def _rows_by_cost(self, rates: list[Rate], provider: str, upstream_model: str) -> list[Rate]:
        """What a markup makes of our costs, under the source and date of the markup: the costs' are ours alone."""
        rate = next((r for r in rates if r.markup is not None), None)
        if rate is None:
            return []
        factor = rate.markup or 0
        return [
            msgspec.structs.replace(rate, unit=c.unit, amount=c.amount * factor // UNIT, when=c.when)
            for _, c in self.costs.get((provider, upstream_model), [])
        ]

    def _marked_up(
        self, facts: Facts, rates: list[Rate], provider: str, upstream_model: str
    ) -> tuple[Line, ...]:
        markup = next((r.markup for r in rates if r.markup is not None), None)
        if markup is None:
            return ()
        rows = self.costs.get((provider, upstream_model), [])
        return _lines(facts, [(n, c.unit, c.amount * markup // UNIT, c.when) for n, c in rows])

    def cost(self, facts: Facts, usage: Mapping[str, int], provider: str, model: str) -> int | None:
        """What the provider takes for it, in nano-dollars: from what it reported, else from its list; None: unknown."""
        if "credit" in usage:
            rows = [c for _, c in self.costs.get((provider, "*"), []) if c.unit == "credit"]
            if rows:
                return -(-usage["credit"] * rows[0].amount // UNIT)
        rows_of_model = self.costs.get((provider, model), [])
        lines = _lines(facts, [(n, c.unit, c.amount, c.when) for n, c in rows_of_model])
        return total(lines, UNIT) if lines else None


def _standing(facts: Facts, rows: list[Rate]) -> list[Rate]:
    """The rows of these units that may count for these facts' `kind`, if it is a dimension of them."""
    kind = facts.dimensions.get("kind")
    fitting = [r for r in rows if r.unit in facts.units and r.when.get("kind", kind) == kind]
    exact = [(r.unit, r.when) for r in fitting if "kind" in r.when]
    return [r for r in fitting if "kind" in r.when or (r.unit, {**r.when, "kind": kind}) not in exact]


def _lines(facts: Facts, rows: list[tuple[str, str, int, Mapping[str, str]]]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for unit, quantity in facts.units.items():
        fitting = [
            row
            for row in rows
            if row[1] == unit and all(facts.dimensions.get(k) == v for k, v in row[3].items())
        ]
        if fitting:
            name, _, amount, when = max(fitting, key=lambda row: len(row[3]))
            lines.append(
                Line(
                    price_id=name,
                    unit=unit,
                    quantity=quantity,
                    amount=amount,
                    when=dict(when),
                )
            )
    return tuple(lines)


def example(rate: Rate) -> str:
    """A worked example for the price page: `"10 s at 1080p with audio on = $1.68"`."""
    count = 10 if rate.unit == "second" else 1
    words = {"second": f"{count} s", "image": "1 image", "call": "1 call"}.get(rate.unit, f"1 {rate.unit}")
    plain = [rate.when[name] for name in PLAIN if name in rate.when]
    named = [f"{name} {value}" for name, value in rate.when.items() if name not in PLAIN]
    at = f" at {' '.join(plain)}" if plain else ""
    having = f" with {' and '.join(named)}" if named else ""
    return f"{words}{at}{having} = ${format_usd((rate.amount or 0) * count)}"
