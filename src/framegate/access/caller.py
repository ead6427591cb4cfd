"""The caller: an account and a key with scopes, and the rules of admission."""

from __future__ import annotations

import ipaddress
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import UNIT

Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]


class Plan(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """An account's terms. `multiplier` (millionths) scales every price; `models` are patterns of visible names.

    Lifetimes in days, 0 for ever: of results since they were stored (`artifact_days`), of input media since their last
    use (`media_days`), and of all that a task was about since its end (`content_days`).
    """

    name: str
    multiplier: int = UNIT
    models: tuple[str, ...] = ("*",)
    artifact_days: Days = 30
    media_days: Days = 7
    content_days: Days = 90


class Scopes(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """What a key may do; empty tuples allow all. `addresses` are networks such as `10.0.0.0/8`."""

    models: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated client. `balance` (nano-dollars) is what it was when the key was read, for messages only."""

    account_id: str
    account_name: str
    key_id: str
    plan: Plan
    scopes: Scopes = Scopes()
    balance: int = 0


def admit(  # noqa: PLR0913 - what a key is checked against
    caller: Caller,
    *,
    dialect: str,
    address: str,
    now: int,
    expires_at: int | None,
    paused: bool,
) -> Caller:
    """Check a key's state, dialects and addresses. Raises `Trouble` UNAUTHENTICATED or FORBIDDEN."""
    if expires_at is not None and now >= expires_at:
        raise Trouble(Problem.UNAUTHENTICATED, "this key has expired")
    if paused:
        raise Trouble(Problem.FORBIDDEN, "this key or its account is paused; ask the operator")
    if caller.scopes.dialects and dialect not in caller.scopes.dialects:
        allowed = ", ".join(caller.scopes.dialects)
        raise Trouble(
            Problem.FORBIDDEN,
            f"this key may not use the dialect {dialect!r}; it may use {allowed}",
        )
    if caller.scopes.addresses and not _inside(address, caller.scopes.addresses):
        raise Trouble(Problem.FORBIDDEN, "this key may not be used from your address")
    return caller


def allow(caller: Caller, model: str) -> None:
    """Check that the caller may see and use a model. Raises `Trouble` FORBIDDEN."""
    for patterns, whose in (
        (caller.plan.models, "plan"),
        (caller.scopes.models, "key"),
    ):
        if patterns and not any(fnmatchcase(model, pattern) for pattern in patterns):
            raise Trouble(
                Problem.FORBIDDEN,
                f"your {whose} does not include the model {model!r}",
                field="model",
            )


def _inside(address: str, networks: tuple[str, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
        return any(ip in ipaddress.ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False
