"""Admission: keys, scopes, plans, and secrets at rest."""

from __future__ import annotations

import msgspec
import pytest

from framegate.access import Caller, Plan, Scopes, admit, allow, digest, hint
from framegate.access.vault import Unsealable, key_secret, seal, unseal
from framegate.core.dialect import Problem, Trouble
from framegate.core.provider import Credential

CALLER = Caller(account_id="a", account_name="a", key_id="k", plan=Plan(name="default"))


def enter(caller: Caller = CALLER, **more: object) -> Caller:
    given = {
        "dialect": "runway",
        "address": "10.1.2.3",
        "now": 100,
        "expires_at": None,
        "paused": False,
        **more,
    }
    return admit(caller, **given)  # type: ignore[arg-type]


def scoped(**scopes: tuple[str, ...]) -> Caller:
    return msgspec.structs.replace(CALLER, scopes=Scopes(**scopes))


def test_a_plain_key_is_admitted():
    assert enter() == CALLER


@pytest.mark.parametrize(
    ("caller", "more", "problem"),
    [
        (CALLER, {"expires_at": 100}, Problem.UNAUTHENTICATED),
        (CALLER, {"paused": True}, Problem.FORBIDDEN),
        (scoped(dialects=("kling",)), {}, Problem.FORBIDDEN),
        (scoped(addresses=("192.168.0.0/16",)), {}, Problem.FORBIDDEN),
        (scoped(addresses=("10.0.0.0/8",)), {"address": "not an address"}, Problem.FORBIDDEN),
    ],
)
def test_what_a_key_may_not_do_is_refused(caller: Caller, more: dict[str, object], problem: Problem):
    with pytest.raises(Trouble) as trouble:
        enter(caller, **more)
    assert trouble.value.problem is problem


def test_an_address_inside_its_networks_is_admitted():
    assert enter(scoped(addresses=("192.168.0.0/16", "10.0.0.0/8")))


@pytest.mark.parametrize(("models", "allowed"), [((), True), (("gen4_*",), True), (("kling-*",), False)])
def test_models_are_patterns(models: tuple[str, ...], allowed: bool):
    if allowed:
        allow(scoped(models=models), "gen4_turbo")
    else:
        with pytest.raises(Trouble):
            allow(scoped(models=models), "gen4_turbo")


def test_a_key_is_stored_as_a_digest_and_shown_as_a_hint():
    assert digest("fg-abcdefghijklmnop") != digest("fg-abcdefghijklmnoq")
    assert hint("fg-abcdefghijklmnop") == "fg-ab…mnop"


def test_a_sealed_secret_opens_only_with_its_key_and_its_name():
    box = seal(b"m" * 32, "runway-main", "s3cret", b"n" * 12)
    assert "s3cret" not in box
    assert unseal(b"m" * 32, "runway-main", box) == "s3cret"
    for master, name in ((b"x" * 32, "runway-main"), (b"m" * 32, "other")):
        with pytest.raises(Unsealable):
            unseal(master, name, box)


def test_a_pairs_secret_is_derived_from_its_name_and_the_master_secret():
    secret = key_secret(b"m" * 32, "key_1")
    assert (secret, 48) == (key_secret(b"m" * 32, "key_1"), len(bytes.fromhex(secret)) * 2)
    assert secret not in {key_secret(b"m" * 32, "key_2"), key_secret(b"n" * 32, "key_1")}


def test_a_credential_is_never_printed():
    credential = Credential(key="the key", secret="the secret")
    assert "Credential(…)" == repr(credential) == f"{credential}"
