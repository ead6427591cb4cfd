"""Extras buy nothing: no word of a client's `extra` changes what is paid for, or what is sent in the field of another.

Another gateway merges a client's `metadata` over the finished request: pay for a short clip of the cheapest model, get
a long one of the dearest. Here every field that a provider encodes is put into `spec.extra`, with a value that shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from contract.provider_laws import SAID, order_of
from framegate.core.provider import Offer, Provider
from framegate.core.task import Action, Kind, Order, Role
from framegate.core.wire import Request
from framegate.providers import load
from framegate.routing.adapt import adapt

PROVIDERS = {name: provider for name, provider in load().items() if not provider.local}
OFFERS = [(p, o) for p in PROVIDERS.values() for o in p.offers]
each_offer = pytest.mark.parametrize(
    ("provider", "offer"), OFFERS, ids=[f"{p.name}/{o.kind}/{o.model}/{'+'.join(o.needs)}" for p, o in OFFERS]
)
BILLED = re.compile(
    r"(?i)(model(_?name|_?id|_?version)?|n|count|num_?(frames|images|outputs|videos|variants)|output_?count|batch_?size|duration|"
    r"seconds|length|size|width|height|resolution|ratio|aspect_?ratio|target_?aspect_?ratio|quality)"
)
"""Words that mean model, count, duration, size or quality in one vendor's format or another."""
OTHER_WORDS = (
    *(
        "model",
        "model_name",
        "modelName",
        "n",
        "count",
        "num_frames",
        "num_images",
        "outputCount",
        "batch_size",
    ),
    *(
        "duration",
        "seconds",
        "length",
        "size",
        "width",
        "height",
        "resolution",
        "ratio",
        "aspect_ratio",
        "quality",
    ),
    *(
        "callback_url",
        "webhook_url",
        "webhook_secret",
        "notify_hook",
        "notifyHook",
        "callBackUrl",
        "external_task_id",
    ),
)
CALLBACKS = {
    "callback_url": ("kling", "luma"),
    "callBackUrl": ("suno",),
    "webhook_url": ("flux",),
    "webhook_secret": ("flux",),
    "notify_hook": ("suno",),
    "notifyHook": ("midjourney",),
}
"""Fields in which vendors take a callback, and the vendors of whom we know it."""
POISON = "poison-7f3a"
POISONS: tuple[Any, ...] = (POISON, 987654321, {"duration": 987654321, "model": POISON})


def fields(request: Request) -> dict[str, Any]:
    """What a request holds, by the name of the field: of a JSON body or of a form."""
    body = msgspec.to_builtins(request.json) if isinstance(request.json, dict) else {}
    return {**body, **{part.name: part.content for part in request.parts}}


def full(offer: Offer, **changes: Any) -> list[Order]:
    """Orders that say all that the offer can say, with all its inputs and with those it needs alone."""
    said = {name: SAID[name][0] for name in offer.expresses}
    sets = (offer.roles, offer.needs)
    return [order_of(offer, **{**said, "roles": roles, "seconds": 5.0, **changes}) for roles in sets]


def encoded(provider: Provider) -> frozenset[str]:
    """Every field that the provider ever encodes by itself."""
    orders = [order for offer in provider.offers for action in Action for order in full(offer, action=action)]
    return frozenset(name for order in orders for name in fields(provider.submit.encode(order)))


def allowed(provider: Provider, offer: Offer) -> frozenset[str]:
    """The extras that an offer lets through; "*" stands for those that any offer of the provider lists."""
    if "*" in offer.extras:
        return frozenset(name for o in provider.offers for name in o.extras)
    return frozenset(offer.extras)


ENCODED = {name: encoded(provider) for name, provider in PROVIDERS.items()}


def tries(provider: Provider, offer: Offer) -> Iterator[tuple[Order, Order, str, Any]]:
    """An order, the same order with one extra, the extra's name and its value."""
    for plain in full(offer):
        for name in sorted(ENCODED[provider.name] | set(OTHER_WORDS)):
            for poison in POISONS:
                spec = msgspec.structs.replace(plain.spec, extra={name: poison}, vendor=provider.name)
                yield plain, msgspec.structs.replace(plain, spec=spec), name, poison


@each_offer
def test_a21_an_extra_never_takes_the_place_of_a_field(provider: Provider, offer: Offer):
    for plain, poisoned, name, poison in tries(provider, offer):
        before, after = (provider.submit.encode(order) for order in (plain, poisoned))
        assert (before.method, before.url) == (after.method, after.url), name
        sent = fields(after)
        assert fields(before).items() <= sent.items() or name in allowed(provider, offer), (
            f"{name} changed the request"
        )
        assert {key for key, value in sent.items() if value == poison} <= {name}


@each_offer
def test_an_extra_with_a_billed_word_is_not_sent_at_all(provider: Provider, offer: Offer):
    for plain, poisoned, name, _ in tries(provider, offer):
        if name in ENCODED[provider.name] and BILLED.fullmatch(name):
            assert fields(provider.submit.encode(plain)) == fields(provider.submit.encode(poisoned)), name


@each_offer
def test_an_extra_with_a_billed_word_changes_no_fact(provider: Provider, offer: Offer):
    for plain, poisoned, name, _ in tries(provider, offer):
        if name not in allowed(provider, offer):
            assert provider.facts(plain) == provider.facts(poisoned), name


@each_offer
def test_an_allowed_extra_never_makes_it_cheaper(provider: Provider, offer: Offer):
    """What the offer does let through may cost more, and is then told in the facts; the units never shrink."""
    for plain, poisoned, name, _ in tries(provider, offer):
        if name in allowed(provider, offer):
            before, after = provider.facts(plain).units, provider.facts(poisoned).units
            assert all(after.get(unit, 0) >= quantity for unit, quantity in before.items()), name


@each_offer
def test_no_offer_lets_a_billed_word_through(provider: Provider, offer: Offer):  # noqa: ARG001
    assert [name for name in offer.extras if BILLED.fullmatch(name)] == []


@each_offer
def test_a_callback_of_the_client_is_never_forwarded(provider: Provider, offer: Offer):
    """Results and the provider's own ids would go past us; so neither the field nor an extra of its name is."""
    theirs = "https://client.example/hook"
    words = [word for word in CALLBACKS if word in ENCODED[provider.name] or provider.name in CALLBACKS[word]]
    for order in full(offer, callback_url=theirs, extra=dict.fromkeys(words, theirs), vendor=provider.name):
        fitted, _ = adapt(order.spec, offer, "adapt", same_vendor=True)
        request = provider.submit.encode(msgspec.structs.replace(order, spec=fitted))
        assert theirs not in msgspec.json.encode(request).decode()


def test_a_list_of_shots_is_paid_for_in_full():
    """Runway's Kling models take the length of each shot: together they may be longer than the duration."""
    runway = PROVIDERS["runway"]
    offer = next(o for o in runway.offers if o.model == "kling3.0_pro" and o.kind is Kind.VIDEO)
    shots = {"multiPrompt": [{"prompt": "a", "duration": 7}, {"prompt": "b", "duration": 8}]}
    order = order_of(offer, seconds=3.0, extra={"providerSettings": shots})
    assert {"second": 15_000_000} == runway.facts(order).units


def test_a_picture_size_that_cannot_be_said_is_not_paid_less():
    flux = PROVIDERS["flux"]
    offer = flux.offer("flux-2-max", Kind.IMAGE)
    assert offer is not None
    order = order_of(offer, roles=(), size="2048x2048", extra={"width": 64, "height": 64})
    assert {"image": 1_000_000, "megapixel": 3_000_000} == flux.facts(order).units
    assert (2048, 2048) == tuple(fields(flux.submit.encode(order))[side] for side in ("width", "height"))


def test_frames_cannot_be_bought_as_an_extra():
    videos = PROVIDERS["openai-videos"]
    offer = videos.offer("wan", Kind.VIDEO, {Role.FIRST_FRAME})
    assert offer is not None
    hidden = {
        "num_frames": 9999,
        "extra_params": {"duration": 60},
        "extra_body": {"num_frames": 9999},
        "output_path": "/x",
    }
    order = order_of(offer, seconds=5.0, extra=hidden)
    assert hidden.keys().isdisjoint(fields(videos.submit.encode(order)))


SPEAKERS = [
    (name, provider.offer(model, Kind.SPEECH, {Role.AUDIO}))
    for name, model in (
        ("runway", "eleven_voice_dubbing"),
        ("runway", "*"),
        ("framegate", "*"),
        ("sandbox", "*"),
    )
    for provider in [load()[name]]
]


@pytest.mark.parametrize(("name", "offer"), SPEAKERS, ids=[f"{n}/{o.model}" for n, o in SPEAKERS if o])
def test_a_recordings_length_is_not_the_clients_to_say(name: str, offer: Offer):
    """Nobody is told how long it is: what is held does not hang on `seconds`."""
    longest = 3600 if offer.model != "*" or name == "framegate" else 30
    for seconds in (None, 0.01, 5.0, 60.0):
        order = order_of(offer, roles=(Role.AUDIO,), action=Action.EDIT, prompt="", seconds=seconds, count=1)
        assert load()[name].facts(order).units["second"] >= 30_000_000, seconds
        fitted, _ = adapt(order.spec, offer, "adapt", same_vendor=True)
        order = msgspec.structs.replace(order, spec=fitted)
        assert longest * 1_000_000 == load()[name].facts(order).units["second"], seconds


@pytest.mark.parametrize("name", ["runway", "framegate", "sandbox"])
def test_speech_is_paid_for_by_its_words(name: str):
    provider = load()[name]
    offer = provider.offer("eleven_v3", Kind.SPEECH, set())
    assert offer is not None
    for seconds in (None, 0.01, 3600.0):
        order = order_of(offer, roles=(), prompt="Good morning.", seconds=seconds, count=1)
        units = provider.facts(order).units
        assert (13_000_000, False) == (units["character"], "second" in units)


def test_a_credit_is_not_sold_in_parts():
    """50 characters for a credit, counted in UTF-16; a task costs whole credits."""
    runway = PROVIDERS["runway"]
    offer = runway.offer("eleven_multilingual_v2", Kind.SPEECH, set())
    assert offer is not None
    for text, characters in (("a", 50), ("a" * 50, 50), ("a" * 51, 100), ("\N{FOX FACE}" * 26, 100)):
        assert (
            characters * 1_000_000 == runway.facts(order_of(offer, prompt=text, count=1)).units["character"]
        )


def test_a_sound_is_paid_for_as_long_as_it_is_asked_for():
    """What is sent is what is counted; a length that the model has no word for counts for nothing."""
    runway = PROVIDERS["runway"]
    for model, seconds, sent, counted in (
        ("mirelo_sfx_2_0", None, 5, 5_000_000),
        ("mirelo_sfx_2_0", 2.5, 2.5, 2_500_000),
        ("seed_audio", 0.01, None, 5_000_000),
    ):
        offer = runway.offer(model, Kind.SOUND, set())
        assert offer is not None
        order = order_of(offer, roles=(), seconds=seconds, count=1)
        assert sent == fields(runway.submit.encode(order)).get("duration")
        assert counted == runway.facts(order).units["second"]
