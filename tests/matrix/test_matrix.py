"""Any dialect, any provider: every documented request is sent exactly, adapted aloud, or refused with a reason."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace

from contract.provider_laws import priced, signed_in_headers_alone, well_made
from framegate.core.money import UNIT
from framegate.core.provider import Exchange
from framegate.core.task import Order, Spec
from framegate.core.wire import Request
from framegate.dialects import load
from framegate.ledger import Rate, Rates
from matrix.documented import requests
from matrix.page import PATH, page
from matrix.walk import OTHERS, OURS, PROVIDERS, REASONS, Cell, cells, reason, silent, way

PAIRS = sorted({(cell.asked.dialect, cell.provider) for cell in cells()})
each_pair = pytest.mark.parametrize(("dialect", "provider"), PAIRS)


def of(dialect: str, provider: str) -> list[Cell]:
    return [cell for cell in cells() if (cell.asked.dialect, cell.provider) == (dialect, provider)]


def accepted(dialect: str, provider: str) -> list[Cell]:
    return [cell for cell in of(dialect, provider) if cell.way.order is not None]


def test_the_page_is_not_stale():
    assert page() == PATH.read_text(), "run `make matrix`"


def test_every_dialect_meets_every_provider():
    assert {(dialect, provider) for dialect in load() for provider in PROVIDERS} == set(PAIRS)
    assert set(load()) == {asked.dialect for asked in requests()}


@each_pair
def test_what_is_accepted_can_be_sent(dialect: str, provider: str):
    for cell in accepted(dialect, provider):
        order = cell.way.order
        assert order is not None
        request = well_made(PROVIDERS[provider], lambda order=order: PROVIDERS[provider].submit.encode(order))
        signed_in_headers_alone(PROVIDERS[provider], request)


@each_pair
def test_what_is_accepted_has_a_price(dialect: str, provider: str):
    for cell in accepted(dialect, provider):
        order = cell.way.order
        assert order is not None
        priced(PROVIDERS[provider], order)
        facts = PROVIDERS[provider].facts(order)
        rates = Rates([(unit, Rate(model="*", unit=unit, amount=1000)) for unit in facts.units], [])
        assert 0 < rates.quote(facts, "m", UNIT, provider, cell.way.model).total


@each_pair
def test_nothing_is_dropped_in_silence(dialect: str, provider: str):
    dropped = [
        f"{cell.asked.name} at {cell.way.model}: {field}"
        for cell in accepted(dialect, provider)
        for field in silent(cell)
        if reason(cell, field) is None
    ]
    assert [] == dropped


@each_pair
def test_a_strict_route_takes_what_is_exact_and_nothing_else(dialect: str, provider: str):
    for cell in accepted(dialect, provider):
        strict = way(cell.asked.spec, PROVIDERS[provider], cell.way.model, "strict")
        assert (cell.way.word == "exact") == (strict.order is not None), cell.asked.name
        assert cell.way.notes == () or strict.why.removesuffix(" (the route is strict)") in cell.way.notes


@each_pair
def test_a_refusal_says_why(dialect: str, provider: str):
    refused = [cell for cell in of(dialect, provider) if cell.way.order is None]
    assert [] == [cell.asked.name for cell in refused if len(cell.way.why.split()) < 3]


def test_every_reason_is_needed():
    used = {reason(cell, field) for cell in cells() if cell.way.order is not None for field in silent(cell)}
    assert [] == [known for known in REASONS if known not in used]


def test_every_field_of_a_spec_is_looked_at():
    """A field that is new must be told to upstreams, or stand in the table of those that are not for them."""
    seen = {*OURS, *OTHERS, "inputs", "extra"}
    assert set(Spec.__struct_fields__) == seen


def test_a_field_that_nobody_reads_is_found():
    """The walk itself: a provider that forgets the prompt is caught."""
    (cell,) = [c for c in of("native", "sandbox") if c.asked.name == "create"]
    sandbox = PROVIDERS["sandbox"]

    def forgetful(order: Order) -> Request:
        return sandbox.submit.encode(replace(order, spec=replace(order.spec, prompt="")))

    deaf = dataclasses.replace(sandbox, submit=Exchange(forgetful, sandbox.submit.decode))
    assert ([], ["prompt"]) == (list(silent(cell)), list(silent(cell, {"sandbox": deaf})))
