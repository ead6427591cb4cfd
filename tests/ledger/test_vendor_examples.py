"""The shipped lists held against the vendors' own price examples: what we and a customer pay."""

from __future__ import annotations

from typing import Any

import pytest

from framegate.core.money import UNIT, format_usd, parse_usd
from framegate.core.task import Input, Kind, Order, Role, Spec
from framegate.core.wire import answer
from framegate.ledger import Rate, Rates
from framegate.ledger.entries import reported_price
from framegate.providers import load
from framegate.settings import catalogue

PROVIDERS = load()
SHIPPED = catalogue()
RATES = Rates(SHIPPED.prices, SHIPPED.costs)

RUNWAY_PAGE = "Runway API pricing, credits a second or an image, 2026-04 and 2026-08"
RUNWAY_SDK = "PyPI runwayml 5.24.0, docstrings of resources/, 2026-11-22"
BFL_TABLE = "black-forest-labs/skills bfl-api: columns 1MP T2I and 1MP I2I, price per image, 2026-06"
BFL_FORMULA = (
    "black-forest-labs/skills bfl-api: (first + (output MP - 1) x more) + (input MP x more), 2026-06"
)
OPENAI_PAGE = "OpenAI pricing page, USD a second, 2026-09"

Example = tuple[str, str, dict[str, Any], str, str]
"""Provider, model, what is asked, USD, source."""

VIDEOS: tuple[Example, ...] = (
    ("runway", "gen4_turbo", {"seconds": 10.0, "size": "1280x720"}, "0.50", RUNWAY_PAGE),
    ("runway", "gen4.5", {"seconds": 5.0}, "0.60", RUNWAY_PAGE),
    ("runway", "gen4.5", {"seconds": 10.0, "size": "1584x672"}, "1.20", RUNWAY_PAGE),
    ("runway", "gen4.5", {"seconds": 5.0, "extra": {"outputFormat": "mp4"}}, "0.60", RUNWAY_SDK),
    ("runway", "gen4.5", {"seconds": 5.0, "extra": {"outputFormat": "prores"}}, "0.85", RUNWAY_SDK),
    ("runway", "gen4.5", {"seconds": 5.0, "extra": {"outputFormat": "png_sequence"}}, "0.85", RUNWAY_SDK),
    ("runway", "gen4.5", {"seconds": 5.0, "extra": {"outputFormat": "hdr_exr_sequence"}}, "1.60", RUNWAY_SDK),
    ("runway", "act_two", {"seconds": 5.0, "inputs": ("first_frame", "video")}, "0.25", RUNWAY_PAGE),
    ("runway", "aleph2", {"seconds": 5.0, "inputs": ("video",)}, "1.40", RUNWAY_PAGE),
    (
        "runway",
        "aleph2",
        {"seconds": 1.0, "inputs": ("video",)},
        "0.56",
        "price page as quoted on 2026-09-15: least 56",
    ),
    ("runway", "veo3.1", {"seconds": 8.0}, "3.20", RUNWAY_PAGE),
    ("runway", "veo3.1", {"seconds": 8.0, "audio": False}, "1.60", RUNWAY_PAGE),
    ("runway", "veo3.1_fast", {"seconds": 8.0, "audio": True}, "1.20", RUNWAY_PAGE),
    ("runway", "veo3.1_fast", {"seconds": 4.0, "audio": False}, "0.40", RUNWAY_PAGE),
    ("runway", "seedance2", {"seconds": 5.0}, "1.80", RUNWAY_PAGE),
    (
        "runway",
        "ruby",
        {"seconds": 5.0, "inputs": ("video",), "extra": {"outputFormat": "hlg"}},
        "1.00",
        RUNWAY_SDK,
    ),
    ("openai-videos", "sora-2", {"seconds": 8.0}, "0.80", OPENAI_PAGE),
    ("openai-videos", "sora-2", {}, "0.40", OPENAI_PAGE),
    ("openai-videos", "sora-2-pro", {"seconds": 4.0, "size": "1280x720"}, "1.20", OPENAI_PAGE),
    ("openai-videos", "sora-2-pro", {"seconds": 4.0, "size": "1792x1024"}, "2.00", OPENAI_PAGE),
    ("openai-videos", "sora-2-pro", {"seconds": 4.0, "size": "1080x1920"}, "2.80", OPENAI_PAGE),
)
IMAGES: tuple[Example, ...] = (
    ("runway", "gen4_image", {"size": "1280x720"}, "0.05", RUNWAY_PAGE),
    ("runway", "gen4_image", {"size": "1920x1080"}, "0.08", RUNWAY_PAGE),
    ("runway", "gen4_image_turbo", {"inputs": ("reference",)}, "0.02", RUNWAY_PAGE),
    ("runway", "gemini_2.5_flash", {}, "0.05", RUNWAY_PAGE),
    ("runway", "muse_image", {"count": 4}, "0.04", RUNWAY_SDK),
    ("runway", "bria_fibo_1_5", {"size": "1024x1024"}, "0.05", RUNWAY_SDK),
    ("runway", "bria_fibo_1_5", {"size": "2048x2048"}, "0.10", RUNWAY_SDK),
    ("runway", "bria_fibo_1_5", {"size": "1152x2048"}, "0.10", RUNWAY_SDK),
    ("runway", "ideogram_4_0", {"quality": "low", "count": 2}, "0.08", RUNWAY_SDK),
    ("runway", "ideogram_4_0", {"quality": "high"}, "0.11", RUNWAY_SDK),
    ("runway", "ideogram_4_5", {}, "0.25", RUNWAY_SDK),
    ("runway", "ideogram_4_5", {"inputs": ("reference",)}, "0.08", RUNWAY_SDK),
    (
        "runway",
        "ideogram_4_5",
        {"inputs": ("reference",), "extra": {"preciseEdit": True}},
        "0.25",
        RUNWAY_SDK,
    ),
    ("runway", "ideogram_4_5", {"inputs": ("reference",), "quality": "very_low"}, "0.01", RUNWAY_SDK),
    ("flux", "flux-2-klein-4b", {"size": "1024x1024"}, "0.014", BFL_TABLE),
    ("flux", "flux-2-klein-4b", {"size": "1024x1024", "inputs": ("reference",)}, "0.015", BFL_TABLE),
    ("flux", "flux-2-klein-9b", {"size": "1024x1024"}, "0.015", BFL_TABLE),
    ("flux", "flux-2-klein-9b", {"size": "1024x1024", "inputs": ("reference",)}, "0.017", BFL_TABLE),
    ("flux", "flux-2-pro", {}, "0.03", BFL_TABLE),
    ("flux", "flux-2-pro", {"inputs": ("reference",)}, "0.045", BFL_TABLE),
    ("flux", "flux-2-max", {"size": "1024x1024"}, "0.07", BFL_TABLE),
    ("flux", "flux-2-max", {"size": "1024x1024", "inputs": ("reference",)}, "0.10", BFL_TABLE),
    ("flux", "flux-2-flex", {"size": "1024x1024"}, "0.05", BFL_TABLE),
    ("flux", "flux-2-flex", {"size": "1024x1024", "inputs": ("reference",)}, "0.10", BFL_TABLE),
    (
        "flux",
        "flux-2-pro",
        {"size": "1920x1080"},
        "0.045",
        "an answer quoted in 2025-12: output_mp 1.98, cost 4.5",
    ),
    (
        "flux",
        "flux-2-klein-4b",
        {"size": "1920x1080"},
        "0.015",
        "2 MP, worked out on a price page of 2026-06",
    ),
    ("flux", "flux-2-pro", {"size": "2048x2048"}, "0.075", BFL_FORMULA),
    ("flux", "flux-2-max", {"size": "1920x1080", "inputs": ("reference",) * 3}, "0.19", BFL_FORMULA),
    ("flux", "flux-kontext-pro", {"inputs": ("reference",)}, "0.04", BFL_TABLE),
    ("flux", "flux-kontext-max", {"inputs": ("reference",) * 4}, "0.08", BFL_TABLE),
    ("flux", "flux-pro-1.1", {"size": "1440x1440"}, "0.04", BFL_TABLE),
    ("flux", "flux-pro-1.1-ultra", {"aspect": "16:9"}, "0.06", BFL_TABLE),
    ("flux", "flux-pro-1.0-fill", {"inputs": ("reference", "mask")}, "0.05", BFL_TABLE),
    ("flux", "flux-dev", {}, "0.025", "bfl.ai/pricing as quoted in 2025-06"),
)
EXAMPLES = [(Kind.VIDEO, *e) for e in VIDEOS] + [(Kind.IMAGE, *e) for e in IMAGES]


def each(examples: list[tuple[Kind, str, str, dict[str, Any], str, str]]) -> pytest.MarkDecorator:
    ids = [f"{model}-{usd}-{place}" for place, (_, _, model, _, usd, _) in enumerate(examples)]
    return pytest.mark.parametrize(("kind", "provider", "model", "asked", "usd", "source"), examples, ids=ids)


LISTED = [example for example in EXAMPLES if example[1] != "openai-videos"]
"""Those that a vendor still sells: what a server of one's own costs is the operator's to say."""


def order_of(kind: Kind, model: str, asked: dict[str, Any]) -> Order:
    inputs = tuple(Input(role=Role(role), url="", media=f"med_{role}") for role in asked.get("inputs", ()))
    spec = Spec(kind=kind, model=model, prompt="a red fox", **{**asked, "inputs": inputs})
    return Order(spec=spec, model=model, task_id="")


@each(EXAMPLES)
def test_a_customer_pays_the_vendors_price(
    kind: Kind, provider: str, model: str, asked: dict[str, Any], usd: str, source: str
):
    facts = PROVIDERS[provider].facts(order_of(kind, model, asked))
    assert parse_usd(usd) == RATES.quote(facts, model, UNIT, provider, model).total, source


@each(LISTED)
def test_the_vendors_price_is_our_cost(
    kind: Kind, provider: str, model: str, asked: dict[str, Any], usd: str, source: str
):
    facts = PROVIDERS[provider].facts(order_of(kind, model, asked))
    assert parse_usd(usd) == RATES.cost(facts, {}, provider, model), source


@pytest.mark.parametrize(
    ("provider", "model", "credit", "usd"),
    [
        ("runway", "gen4.5", 60, "0.60"),
        ("runway", "a-model-without-a-list-price", 12.5, "0.125"),
        ("runway", "gen4.5", 0, "0"),
        ("flux", "flux-2-pro", 4.5, "0.045"),
        ("flux", "flux-2-klein-4b", 1.4, "0.014"),
    ],
)
def test_credits_that_a_provider_reports_are_the_cost(provider: str, model: str, credit: float, usd: str):
    facts = PROVIDERS[provider].facts(order_of(Kind.VIDEO, model, {"seconds": 5.0}))
    assert parse_usd(usd) == RATES.cost(facts, {"credit": round(credit * UNIT)}, provider, model)


def test_a_price_may_be_a_markup_on_the_shipped_costs():
    rates = Rates([("m", Rate(model="fox", markup=1_500_000))], SHIPPED.costs)
    facts = PROVIDERS["flux"].facts(order_of(Kind.IMAGE, "flux-2-pro", {"size": "1920x1080"}))
    assert parse_usd("0.0675") == rates.quote(facts, "fox", UNIT, "flux", "flux-2-pro").total


@pytest.mark.parametrize("table", ["prices", "costs"])
def test_every_shipped_row_says_where_and_when_it_was_read(table: str):
    rows = [row for _, row in getattr(SHIPPED, table)]
    assert [row for row in rows if not row.source or not row.date.startswith("20")] == []


def test_what_customers_pay_is_never_below_the_vendors_list():
    """The shipped prices are the vendors' own: for each cost row the price row of the same name is no less."""
    prices = {(row.model, row.unit, tuple(sorted(row.when.items()))): row.amount for _, row in SHIPPED.prices}
    listed = [
        (row, prices.get((row.model, row.unit, tuple(sorted(row.when.items()))))) for _, row in SHIPPED.costs
    ]
    assert [row for row, price in listed if price is not None and price < row.amount] == []
    assert len([price for _, price in listed if price is not None]) > 30


@pytest.mark.parametrize(
    ("model", "inputs", "extra", "taken", "held", "charged"),
    [
        ("aleph2", ("video",), {}, 196, "8.40", "1.96"),
        ("aleph2", ("video",), {}, 56, "8.40", "0.56"),
        ("aleph2", ("video",), {"outputFormat": "png_sequence"}, 330, "9.90", "3.30"),
        ("act_two", ("first_frame", "video"), {}, 60, "1.50", "0.60"),
        ("ruby", ("video",), {"outputFormat": "hlg"}, 2000, "6.00", "6.00"),
    ],
)
def test_what_is_as_long_as_its_video_is_held_for_at_the_longest_and_charged_as_runway_takes_it(
    model: str, inputs: tuple[str, ...], extra: dict[str, Any], taken: int, held: str, charged: str
) -> None:
    """And never more than was held."""
    provider = PROVIDERS["runway"]
    order = order_of(Kind.VIDEO, model, {"inputs": inputs, "extra": extra})
    quote = RATES.quote(provider.facts(order), model, UNIT, "runway", model)
    accepted = provider.submit.decode(order, answer(200, {"id": "t-1"}))
    assert provider.poll
    ended = {"id": "t-1", "status": "SUCCEEDED", "output": ["https://r.example/a.mp4"]}
    report = provider.poll.decode(accepted.handle or {}, answer(200, {**ended, "cost": {"credits": taken}}))
    assert (held, charged) == (format_usd(quote.total), format_usd(reported_price(quote, report.usage)))
