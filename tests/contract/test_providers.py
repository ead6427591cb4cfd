"""Every provider there is keeps the laws, over every written exchange and over answers that no vendor would give."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from contract.provider_laws import (
    Case,
    bruised_answers,
    cases,
    coherent,
    complete,
    dumped,
    holds,
    media_of,
    order_of,
    priced,
    signed_in_headers_alone,
    total,
    well_made,
)
from hypothesis import given
from hypothesis import strategies as st

from framegate.core.frame import SHORT_SIDES, parse_pair
from framegate.core.provider import Offer, Provider, choose
from framegate.core.task import Action, Kind, Order, Report, Role, State
from framegate.core.wire import Malformed, Response
from framegate.providers import load
from framegate.routing.adapt import OPTIONAL

EXCHANGES = Path(__file__).parent.parent / "exchanges"
PROVIDERS = load()
CASES = {name: cases(EXCHANGES / name) for name in PROVIDERS}
ALL = [(PROVIDERS[name], case) for name, found in CASES.items() for case in found]
ROUND_TRIPS = [(p, c) for p, c in ALL if c.operation != "callback"]
OFFERS = [(p, o) for p in PROVIDERS.values() for o in p.offers]
each_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda p: p.name)
each_case = pytest.mark.parametrize(("provider", "case"), ALL, ids=[f"{p.name}/{c.name}" for p, c in ALL])
each_round_trip = pytest.mark.parametrize(
    ("provider", "case"), ROUND_TRIPS, ids=[f"{p.name}/{c.name}" for p, c in ROUND_TRIPS]
)
each_offer = pytest.mark.parametrize(
    ("provider", "offer"), OFFERS, ids=[f"{p.name}/{o.model}/{'+'.join(o.needs)}" for p, o in OFFERS]
)


def test_every_folder_of_exchanges_belongs_to_a_provider():
    assert set(PROVIDERS) == {folder.name for folder in EXCHANGES.iterdir() if folder.is_dir()}


@each_case
def test_exchanges_hold(provider: Provider, case: Case):
    holds(provider, case)


@each_case
def test_exchanges_name_a_source_with_a_date(provider: Provider, case: Case):
    assert re.match(r"(documented|observed): .*\b20\d\d-\d\d\b", case.raw["source"])


@each_provider
def test_exchanges_are_complete(provider: Provider):
    complete(provider, CASES[provider.name])


@each_round_trip
def test_decoders_are_total_on_bruised_answers(provider: Provider, case: Case):
    for response in bruised_answers(case):
        total(provider, case, response)


@each_case
def test_callbacks_are_total(provider: Provider, case: Case):
    if case.operation != "callback" or provider.callback is None:
        return
    for response in bruised_answers(Case(case.name, {**case.raw, "response": {"status": 200, **case.raw["request"]}})):
        try:
            report = provider.callback(msgspec.structs.replace(case.request, content=response.body))
        except Malformed:
            continue
        coherent(provider, "callback", report)


KEYS = sorted(
    {key for _, case in ALL for value in [case.raw.get("response", {}).get("json")] for key in _keys(value)}
    if (_keys := lambda v: [k for k in v] + [k2 for x in v.values() for k2 in _keys(x)] if isinstance(v, dict) else [])
    else ()
)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda p: p.name)
@given(data=st.data())
def test_decoders_are_total_on_any_answer(provider: Provider, data: st.DataObject):
    case = data.draw(st.sampled_from([c for p, c in ROUND_TRIPS if p is provider]))
    status = data.draw(st.sampled_from([200, 200, 201]) | st.integers(100, 599))
    body = data.draw(st.binary(max_size=30) | JSON.map(dumped))
    headers = data.draw(st.dictionaries(st.sampled_from(["retry-after", "content-type"]), st.text(max_size=6)))
    total(provider, case, Response(status=status, headers=headers, body=body))
