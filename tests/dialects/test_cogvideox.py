"""What the laws do not say of Zhipu's format: who is calling, and that each trouble has Zhipu's own code."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from framegate.access.tokens import BadToken, check_token
from framegate.core.dialect import Identity, Problem, Trouble
from framegate.core.tokens import EARLY, EXPIRED
from framegate.core.wire import Request
from framegate.dialects import load

DIALECT = load()["cogvideox"]
SECRET = "0123456789abcdef" * 3
NOW = 1_800_000_000_000
LIFE = 210_000


def token(**claims: Any) -> str:
    """As both SDKs make one: times in milliseconds, no `typ`, a header of their own."""
    given = {"api_key": "key_1", "exp": NOW + LIFE, "timestamp": NOW, **claims}
    return jwt.encode(given, SECRET, headers={"alg": "HS256", "sign_type": "SIGN"})


def identified(bearer: str) -> Identity | None:
    return DIALECT.identify(Request(method="GET", url="/", headers={"authorization": f"Bearer {bearer}"}))


def test_a_token_names_its_key_and_a_pair_is_taken_apart() -> None:
    signed = token()
    assert Identity("key_1", signed) == identified(signed)
    assert Identity("key_1", SECRET) == identified(f"key_1.{SECRET}")


@pytest.mark.parametrize("bearer", ["fg-plain", "sk-a.b", "key_1", "key_1.", ".b", "a.b.c"])
def test_all_else_is_a_plain_key(bearer: str) -> None:
    assert Identity(bearer) == identified(bearer)


@pytest.mark.parametrize("name", ["", None, 7])
def test_a_token_that_names_no_key_is_a_plain_key(name: Any) -> None:
    signed = token(api_key=name)
    assert Identity(signed) == identified(signed)


def test_a_secret_is_its_own_proof_and_no_part_of_it_is() -> None:
    check_token(SECRET, SECRET, NOW)
    for wrong in (SECRET[:-1], f"{SECRET}0", "", "ü" * 48):
        with pytest.raises(BadToken, match="not signed"):
            check_token(wrong, SECRET, NOW)


def test_a_token_in_milliseconds_ends_in_time() -> None:
    check_token(token(), SECRET, NOW)
    check_token(token(), SECRET, NOW + LIFE + 60_000)
    with pytest.raises(BadToken, match=EXPIRED):
        check_token(token(), SECRET, NOW + LIFE + 60_001)
    with pytest.raises(BadToken, match=EARLY):
        check_token(token(nbf=NOW + 60_001), SECRET, NOW)


@pytest.mark.parametrize(
    ("problem", "message", "field", "status", "code"),
    [
        (Problem.UNAUTHENTICATED, "this key is not known here", None, 401, "1002"),
        (Problem.UNAUTHENTICATED, "no key was given: send one", None, 401, "1001"),
        (Problem.UNAUTHENTICATED, EXPIRED, None, 401, "1003"),
        (Problem.UNAUTHENTICATED, EARLY, None, 401, "1003"),
        (Problem.FORBIDDEN, "your plan does not include it", "model", 403, "1220"),
        (Problem.OUT_OF_CREDIT, "the balance is 0", None, 429, "1113"),
        (Problem.NOT_FOUND, "there is no task", None, 404, "1222"),
        (Problem.METHOD_NOT_ALLOWED, "no DELETE here", None, 405, "1212"),
        (Problem.CONFLICT, "there is a task with this id", "external_id", 400, "1231"),
        (Problem.CONFLICT, "another request had this key", None, 400, "1215"),
        (Problem.TOO_LARGE, "too large", None, 435, "1210"),
        (Problem.UNSUPPORTED_MEDIA, "no JSON", None, 400, "1210"),
        (Problem.MALFORMED, "no JSON", None, 400, "1210"),
        (Problem.INVALID, "there is no model 'x'", "model", 400, "1211"),
        (Problem.INVALID, "model: is required", "model", 400, "1213"),
        (Problem.INVALID, "model: must be a text, not a whole number", "model", 400, "1214"),
        (Problem.INVALID, "the prompt has 600 characters; x takes 512", "prompt", 400, "1261"),
        (Problem.INVALID, "must be 5 or 10", "seconds", 400, "1214"),
        (Problem.BUSY, "too many tasks", None, 429, "1302"),
        (Problem.UNAVAILABLE, "no upstream", None, 503, "1305"),
        (Problem.INTERNAL, "request r-1", None, 500, "500"),
    ],
)
def test_each_trouble_has_its_status_and_code(
    problem: Problem, message: str, field: str | None, status: int, code: str
) -> None:
    answer = DIALECT.encode_trouble(Trouble(problem, message, field=field))
    assert isinstance(answer.body, bytes)
    assert (status, code) == (answer.status, json.loads(answer.body)["error"]["code"])


def test_a_refusal_names_the_field_in_the_clients_words() -> None:
    answer = DIALECT.encode_trouble(Trouble(Problem.INVALID, "must be 5 or 10", field="seconds"))
    assert b'"duration: must be 5 or 10"' in answer.body  # type: ignore[operator]
