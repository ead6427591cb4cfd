"""Configuration rows that could not work, or would pay customers, are refused when they are written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from framegate.access import Scopes
from framegate.core.dialect import Trouble
from framegate.engine.rows import check_row, check_scopes, shown
from framegate.providers import load
from framegate.settings import SECTIONS, BadConfiguration, BadNumber, catalogue, convert, documents, name_of
from house.tree import ROOT

FILES = sorted([*(ROOT / "src/framegate/data").glob("*.toml"), *(ROOT / "examples").glob("*.toml")])
PROVIDERS = ("kling", "runway")
TO = [{"upstream": "studio"}]
PRICE = {"model": "m", "unit": "second", "usd": "1"}


def check(kind: str, table: dict[str, Any]) -> None:
    document = convert(kind, table)
    check_row(kind, name_of(kind, document), document, providers=PROVIDERS, upstreams=("studio",))


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("upstream", {"name": "studio", "provider": "kling"}),
        ("upstream", {"name": "studio", "provider": "kling", "base_url": "http://10.0.0.1:8080/kling"}),
        ("upstream", {"name": "studio", "provider": "kling", "base_url": "local://sandbox"}),
        ("upstream", {"name": "studio", "provider": "kling", "proxy": "socks5://proxy.internal:1080"}),
        ("upstream", {"name": "studio", "provider": "kling", "credential": {"key": "a", "secret": "env:B"}}),
        ("route", {"model": "m", "to": TO, "deadline": 60}),
        ("route", {"model": "m"}),
        ("price", {"model": "m", "unit": "second", "usd": "0"}),
        ("price", {"model": "m", "markup": 2}),
        ("cost", {"provider": "kling", "model": "*", "unit": "credit", "usd": 0.01}),
        ("plan", {"name": "p", "multiplier": "0.8"}),
    ],
)
def test_what_works_is_taken(kind: str, table: dict[str, Any]):
    check(kind, table)


@pytest.mark.parametrize(
    ("kind", "table", "field", "words"),
    [
        ("upstream", {"name": "u", "provider": "klign"}, "provider", "one of kling, runway"),
        ("upstream", {"name": "u", "provider": "kling", "base_url": "api.kling"}, "base_url", "https://"),
        ("upstream", {"name": "u", "provider": "kling", "base_url": "http://"}, "base_url", "https://"),
        ("upstream", {"name": "u", "provider": "kling", "base_url": "http://h:x/"}, "base_url", "https://"),
        ("upstream", {"name": "u", "provider": "kling", "proxy": "proxy:3128"}, "proxy", "socks5://"),
        ("upstream", {"name": "u", "provider": "kling", "concurrency": -1}, "concurrency", "0 or more"),
        ("upstream", {"name": "u", "provider": "kling", "poll_seconds": 0.1}, "poll_seconds", "0.2 to 60"),
        ("upstream", {"name": "u", "provider": "kling", "poll_seconds": 61}, "poll_seconds", "0.2 to 60"),
        ("upstream", {"name": "u", "provider": "kling", "credential": {"k": ""}}, "credential", "secret"),
        ("upstream", {"name": "u", "provider": "kling", "credential": {"key": "env:"}}, "credential", "NAME"),
        ("upstream", {"name": "", "provider": "kling"}, "name", "1 to 200"),
        ("upstream", {"name": "u" * 201, "provider": "kling"}, "name", "1 to 200"),
        ("upstream", {"name": "u\n", "provider": "kling"}, "name", "printable"),
        ("route", {"model": "m", "to": [{"upstream": "stdio"}]}, "to", "there are: studio"),
        ("route", {"model": "m", "to": [{"upstream": "studio", "weight": -1}]}, "to", "weight"),
        ("route", {"model": "m", "to": TO, "deadline": 0}, "deadline", "from 1 to"),
        ("route", {"model": " ", "to": TO}, "name", "1 to 200"),
        ("price", {"model": "m", "unit": "second", "usd": "-1"}, "usd", "0 or more"),
        ("price", {"model": "m", "unit": "parsec", "usd": "1"}, "unit", "second, image"),
        ("price", {"model": "m", "usd": "1"}, "unit", "second, image"),
        ("price", {"model": "m", "unit": "second"}, "usd", "markup"),
        ("price", {"model": "m", "unit": "second", "usd": "1", "markup": "2"}, "usd", "either"),
        ("price", {"model": "m", "markup": "-2"}, "markup", "0 or more"),
        (
            "price",
            {**PRICE, "when": {"audio": "on", "resolutoin": "4k"}},
            "when",
            "'resolutoin', only on area,",
        ),
        ("cost", {"provider": "kling", **PRICE, "when": {"Resolution": "4k"}}, "when", "resolution"),
        ("cost", {"provider": "klign", "model": "m", "unit": "second", "usd": "1"}, "provider", "kling"),
        ("cost", {"provider": "kling", "model": "m", "unit": "second", "usd": "-1"}, "usd", "0 or more"),
        ("plan", {"name": "p", "multiplier": "-1"}, "multiplier", "0 or more"),
    ],
)
def test_what_could_never_work_is_refused_by_its_field(
    kind: str, table: dict[str, Any], field: str, words: str
):
    with pytest.raises(Trouble) as caught:
        check(kind, table)
    assert (field, True) == (caught.value.field, words in caught.value.message)
    assert kind in caught.value.message


@pytest.mark.parametrize("value", [2, 2.0, "2"])
@pytest.mark.parametrize(("kind", "field"), [("price", "markup"), ("plan", "multiplier")])
def test_a_multiplier_is_the_same_however_it_is_written(kind: str, field: str, value: object):
    table = {"name": "p"} if kind == "plan" else {"model": "m"}
    assert 2_000_000 == getattr(convert(kind, {**table, field: value}), field)


def test_money_is_written_in_dollars_and_read_back_so():
    with pytest.raises(BadNumber, match="usd = "):
        convert("price", {"model": "m", "unit": "second", "amount": 5})
    with pytest.raises(BadNumber, match="multiplier: 'much' is not a number"):
        convert("plan", {"name": "p", "multiplier": "much"})
    assert {"usd": "0.05", "unit": "second"} == shown({"amount": 50_000_000, "unit": "second"})
    assert {"multiplier": "0.80"} == shown({"multiplier": 800_000})


def test_a_section_that_is_no_list_of_tables_is_named():
    with pytest.raises(BadConfiguration, match=r"write \[\[prices\]\]"):
        documents({"prices": {"model": "m"}}, "framegate.toml")
    with pytest.raises(BadConfiguration, match=r"prices\[0\]"):
        documents({"prices": [5]}, "framegate.toml")


def test_what_ships_is_sound():
    shipped = catalogue()
    for name, price in shipped.prices:
        check_row("price", name, price)
    for name, cost in shipped.costs:
        check_row("cost", name, cost)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_of_a_file_that_ships_can_be_applied(path: Path):
    tables = tomllib.loads(path.read_text())
    for section in ("prices", "costs"):
        for table in tables.get(section, []):
            document = convert(SECTIONS[section], table)
            check_row(SECTIONS[section], name_of(SECTIONS[section], document), document, providers=load())


def test_a_key_is_not_bound_to_an_address_that_is_none():
    check_scopes(None)
    check_scopes(Scopes(addresses=("10.0.0.0/8", "192.168.1.4", "::1")))
    with pytest.raises(Trouble, match="is no network"):
        check_scopes(Scopes(addresses=("10.0.0.0/99",)))
