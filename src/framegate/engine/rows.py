"""What a configuration row must be beyond its types: one that could never work, or would pay customers, is refused.

The operator's API, `framegate config` and the file at start-up all come through here, so that a mistake is heard of
when it is made: not by customers, and not as a real upstream that exists by name alone (beside which nothing else is
served).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from framegate.access import Plan, Scopes
from framegate.core.dialect import Trouble, invalid
from framegate.core.money import DIMENSIONS, UNIT, USD, format_usd
from framegate.ledger import Cost, Rate
from framegate.routing import Route, Upstream

UNITS = ("second", "image", "megapixel", "call", "character", "reference", "credit")
"""What can be priced: providers count orders in these, and report what was used in credits."""
NAME = 200
SCHEMES = ("http", "https", "local")
PROXIES = ("http", "https", "socks5", "socks5h")
HALVES = ("key", "secret")
KEPT = "(sealed)"
"""What is shown of a stored credential; written in its place, it stands for what is stored."""
DEAREST = 1_000_000 * USD
"""The most that a unit may cost: with any quantity and multiplier it stays far from what 64 bits hold."""
MONTH = 31 * 86_400
"""Seconds: the longest deadline of a route."""


def check_row(
    kind: str,
    name: str,
    document: Any,  # noqa: ANN401 - of the kind's type
    *,
    providers: Collection[str] | None = None,
    upstreams: Collection[str] = (),
) -> None:
    """Raises `Trouble` INVALID that names the row, the field, and what would be right.

    `providers` are the formats that this program speaks (None: not looked at), `upstreams` the rows that a route may
    name.
    """
    try:
        check_label("name", name)
        if isinstance(document, Rate | Cost):
            check_label("model", document.model)
        match document:
            case Upstream():
                _upstream(document, providers)
            case Route():
                _route(document, upstreams)
            case Rate():
                _price(document)
            case Cost():
                _cost(document, providers)
            case Plan():
                _factor("multiplier", document.multiplier)
            case _:
                pass
    except Trouble as trouble:
        raise invalid(trouble.field or kind, f"{kind} {name[:80]!r}: {trouble.message}") from None


def _upstream(row: Upstream, providers: Collection[str] | None) -> None:
    _provider(row.provider, providers)
    if row.base_url:
        _address("base_url", row.base_url, SCHEMES)
    if row.proxy:
        _address("proxy", row.proxy, PROXIES)
    _not_negative("concurrency", row.concurrency)
    if row.poll_seconds and not 0.2 <= row.poll_seconds <= 60:
        raise invalid("poll_seconds", "poll_seconds must be 0.2 to 60, or 0 for what the provider asks for")
    for half, value in row.credential.items():
        if half not in HALVES:
            raise invalid("credential", f"credential has {' and '.join(HALVES)}, not {half[:80]!r}")
        if value in {"", "env:", "file:"} or value.startswith("sealed:"):
            raise invalid("credential", f"credential.{half} must be env:NAME, file:PATH or the value itself")


def _route(row: Route, upstreams: Collection[str]) -> None:
    for target in row.to:
        if target.upstream not in upstreams:
            there = ", ".join(sorted(upstreams)) or "none yet"
            raise invalid("to", f"to: there is no upstream {target.upstream[:80]!r}; there are: {there}")
        _not_negative("to", target.weight, "to: weight")
    if row.deadline is not None and not 0 < row.deadline <= MONTH:
        raise invalid("deadline", f"deadline must be from 1 to {MONTH} seconds")


def _price(row: Rate) -> None:
    _conditions(row.when)
    if (row.amount is None) == (row.markup is None):
        raise invalid("usd", "a price is either usd for a unit, or a markup on the cost")
    if row.amount is not None:
        _unit(row.unit)
        _amount(row.amount)
    if row.markup is not None:
        _factor("markup", row.markup)


def _cost(row: Cost, providers: Collection[str] | None) -> None:
    _provider(row.provider, providers)
    _conditions(row.when)
    _unit(row.unit)
    _amount(row.amount)


def _amount(amount: int) -> None:
    _not_negative("usd", amount)
    if amount > DEAREST:
        raise invalid("usd", f"usd must be at most {format_usd(DEAREST)}")


def _factor(field: str, millionths: int) -> None:
    _not_negative(field, millionths)
    if millionths > 1000 * UNIT:
        raise invalid(field, f"{field} must be at most 1000")


def _provider(name: str, providers: Collection[str] | None) -> None:
    if providers is not None and name not in providers:
        known = ", ".join(sorted(providers))
        raise invalid("provider", f"there is no provider {name[:80]!r}; provider must be one of {known}")


def _unit(unit: str) -> None:
    if unit not in UNITS:
        raise invalid("unit", f"unit must be one of {', '.join(UNITS)}")


def _conditions(when: Collection[str]) -> None:
    for name in when:
        if name not in DIMENSIONS:
            known = ", ".join(DIMENSIONS)
            raise invalid("when", f"when: a price cannot depend on {name[:80]!r}, only on {known}")


def _not_negative(field: str, value: int, what: str = "") -> None:
    if value < 0:
        raise invalid(field, f"{what or field} must be 0 or more")


def _address(field: str, text: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(text)
        right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or not text.isprintable() or " " in text:
        raise invalid(
            field, f"{field} must be a URL that begins with {', '.join(f'{s}://' for s in schemes)}"
        )


def check_label(field: str, label: str, *, least: int = 1) -> None:
    """Raises `Trouble` INVALID for a text that nobody could read in a list."""
    if not least <= len(label) <= NAME or not label.isprintable() or (least and not label.strip()):
        raise invalid(field, f"{field} must have {least} to {NAME} printable characters")


def check_scopes(scopes: Scopes | None, dialects: Collection[str] | None = None) -> None:
    """Raises `Trouble` INVALID for an address that is none, or a format that is not among `dialects` (None: not looked
    at): the key would be refused everywhere.
    """
    for name in scopes.dialects if scopes and dialects is not None else ():
        if name not in (dialects or ()):
            message = f"there is no dialect {name[:80]!r}; there are: {', '.join(sorted(dialects or ()))}"
            raise invalid("scopes.dialects", message)
    for network in scopes.addresses if scopes else ():
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            message = f"{network[:80]!r} is no network; write it like 10.0.0.0/8 or 192.168.1.4"
            raise invalid("scopes.addresses", message) from None


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """A stored row as it is written: `usd`, `markup` and `multiplier` as decimals, as a file or the API takes them."""
    found = dict(document)
    if found.get("amount") is not None:
        found["usd"] = format_usd(found.pop("amount"))
    for field in ("markup", "multiplier"):
        if found.get(field) is not None:
            found[field] = format_usd(found[field] * (USD // UNIT))
    return found
