"""What a candidate costs, told from the order that would be sent; of the sandbox, from the one its vendor would get.

The sandbox stands in for every vendor, so a task there costs what the same task would cost at the model's vendor: its
provider says what is bought, in the units and dimensions that the vendor's price rows are written in.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import msgspec

from framegate.core.money import UNIT, Facts, Quote
from framegate.core.provider import Offer, Provider
from framegate.core.task import Order, Spec
from framegate.engine.configuration import Configuration
from framegate.ledger.rates import NoPrice
from framegate.routing import Candidate, Refusal, adapt, offer_for


def quote(way: Candidate, spec: Spec, multiplier: int, configuration: Configuration) -> Quote:
    """The price of `spec` by this way. Raises `NoPrice`."""
    rates, name = configuration.rates, spec.model
    own = configuration.table.providers[way.provider].facts(Order(spec=way.spec, model=way.model, task_id=""))
    for vendor, offer in stood_in_for(spec, configuration) if way.sandbox else ():
        with contextlib.suppress(NoPrice, Refusal):
            facts = vendors_facts(vendor, offer, spec, own)
            return rates.quote(facts, name, multiplier, vendor.name, name)
    return rates.quote(own, name, multiplier, way.provider, way.model)


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
