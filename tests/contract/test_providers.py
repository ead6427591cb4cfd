"""The laws that every provider keeps: over providers, what they offer, their exchanges, and bruised answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegate.providers
from contract.provider_laws import (
    ODD,
    SAID,
    Case,
    bruised_answers,
    cases,
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
from framegate.core.frame import SHORT_SIDES, parse_pair
from framegate.core.provider import Offer, Provider, choose
from framegate.core.task import Action, Kind, Order, Report, Role, Spec, State
from framegate.core.wire import Response
from framegate.providers import load
from framegate.routing.adapt import OPTIONAL, adapt

EXCHANGES = Path(__file__).parent.parent / "exchanges"
SOURCES = Path(framegate.providers.__file__).parent
PROVIDERS = load()
CASES = {name: cases(EXCHANGES / name) for name in PROVIDERS}
ALL = [(PROVIDERS[name], case) for name, found in CASES.items() for case in found]
OFFERS = [(p, o) for p in PROVIDERS.values() for o in p.offers]


def named(pairs: list[tuple[Provider, Case]]) -> pytest.MarkDecorator:
    ids = [f"{p.name}/{c.name}" for p, c in pairs]
    return pytest.mark.parametrize(("provider", "case"), pairs, ids=ids)


each_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda p: p.name)
each_remote = pytest.mark.parametrize(
    "provider", [p for p in PROVIDERS.values() if not p.local], ids=lambda p: p.name
)
each_offer = pytest.mark.parametrize(
    ("provider", "offer"), OFFERS, ids=[f"{p.name}/{o.kind}/{o.model}/{'+'.join(o.needs)}" for p, o in OFFERS]
)


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(SOURCES.rglob("*.py")), ids=lambda f: str(f.relative_to(SOURCES)))
def test_an_adapter_fits_on_a_few_screens(file: Path):
    assert len(file.read_text().splitlines()) <= 250


@each_remote
def test_an_adapter_opens_with_a_table_and_its_sources(provider: Provider):
    modules = [
        import_module(m.name) for m in walk_packages(framegate.providers.__path__, "framegate.providers.")
    ]
    doc = next(m.__doc__ or "" for m in modules if getattr(m, "PROVIDER", None) is provider)
    assert re.search(r"^\|---", doc, re.MULTILINE)
    assert re.search(r"source", doc, re.IGNORECASE)


@each_remote
def test_the_addresses_are_https(provider: Provider):
    assert urlsplit(provider.docs).scheme == "https"
    assert urlsplit(provider.base_url).scheme == "https"
    assert not urlsplit(provider.base_url).path.strip("/")
    assert all(re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", host) for host in provider.hosts)


# --- the offers -------------------------------------------------------------------------------------------------------


@each_offer
def test_an_offer_is_well_formed(provider: Provider, offer: Offer):  # noqa: ARG001
    assert set(offer.needs) <= set(offer.roles)
    assert set(offer.expresses) <= set(OPTIONAL)
    assert all(parse_pair(size) for size in (*offer.sizes, *offer.aspects))
    assert set(offer.resolutions) <= set(SHORT_SIDES)
    assert all(0 < seconds for seconds in offer.seconds)
    assert len(offer.seconds) == 2 or not offer.seconds_range
    assert offer.count >= 1
    assert {
        name for name in offer.extras if re.search(r"callback|webhook|notify", name, re.IGNORECASE)
    } == set()
    for column in (offer.seconds, offer.sizes, offer.aspects, offer.resolutions, offer.roles, offer.extras):
        assert [item for item, times in Counter(column).items() if times > 1] == []


@each_offer
def test_an_offer_is_found_for_the_inputs_it_needs(provider: Provider, offer: Offer):
    model = "a-new-model" if offer.model == "*" else offer.model
    assert choose(provider.offers, model, offer.kind, offer.needs) == offer


@each_offer
def test_an_offer_is_expressed_by_a_good_request(provider: Provider, offer: Offer):
    for roles in (offer.roles, offer.needs):
        order = order_of(offer, roles=roles)
        request = well_made(provider, lambda order=order: provider.submit.encode(order))
        signed_in_headers_alone(provider, request)
        priced(provider, order)


@each_offer
def test_large_media_are_not_put_into_the_body_unasked(provider: Provider, offer: Offer):
    order = order_of(offer)
    large = tuple(media_of(item.role, 900_000_000) for item in order.media)
    order = msgspec.structs.replace(order, media=large)
    request = well_made(provider, lambda: provider.submit.encode(order))
    assert "Embed" not in repr(request) or provider.upload is None


@each_offer
def test_every_field_an_offer_expresses_is_said(provider: Provider, offer: Offer):
    bare = {"size": None, "aspect": None, "resolution": None}
    for field in offer.expresses:
        tried = [
            (order_of(offer, **shape), order_of(offer, **shape, **{field: value}))
            for shape in ({}, bare)  # a quality may be another word for a resolution
            for value in SAID[field]
        ]
        encode = provider.submit.encode
        assert [said for plain, said in tried if encode(plain) != encode(said)], f"{field} is lost"


@each_offer
def test_what_an_offer_does_not_express_is_not_said(provider: Provider, offer: Offer):
    """After adaptation a request holds nothing that the offer does not list."""
    order = order_of(offer)
    odd = msgspec.structs.replace(
        order.spec,
        negative_prompt="rain",
        fps=31,
        seed=7,
        audio=False,
        guidance=0.4,
        extra={"unheard_of": "x"},
    )
    fitted, notes = adapt(odd, offer, "adapt", same_vendor=True)
    if "*" in offer.extras:
        return
    assert fitted.extra == {}
    assert any("unheard_of" in note for note in notes)
    sent = msgspec.json.encode(provider.submit.encode(msgspec.structs.replace(order, spec=fitted))).decode()
    assert "unheard_of" not in sent
    assert ("rain" in sent) == ("negative_prompt" in offer.expresses)


@each_offer
def test_an_offer_can_be_asked_for_in_words_that_every_dialect_has(provider: Provider, offer: Offer):
    """A shape, a resolution, a length: whatever a client says is adapted to something that can be sent and priced."""
    for words in ({"aspect": "21:9"}, {"size": "1000x1000"}, {"resolution": "1080p"}, {"seconds": 9.5}, {}):
        order = order_of(
            offer, **{"size": None, "aspect": None, "resolution": None, "seconds": None, **words}
        )
        fitted, _ = adapt(order.spec, offer, "adapt", same_vendor=False)
        order = msgspec.structs.replace(order, spec=fitted)
        well_made(provider, lambda order=order: provider.submit.encode(order))
        priced(provider, order)


# --- the exchanges ----------------------------------------------------------------------------------------------------


def test_every_folder_of_exchanges_belongs_to_a_provider():
    assert set(PROVIDERS) == {folder.name for folder in EXCHANGES.iterdir() if folder.is_dir()}


@named(ALL)
def test_exchanges_hold(provider: Provider, case: Case):
    holds(provider, case)


@named(ALL)
def test_exchanges_name_a_source_with_a_date(provider: Provider, case: Case):  # noqa: ARG001
    assert re.match(r"(documented|observed) \(.*\b20\d\d-\d\d(-\d\d)?\)$", case.raw["source"])


@each_provider
def test_exchanges_are_complete(provider: Provider):
    complete(provider, CASES[provider.name])


@named(ALL)
def test_requests_of_exchanges_are_well_made_and_hold_no_secret(provider: Provider, case: Case):
    exchange = getattr(provider, case.operation)
    request = well_made(provider, lambda: exchange.encode(case.given))
    signed_in_headers_alone(provider, request)
    assert {"authorization", "x-key", "x-api-key"}.isdisjoint(request.headers)


@named(ALL)
def test_decoders_are_total_on_bruised_answers(provider: Provider, case: Case):
    for response in bruised_answers(case):
        total(provider, case, response)


def keys(value: Any) -> Iterator[str]:
    """Every key that stands in a JSON value."""
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(item)


def words(value: Any) -> Iterator[str]:
    """Every text that stands in a JSON value."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from words(item)


ANSWERS = [case.raw["response"]["json"] for _, case in ALL if "json" in case.raw["response"]]
KEYS = sorted({key for answer in ANSWERS for key in keys(answer)})
WORDS = sorted({word for answer in ANSWERS for word in words(answer)})
SCALARS = st.sampled_from([odd for odd in ODD if not isinstance(odd, dict | list)]) | st.sampled_from(WORDS)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.slow  # a quarter of what `make quick` would take; the bruised answers are in it
@each_provider
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_decoders_are_total_on_any_answer(provider: Provider, data: st.DataObject):
    """Answers made of the vendors' own words, put together in ways that no vendor would."""
    case = data.draw(st.sampled_from([c for p, c in ALL if p is provider]))
    status = data.draw(st.sampled_from([200, 200, 201]) | st.integers(100, 599))
    body = data.draw(JSON.map(dumped) | st.binary(max_size=30))
    headers = data.draw(
        st.dictionaries(st.sampled_from(["retry-after", "content-type"]), st.text(max_size=6))
    )
    total(provider, case, Response(status=status, headers=headers, body=body))


STATE_FIELDS = frozenset({"status", "state", "task_status"})


def with_state(value: Any, word: str) -> Any:
    """A JSON value with another word wherever a state stands."""
    if isinstance(value, dict):
        return {k: word if k in STATE_KEYS else with_state(v, word) for k, v in value.items()}
    return [with_state(item, word) for item in value] if isinstance(value, list) else value


STATE_KEYS = frozenset({"status", "state", "task_status", "taskStatus"})


@named([(p, c) for p, c in ALL if c.operation == "poll" and "report" in c.raw and c.response.status < 300])
def test_an_unknown_state_word_means_that_the_task_runs(provider: Provider, case: Case):
    """Money never depends on a word that we do not know."""
    said = case.raw["response"]
    changed = with_state(said["json"], "a-word-of-next-year")
    assert changed != said["json"]
    assert provider.poll is not None
    report = provider.poll.decode(case.given, Response(status=said["status"], body=dumped(changed)))
    assert isinstance(report, Report)
    assert report.state is State.RUNNING


def _with_status(value: Any, word: str) -> Any:
    """The answer with another word wherever one of the vendors' state fields stands."""
    if isinstance(value, list):
        return [_with_status(item, word) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        k: word if k in STATE_FIELDS and isinstance(v, str) else _with_status(v, word)
        for k, v in value.items()
    }


@each_remote
def test_an_order_of_another_vendor_keeps_its_extras_to_itself(provider: Provider):
    offer = next(offer for offer in provider.offers if "*" not in offer.extras)
    spec = Spec(kind=offer.kind, model="m", extra={"seedling": 1}, vendor="somebody-else")
    roles = tuple(order_of(offer, roles=offer.needs).spec.inputs)
    fitted, notes = adapt(msgspec.structs.replace(spec, inputs=roles), offer, "adapt", same_vendor=False)
    assert (fitted.extra, len(notes) > 0) == ({}, True)


@each_provider
def test_a_task_that_extends_edits_or_varies_can_be_asked_for(provider: Provider):
    """Whatever the action, encoding gives a request: an offer may not lead to a crash."""
    for action in Action:
        for offer in provider.offers:
            order: Order = order_of(offer, action=action)
            well_made(provider, lambda order=order: provider.submit.encode(order))


def test_every_kind_of_input_is_known_to_the_tests():
    assert {media_of(role).blob.media_type.partition("/")[0] for role in Role} == {"image", "video", "audio"}
    assert {offer.kind for _, offer in OFFERS} <= set(Kind)
