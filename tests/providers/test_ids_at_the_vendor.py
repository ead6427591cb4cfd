"""What our id of a task is good for at a vendor: to find an order by it, and to send it twice without buying twice."""

from __future__ import annotations

import msgspec
import pytest

from contract.provider_laws import order_of
from framegate.core.provider import Offer, Provider
from framegate.core.task import Kind, Order
from framegate.providers import load

PROVIDERS = load()
DEDUPING = [(p, o) for p in PROVIDERS.values() if p.dedupes for o in p.offers]
FINDING = [(p, o) for p in PROVIDERS.values() if p.find for o in p.offers]


def names(pairs: list[tuple[Provider, Offer]]) -> list[str]:
    return [f"{p.name}/{o.kind}/{o.model}/{'+'.join(o.needs)}" for p, o in pairs]


def bare(order: Order) -> Order:
    """As `find` gets it: before the media lie ready."""
    return msgspec.structs.replace(order, media=(), callback_url=None)


def test_the_providers_that_may_send_twice_are_those_whose_vendor_says_so() -> None:
    """Zhipu's error table has a code for it, and the other two are ours. Kling only asks for ids that are unique."""
    assert {"framegate", "sandbox", "zhipu"} == {p.name for p in PROVIDERS.values() if p.dedupes}


@pytest.mark.parametrize(("provider", "offer"), DEDUPING, ids=names(DEDUPING))
def test_an_order_that_may_be_sent_twice_carries_our_id(provider: Provider, offer: Offer) -> None:
    order = order_of(offer, roles=offer.needs)
    request = provider.submit.encode(order)
    assert order.task_id.encode() in msgspec.json.encode((request.json, request.headers))


@pytest.mark.parametrize(("provider", "offer"), FINDING, ids=names(FINDING))
def test_an_order_is_looked_for_where_it_was_made(provider: Provider, offer: Offer) -> None:
    order = order_of(offer, roles=offer.needs)
    assert provider.find
    if offer.kind is Kind.SPEECH and provider.name == "kling":
        with pytest.raises(ValueError, match="no speech"):
            provider.find.encode(bare(order))
        return
    asked = provider.find.encode(bare(order))
    assert ("GET", True) == (asked.method, order.task_id in asked.url)
    if provider.name == "kling":
        assert f"{provider.submit.encode(order).url}/{order.task_id}" == asked.url
