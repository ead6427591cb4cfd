"""Prices of the sandbox are the vendors'; the operator's rows take the place of ours one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from framegate.core.kinds import kind_of
from framegate.core.money import UNIT, format_usd, parse_usd
from framegate.core.task import Action, Input, Kind, Order, Role, Spec
from framegate.engine.configuration import Configuration, unreplaced
from framegate.engine.quoting import quote, rows_of
from framegate.ledger import Cost, Rate, Rates
from framegate.providers import load
from framegate.routing import Route, Table, Target, Upstream, candidates
from framegate.settings import catalogue

PROVIDERS = load()
CATALOGUE = catalogue()
SANDBOX = Upstream(name="sandbox", provider="sandbox")


def configuration(*own: Rate, real: str = "", model: str = "") -> Configuration:
    """The sandbox alone, or beside it a real upstream to which `model` leads."""
    upstreams = {"sandbox": SANDBOX} | ({"real": Upstream(name="real", provider=real)} if real else {})
    routes = {model: Route(model=model, to=(Target(upstream="real", model=model),))} if real else {}
    table = Table(upstreams, routes, PROVIDERS, CATALOGUE.models)
    named = [(f"own:{place}", rate) for place, rate in enumerate(own)]
    rates = Rates([*named, *unreplaced(CATALOGUE.prices, own)], CATALOGUE.costs)
    return Configuration(0, table, rates, {})


def usd(spec: Spec, conf: Configuration) -> str:
    _, ways = candidates(spec, conf.table, draw=lambda: 0.0)
    return format_usd(quote(ways[0], spec, UNIT, conf).total)


def spec(model: str, kind: Kind = Kind.VIDEO, *, roles: Iterable[Role] = (), **fields: Any) -> Spec:
    inputs = tuple(Input(role, "https://example.com/a.png") for role in roles)
    return Spec(kind=kind, model=model, prompt="x", inputs=inputs, **fields)


@pytest.mark.parametrize(
    ("provider", "asked"),
    [
        ("kling", spec("kling-v2-6", seconds=5, quality="pro", audio=True)),
        ("kling", spec("kling-v3-omni", seconds=5, roles=[Role.VIDEO])),
        ("kling", spec("kling-image-v2-1", Kind.IMAGE, roles=[Role.REFERENCE])),
        ("luma", spec("ray-2", seconds=5, resolution="1080p")),
        # an edit is as long as its video: at the vendor it is reckoned at the longest that is taken, whatever is said
        ("luma", spec("ray-2", seconds=10, action=Action.EDIT, roles=[Role.VIDEO])),
        ("luma-agents", spec("ray-3.2", seconds=5, resolution="1080p", vendor="luma", extra={"hdr": True})),
        ("openai-videos", spec("sora-2-pro", seconds=4, size="1792x1024")),
        ("runway", spec("veo3.1", seconds=8)),
        ("runway", spec("veo3.1", seconds=8, audio=False)),
        ("runway", spec("ideogram_4_5", Kind.IMAGE, quality="low", roles=[Role.REFERENCE])),
        ("runway", spec("bria_fibo_1_5", Kind.IMAGE, size="1024x1024")),
        ("flux", spec("flux-2-pro", Kind.IMAGE, size="2048x1024")),
        ("zhipu", spec("cogvideox-3", seconds=5)),
    ],
    ids=lambda value: value if isinstance(value, str) else value.model,
)
def test_the_sandbox_costs_what_the_vendor_would(provider: str, asked: Spec) -> None:
    real = configuration(real=provider, model=asked.model)
    expected = usd(asked, real)
    assert expected == usd(asked, configuration())


def test_the_sandbox_sells_as_many_seconds_as_it_makes() -> None:
    """Veo's own default is eight seconds, the sandbox's five; and it makes two where the vendor makes one."""
    conf = configuration()
    assert "2.00" == usd(spec("veo3.1"), conf)
    assert "0.50" == usd(spec("gen3a_turbo", count=2), conf)


def test_a_request_that_the_vendor_cannot_fill_has_the_sandboxes_price() -> None:
    assert "0.50" == usd(spec("cogvideox-3", seconds=10, roles=[Role.REFERENCE]), configuration())


@pytest.mark.parametrize("model", CATALOGUE.models)
def test_every_known_model_has_a_price(model: str) -> None:
    asked = spec(model, Kind(CATALOGUE.kinds[model]))
    assert 0 < parse_usd(usd(asked, configuration()))


@pytest.mark.parametrize("model", CATALOGUE.models)
def test_the_catalogue_and_the_names_agree_on_kinds(model: str) -> None:
    assert CATALOGUE.kinds[model] == kind_of(model).value


def listed(model: str, conf: Configuration) -> list[tuple[str, str, str, dict[str, str]]]:
    return [(rate.model, rate.unit, format_usd(rate.amount or 0), rate.when) for rate in rows_of(model, conf)]


@pytest.mark.parametrize("model", CATALOGUE.models)
def test_what_a_model_costs_can_be_read_from_the_rows_listed_for_it(model: str) -> None:
    conf = configuration()
    _, ways = candidates(spec(model, kind_of(model)), conf.table, draw=lambda: 0.0)
    lines = quote(ways[0], spec(model, kind_of(model)), UNIT, conf).lines
    rows = [(rate.unit, rate.amount, rate.when) for rate in rows_of(model, conf)]
    assert [] == [line for line in lines if (line.unit, line.amount, line.when) not in rows]
    own = [rate for _, rate in conf.rates.prices.get(model, [])]
    assert own == rows_of(model, conf)[: len(own)]


def test_rows_for_all_stand_for_a_model_without_its_own_and_only_those_of_its_kind() -> None:
    assert [("sandbox", "second", "0.05", {})] == listed("gen3a", configuration())
    assert [("sandbox", "image", "0.04", {})] == listed("dall-e-3", configuration())
    assert [("sandbox", "second", "0.002", {"kind": "music"})] == listed("sandbox-music", configuration())
    dear = Rate(model="*", unit="second", amount=parse_usd("9"))
    sharp = Rate(model="*", unit="second", amount=parse_usd("10"), when={"resolution": "4k"})
    conf = configuration(dear, sharp)
    assert [("*", "second", "9.00", {}), ("*", "second", "10.00", {"resolution": "4k"})] == listed(
        "gen3a", conf
    )
    assert [("sandbox", "image", "0.04", {})] == listed("dall-e-3", conf)


def test_a_markup_is_listed_as_what_it_makes_of_the_costs() -> None:
    own = Rate(model="kling-v2-6", markup=2 * UNIT, source="ours")
    for conf in (configuration(own), configuration(own, real="kling", model="kling-v2-6")):
        costs = conf.rates.costs["kling", "kling-v2-6"]
        expected = [(c.unit, 2 * c.amount, c.when, "ours") for _, c in costs]
        found = [(r.unit, r.amount, r.when, r.source) for r in rows_of("kling-v2-6", conf)]
        assert expected == found


def test_the_sandboxes_rows_are_not_listed_for_what_a_real_upstream_makes() -> None:
    assert [] == listed("gen3a", configuration(real="runway", model="gen3a"))
    conf = configuration(real="runway", model="gen3a")
    both = Route(
        model="gen3a", to=(Target(upstream="real"), Target(upstream="sandbox")), sandbox_fallback=True
    )
    table = Table(conf.table.upstreams, {"gen3a": both}, PROVIDERS, CATALOGUE.models)
    assert [] == listed("gen3a", Configuration(0, table, conf.rates, {}))
    dear = Rate(model="*", unit="second", amount=parse_usd("9"))
    assert [("*", "second", "9.00", {})] == listed("gen3a", configuration(dear, real="runway", model="gen3a"))


def test_a_model_that_cannot_do_without_a_video_is_listed_too() -> None:
    """At Runway an edit has no words alone: what it needs is part of the plainest request."""
    own = Rate(model="act_two", markup=2 * UNIT)
    assert [("act_two", "second", "0.10", {})] == listed(
        "act_two", configuration(own, real="runway", model="act_two")
    )


def test_one_row_of_the_operator_takes_the_place_of_one_of_ours() -> None:
    """With the model's other conditions as they were."""
    own = Rate(model="kling-v2-6", unit="second", amount=parse_usd("1"), when={"resolution": "1080p"})
    before, after = configuration(), configuration(own)
    plain, sharp = spec("kling-v2-6", seconds=5), spec("kling-v2-6", seconds=5, resolution="1080p")
    loud = spec("kling-v2-6", seconds=5, resolution="1080p", audio=True)
    assert "5.00" == usd(sharp, after) != usd(sharp, before)
    assert usd(plain, before) == usd(plain, after)
    assert usd(loud, before) == usd(loud, after)


def test_a_markup_takes_the_place_of_all_rows_of_its_model() -> None:
    own = Rate(model="kling-v2-6", markup=2 * UNIT)
    plain, sharp = spec("kling-v2-6", seconds=5), spec("kling-v2-6", seconds=5, resolution="1080p")
    costs = Rates([], CATALOGUE.costs)
    for asked in (plain, sharp):
        facts = PROVIDERS["kling"].facts(Order(spec=asked, model=asked.model, task_id=""))
        cost = costs.cost(facts, {}, "kling", "kling-v2-6")
        assert cost
        for conf in (configuration(own), configuration(own, real="kling", model="kling-v2-6")):
            assert format_usd(2 * cost) == usd(asked, conf)


def test_costs_are_replaced_one_by_one_too() -> None:
    shipped = [
        ("a", Cost(provider="p", model="m", unit="second", amount=1)),
        ("b", Cost(provider="p", model="m", unit="second", amount=2, when={"audio": "on"})),
        ("c", Cost(provider="q", model="m", unit="second", amount=3)),
    ]
    own = [Cost(provider="p", model="m", unit="second", amount=9)]
    assert ["b", "c"] == [name for name, _ in unreplaced(shipped, own)]
