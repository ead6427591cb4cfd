"""What a candidate costs, told from the order that would be sent; of the sandbox, from the one its vendor would get.

The sandbox stands in for every vendor, so a task there costs what the same task would cost at the model's vendor: its
provider says what is bought, in the units and dimensions that the vendor's price rows are written in.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import msgspec

from framegate.core.dialect import Trouble
from framegate.core.kinds import kind_of
from framegate.core.money import UNIT, Facts, Quote
from framegate.core.provider import Offer, Provider
from framegate.core.task import Input, Order, Spec
from framegate.engine.configuration import Configuration
from framegate.ledger import Rate
from framegate.ledger.rates import NoPrice
from framegate.routing import Candidate, Refusal, Table, adapt, candidates, offer_for


def quote(way: Candidate, spec: Spec, multiplier: int, configuration: Configuration) -> Quote:
    """The price of `spec` by this way. Raises `NoPrice`."""
    for facts, provider, model in reckoned(way, spec, configuration):
        with contextlib.suppress(NoPrice):
            return configuration.rates.quote(facts, spec.model, multiplier, provider, model)
    raise NoPrice(spec.model)


def rows_of(model: str, configuration: Configuration) -> list[Rate]:
    """The price rows of a model: its own, and those that its plainest requests are charged by where it has none."""
    found = [rate for _, rate in configuration.rates.prices.get(model, []) if rate.amount is not None]
    for spec in plainest(model, configuration.table):
        with contextlib.suppress(Trouble):
            _, ways = candidates(spec, configuration.table, draw=lambda: 0.0)
            for way in [way for way in ways if not way.sandbox] or ways:
                found += [rate for rate in charged_by(way, spec, configuration) if rate not in found]
    return found


def charged_by(way: Candidate, spec: Spec, configuration: Configuration) -> list[Rate]:
    """The rows that `quote` would choose from."""
    for facts, provider, model in reckoned(way, spec, configuration):
        if rows := configuration.rates.rows(facts, spec.model, provider, model):
            return rows
    return []


def plainest(model: str, table: Table) -> Iterator[Spec]:
    """What can be asked of a model with as little as possible: by words, by a recording alone, by what it needs."""
    route, kind = table.route(model), kind_of(model)
    yield Spec(kind=kind, model=model, prompt="x")
    yield Spec(kind=kind, model=model)
    for target in route.to if route else ():
        upstream = table.upstreams.get(target.upstream)
        provider = table.providers.get(upstream.provider) if upstream else None
        for offer in provider.offers if provider else ():
            if offer.kind is kind and offer.needs and offer.model in {"*", target.model or model}:
                yield Spec(kind=kind, model=model, inputs=tuple(Input(role, "") for role in offer.needs))


def reckoned(way: Candidate, spec: Spec, configuration: Configuration) -> Iterator[tuple[Facts, str, str]]:
    """What may be bought this way, with the provider and its model that price it: the first that has a price counts."""
    own = configuration.table.providers[way.provider].facts(Order(spec=way.spec, model=way.model, task_id=""))
    for vendor, offer in stood_in_for(spec, configuration) if way.sandbox else ():
        try:
            facts = vendors_facts(vendor, offer, spec, own)
        except Refusal:
            continue
        yield facts, vendor.name, spec.model
    yield own, way.provider, way.model


def stood_in_for(spec: Spec, configuration: Configuration) -> Iterator[tuple[Provider, Offer]]:
    """The providers of the model's vendor with their offers for it, those first that know it by name."""
    table = configuration.table
    vendor = table.known.get(spec.model)
    found = [
        (provider, offer)
        for provider in table.providers.values()
        if provider.vendor == vendor and not provider.local
        if (offer := offer_for(provider, spec.model, spec)) is not None
    ]
    yield from sorted(found, key=lambda pair: pair[1].model != spec.model)


def vendors_facts(vendor: Provider, offer: Offer, spec: Spec, own: Facts) -> Facts:
    """What the vendor would sell for `spec`, in the length and number that the sandbox makes. Raises `Refusal`."""
    fitted, _ = adapt(spec, offer, "adapt", same_vendor=True)
    if "second" in own.units:
        fitted = msgspec.structs.replace(fitted, seconds=own.units["second"] / UNIT / spec.count)
    found = vendor.facts(Order(spec=fitted, model=spec.model, task_id=""))
    units = {unit: quantity * spec.count // fitted.count for unit, quantity in found.units.items()}
    return Facts(units, found.dimensions)
