"""The tokens that Kling and Zhipu want us to sign, read back by hand: HS256 of RFC 7515 with the vendors' claims."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from framegate.core.provider import Credential
from framegate.core.wire import Request, get
from framegate.providers import load

PROVIDERS = load()
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
SECONDS = 1775044800
PAIR = Credential("access-key", "the-secret-half")
KEY = Credential("api-key-alone")


def decoded(text: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def token(provider: str, credential: Credential, request: Request | None = None) -> str:
    signed = PROVIDERS[provider].sign(request or get("/x"), credential, NOW)
    assert signed.headers["authorization"].startswith("Bearer ")
    return signed.headers["authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("provider", ["kling", "zhipu"])
def test_the_signature_is_that_of_the_secret_half(provider: str):
    text, _, signature = token(provider, PAIR).rpartition(".")
    mac = hmac.new(b"the-secret-half", text.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(mac).rstrip(b"=").decode() == signature


def test_klings_token_is_good_for_half_an_hour_and_for_a_clock_five_seconds_slow():
    header, claims, _ = token("kling", PAIR).split(".")
    assert {"alg": "HS256", "typ": "JWT"} == decoded(header)
    assert {"iss": "access-key", "exp": SECONDS + 1800, "nbf": SECONDS - 5} == decoded(claims)


def test_zhipus_token_counts_in_milliseconds():
    header, claims, _ = token("zhipu", PAIR).split(".")
    assert {"alg": "HS256", "sign_type": "SIGN"} == decoded(header)
    at = SECONDS * 1000
    assert {"api_key": "access-key", "exp": at + 210_000, "timestamp": at} == decoded(claims)


@pytest.mark.parametrize("provider", ["kling", "kling-next", "zhipu", "luma", "luma-agents"])
def test_a_key_alone_goes_as_it_is(provider: str):
    assert token(provider, KEY) == "api-key-alone"


def test_klings_newer_api_never_gets_a_token():
    assert token("kling-next", PAIR) == "access-key"


def test_each_call_is_signed_anew_and_keeps_its_other_headers():
    later = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
    request = get("/x", {"accept": "application/json"})
    one, other = (PROVIDERS["kling"].sign(request, PAIR, now) for now in (NOW, later))
    assert one.headers["authorization"] != other.headers["authorization"]
    assert one.headers["accept"] == "application/json"
