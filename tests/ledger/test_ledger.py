"""Money: the arithmetic of quotes, and entries that add up to zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.core.money import LIMIT, UNIT, USD, Facts, Line, Quote, format_usd, parse_usd, total
from framegate.ledger import Cost, Entry, Rate, Rates, hold, release, settle, top_up
from framegate.ledger.entries import delivered_price
from framegate.ledger.rates import NoPrice, example

TURBO = Rate(model="gen3a_turbo", unit="second", amount=parse_usd("0.05"))
TEN_SECONDS = Facts({"second": 10 * UNIT}, {"resolution": "720p"})


def test_ten_seconds_of_the_documented_request_cost_half_a_dollar():
    quote = Rates([("row", TURBO)], []).quote(TEN_SECONDS, "gen3a_turbo", UNIT, "sandbox", "m")
    assert format_usd(quote.total) == "0.50"
    assert quote.lines == (Line("row", "second", 10 * UNIT, 50_000_000),)


def test_the_plans_multiplier_scales_the_price():
    assert Rates([("row", TURBO)], []).quote(
        TEN_SECONDS, "gen3a_turbo", 1_200_000, "p", "m"
    ).total == parse_usd("0.60")


def test_the_row_with_the_most_matching_dimensions_counts():
    rows = [
        ("base", Rate(model="m", unit="second", amount=1)),
        ("hd", Rate(model="m", unit="second", amount=2, when={"resolution": "1080p"})),
        ("loud", Rate(model="m", unit="second", amount=3, when={"resolution": "1080p", "audio": "on"})),
    ]
    facts = Facts({"second": UNIT}, {"resolution": "1080p", "audio": "on"})
    assert Rates(rows, []).quote(facts, "m", UNIT, "p", "m").lines[0].price_id == "loud"


def test_a_markup_prices_from_the_providers_list():
    rates = Rates(
        [("m", Rate(model="m", markup=1_200_000))],
        [("c", Cost(provider="p", model="x", unit="second", amount=USD))],
    )
    assert rates.quote(Facts({"second": 2 * UNIT}), "m", UNIT, "p", "x").total == parse_usd("2.40")


def test_without_a_price_nothing_is_sold():
    with pytest.raises(NoPrice):
        Rates([], []).quote(TEN_SECONDS, "m", UNIT, "p", "m")


def test_what_the_provider_reported_is_the_cost():
    credit = Cost(provider="runway", model="*", unit="credit", amount=USD // 100)
    assert Rates([], [("c", credit)]).cost(TEN_SECONDS, {"credit": 50 * UNIT}, "runway", "m") == USD // 2


@pytest.mark.parametrize(
    ("unit", "when", "text"),
    [
        ("second", {}, "10 s = $0.50"),
        ("second", {"resolution": "720p"}, "10 s at 720p = $0.50"),
        ("second", {"audio": "on", "resolution": "1080p"}, "10 s at 1080p with audio on = $0.50"),
        ("second", {"type": "video", "range": "hdr"}, "10 s with type video and range hdr = $0.50"),
        ("image", {"quality": "low", "input": "image"}, "1 image with quality low and input image = $0.05"),
        ("megapixel", {"size": "1024x1792"}, "1 megapixel at 1024x1792 = $0.05"),
    ],
)
def test_a_worked_example_reads_like_one(unit: str, when: dict[str, str], text: str):
    assert text == example(Rate(model="m", unit=unit, amount=parse_usd("0.05"), when=when))


@pytest.mark.parametrize("text", ["", "x", "0.0000000001", "1e99", "nan", "inf", "0x10", "1,5"])
def test_what_is_no_amount_is_refused(text: str):
    with pytest.raises(ValueError, match=r"amount|decimal"):
        parse_usd(text)


@given(st.integers(-LIMIT, LIMIT))
def test_amounts_survive_their_text(amount: int):
    assert parse_usd(format_usd(amount)) == amount


@given(held=st.integers(0, 10**15), charged=st.integers(-5, 10**15))
def test_every_entry_adds_up_to_zero_and_never_charges_more_than_held(held: int, charged: int):
    for entry in (hold(held), settle(held, charged), release(held), top_up(charged)):
        assert entry.customer + entry.held + entry.revenue + entry.topup + entry.writeoff == 0
    assert 0 <= settle(held, charged).revenue <= held


def test_an_entry_that_does_not_add_up_cannot_be_made():
    with pytest.raises(ValueError, match="zero"):
        Entry(kind="hold", customer=-1)


@given(
    quantity=st.integers(1, 10**9),
    amount=st.integers(0, 10**9),
    asked=st.integers(1, 8),
    delivered=st.integers(0, 9),
)
def test_delivered_work_never_costs_more_than_the_quote(
    quantity: int, amount: int, asked: int, delivered: int
):
    lines = (Line("p", "second", quantity, amount),)
    quote = Quote(lines, UNIT, total(lines, UNIT))
    price = delivered_price(quote, asked, delivered)
    assert 0 <= price <= quote.total
    assert price == quote.total or delivered < asked
