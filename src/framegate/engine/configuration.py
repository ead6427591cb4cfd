"""The configuration as one immutable reading, re-read from the database within two seconds of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
        priced = {rate.model for rate in found["price"].values()}
        prices = [
            *found["price"].items(),
            *(p for p in self._catalogue.prices if p[1].model not in priced),
        ]
        costed = {(cost.provider, cost.model) for cost in found["cost"].values()}
        costs = [
            *found["cost"].items(),
            *(c for c in self._catalogue.costs if (c[1].provider, c[1].model) not in costed),
        ]
        table = Table(found["upstream"], found["route"], self._providers, self._catalogue.models)
        return Configuration(version, table, Rates(prices, costs), found["plan"])
