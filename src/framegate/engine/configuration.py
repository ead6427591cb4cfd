"""The configuration as one immutable reading, re-read from the database within two seconds of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from framegate.access import Plan
from framegate.core.provider import Provider
from framegate.ledger import Cost, Rate, Rates
from framegate.routing import Route, Table, Upstream
from framegate.store import Store

KINDS: dict[str, type[Any]] = {
    "upstream": Upstream,
    "route": Route,
    "price": Rate,
    "cost": Cost,
    "plan": Plan,
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What ships with the program: the names clients use, and the vendors' list prices, with source and date."""

    models: Mapping[str, str]  # public model name → vendor
    kinds: Mapping[str, str]  # public model name → kind
    prices: tuple[tuple[str, Rate], ...]
    costs: tuple[tuple[str, Cost], ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that the operator may change while the gateway runs."""

    version: int
    table: Table
    rates: Rates
    plans: Mapping[str, Plan]

    def plan(self, name: str) -> Plan:
        return self.plans.get(name) or Plan(name=name)


class Watch:
    """Holds the newest configuration; `refresh` re-reads it when its version has moved."""

    def __init__(self, store: Store, providers: Mapping[str, Provider], catalogue: Catalogue) -> None:
        self._store = store
        self._providers = providers
        self._catalogue = catalogue
        self.kinds = catalogue.kinds
        self.now = self._read(0, [])

    async def refresh(self) -> Configuration:
        row = await self._store.row("config_version")
        version = int(row["value"]) if row else 0
        if version != self.now.version:
            self.now = self._read(version, await self._store.rows("config_rows"))
        return self.now

    def _read(self, version: int, rows: list[Mapping[str, Any]]) -> Configuration:
        found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for row in rows:
            document = msgspec.json.decode(row["doc"], type=KINDS[row["kind"]])
            if row["paused"]:
                if row["kind"] in {"price", "cost", "plan"}:
                    continue
                document = msgspec.structs.replace(document, paused=True)
            found[row["kind"]][row["name"]] = document
        prices = [*found["price"].items(), *unreplaced(self._catalogue.prices, found["price"].values())]
        costs = [*found["cost"].items(), *unreplaced(self._catalogue.costs, found["cost"].values())]
        table = Table(found["upstream"], found["route"], self._providers, self._catalogue.models)
        return Configuration(version, table, Rates(prices, costs), found["plan"])


R = TypeVar("R", Rate, Cost)


def unreplaced(shipped: Iterable[tuple[str, R]], own: Iterable[R]) -> list[tuple[str, R]]:
    """The rows of the catalogue that still hold beside the operator's own.

    A row of his takes the place of the one for the same model, unit and conditions; those with other conditions stay,
    so that one price can be changed without writing down all of a model's. A markup takes the place of all of them.
    """
    own = list(own)
    marked_up = {rate.model for rate in own if isinstance(rate, Rate) and rate.markup is not None}
    rows = {identity(row) for row in own}
    return [(name, row) for name, row in shipped if row.model not in marked_up and identity(row) not in rows]


def identity(row: Rate | Cost) -> tuple[str, str, str, frozenset[tuple[str, str]]]:
    """What a row is about, beside its amount."""
    whose = row.provider if isinstance(row, Cost) else ""
    return whose, row.model, row.unit, frozenset(row.when.items())
