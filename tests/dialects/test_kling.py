"""What the laws do not say of Kling's formats: who is calling, callbacks, and how refusals name their field."""

from __future__ import annotations

import json
from typing import Any

import jwt
import msgspec
import pytest

from framegate.access.tokens import BadToken, check_token
from framegate.core.dialect import Call, Dialect, Identity, Problem, Submit, Trouble
from framegate.core.money import Quote
from framegate.core.task import Artifact, Kind, Spec, State, Task
from framegate.core.tokens import EARLY, EXPIRED, read_token
from framegate.core.wire import Request
from framegate.dialects import load
from framegate.dialects.kling.envelope import text_of, units

DIALECTS = {name: dialect for name, dialect in load().items() if name.startswith("kling")}
SECRET = "0123456789abcdef" * 3
NOW = 1_800_000_000
each_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def token(secret: str = SECRET, **claims: Any) -> str:
    return jwt.encode({"iss": "key_1", "exp": NOW + 1800, "nbf": NOW - 5, **claims}, secret)


def identified(dialect: Dialect, bearer: str) -> Identity | None:
    return dialect.identify(Request(method="GET", url="/", headers={"authorization": f"Bearer {bearer}"}))


def task_of(spec: Spec, **changes: Any) -> Task:
    made = Task(
        id="task_1",
        public_id="831922345719271433",
        dialect="kling",
        account_id="acct_1",
        spec=spec,
        state=State.SUCCEEDED,
        created_at=1730704359531,
        updated_at=1730704400000,
        quote=Quote(total=0),
        charged=350_000_000,
        artifacts=(
            Artifact(
                id="art_1",
                kind=Kind.VIDEO,
                media_type="video/mp4",
                size=1,
                sha256="",
                seconds=5.0417,
                url="https://gateway.example/v1/artifacts/art_1.mp4",
            ),
        ),
    )
    return msgspec.structs.replace(made, **changes)


@each_dialect
def test_a_signed_token_names_its_access_key(dialect: Dialect) -> None:
    signed = token()
    assert Identity("key_1", signed) == identified(dialect, signed)


@each_dialect
@pytest.mark.parametrize(
    "bearer",
    [
        "fg-plain",
        "a.b.c",
        "..",
        "e30.e30.x",
        jwt.encode({"exp": NOW}, SECRET),
        jwt.encode({"iss": ""}, SECRET),
        jwt.encode({"iss": "key_\x00"}, SECRET),
        jwt.encode({"iss": "k" * 201}, SECRET),
        jwt.encode({"iss": "key_1"}, "", algorithm="none"),
    ],
)
def test_what_names_no_access_key_is_a_plain_key(dialect: Dialect, bearer: str) -> None:
    assert Identity(bearer) == identified(dialect, bearer)


def test_the_claims_of_a_token_are_read_and_its_times_kept() -> None:
    assert {"iss": "key_1", "exp": NOW + 1800, "nbf": NOW - 5} == read_token(token())
    assert read_token("not.a.token") is None
    check_token(token(), SECRET, NOW * 1000)
    for wrong, at, words in (
        (token("f" * 48), NOW, "not signed"),
        (token(exp=NOW - 61), NOW, EXPIRED),
        (token(nbf=NOW + 61), NOW, EARLY),
        (token(exp=None), NOW, "needs exp"),
    ):
        with pytest.raises(BadToken, match=words):
            check_token(wrong, SECRET, at * 1000)


@each_dialect
@pytest.mark.parametrize(
    ("problem", "message", "status", "code"),
    [
        (Problem.UNAUTHENTICATED, "this key is not known here", 401, 1002),
        (Problem.UNAUTHENTICATED, "no key was given: send `Authorization: Bearer <your key>`", 401, 1001),
        (Problem.UNAUTHENTICATED, EARLY, 401, 1003),
        (Problem.UNAUTHENTICATED, EXPIRED, 401, 1004),
        (Problem.FORBIDDEN, "your plan does not include it", 403, 1103),
        (Problem.OUT_OF_CREDIT, "the balance is 0", 429, 1102),
        (Problem.NOT_FOUND, "there is no task", 404, 1203),
        (Problem.METHOD_NOT_ALLOWED, "takes GET", 404, 1202),
        (Problem.CONFLICT, "there is one already", 400, 1201),
        (Problem.TOO_LARGE, "too large", 400, 1200),
        (Problem.UNSUPPORTED_MEDIA, "not JSON", 400, 1200),
        (Problem.MALFORMED, "not JSON", 400, 1200),
        (Problem.INVALID, "wrong", 400, 1201),
        (Problem.BUSY, "slow down", 429, 1302),
        (Problem.UNAVAILABLE, "paused", 503, 5001),
        (Problem.INTERNAL, "failed", 500, 5000),
    ],
)
def test_each_trouble_has_klings_own_code(
    dialect: Dialect, problem: Problem, message: str, status: int, code: int
) -> None:
    answer = dialect.encode_trouble(Trouble(problem, message))
    assert isinstance(answer.body, bytes)
    body = json.loads(answer.body)
    assert (status, {"code": code, "message": message, "request_id": ""}) == (answer.status, body)


@pytest.mark.parametrize(
    ("name", "field", "message", "told"),
    [
        ("kling", "first_frame", "it cannot be read", "image: it cannot be read"),
        ("kling", "seconds", "too long", "duration: too long"),
        ("kling", "external_id", "used already", "external_task_id: used already"),
        ("kling", "camera_control.config", "camera_control.config must", "camera_control.config must"),
        ("kling-next", "first_frame", "it cannot be read", "contents: it cannot be read"),
        ("kling-next", "seconds", "too long", "settings.duration: too long"),
        ("kling-next", "model", "there is no model 'x'", "there is no model 'x'"),
    ],
)
def test_a_refusal_names_the_clients_own_field(name: str, field: str, message: str, told: str) -> None:
    answer = DIALECTS[name].encode_trouble(Trouble(Problem.INVALID, message, field=field))
    assert isinstance(answer.body, bytes)
    assert told == json.loads(answer.body)["message"]


def test_the_older_callback_is_the_bare_task() -> None:
    route = next(route for route in DIALECTS["kling"].routes if isinstance(route, Submit))
    raw = {"prompt": "a boat", "callback_url": "https://example.com/hook", "external_task_id": "boat-1"}
    spec = route.decode(Call(body=msgspec.convert(raw, route.body), raw=raw))
    assert DIALECTS["kling"].encode_notice
    notice = DIALECTS["kling"].encode_notice(task_of(spec))
    assert ("POST", "https://example.com/hook") == (notice.method, notice.url)
    assert {
        "task_id": "831922345719271433",
        "task_status": "succeed",
        "task_status_msg": "",
        "task_info": {"external_task_id": "boat-1"},
        "created_at": 1730704359531,
        "updated_at": 1730704400000,
        "task_result": {
            "videos": [
                {
                    "id": "831922345719271433",
                    "url": "https://gateway.example/v1/artifacts/art_1.mp4",
                    "duration": "5.042",
                }
            ]
        },
        "final_unit_deduction": "2.5",
    } == notice.json


def test_the_newer_callback_is_the_bare_task() -> None:
    spec = Spec(
        kind=Kind.VIDEO, model="kling-3.0", callback_url="https://example.com/hook", external_id="boat-1"
    )
    assert DIALECTS["kling-next"].encode_notice
    notice = DIALECTS["kling-next"].encode_notice(task_of(spec))
    assert ("POST", "https://example.com/hook") == (notice.method, notice.url)
    assert {
        "id": "831922345719271433",
        "status": "succeeded",
        "message": "",
        "create_time": 1730704359531,
        "update_time": 1730704400000,
        "external_id": "boat-1",
        "outputs": [
            {
                "type": "video",
                "id": "831922345719271433",
                "url": "https://gateway.example/v1/artifacts/art_1.mp4",
                "duration": "5.042",
            }
        ],
        "billing": [
            {
                "charge_type": "cash",
                "cash_type": "balance",
                "amount": "0.35",
                "currency": "USD",
                "package_type": "video",
                "list_price": "0.35",
            }
        ],
    } == notice.json


def test_money_is_told_in_units_and_lengths_as_texts() -> None:
    assert ["0", "1", "100", "0.3", "0.0001"] == [
        units(amount) for amount in (0, 140_000_000, 14_000_000_000, 42_000_000, 10_000)
    ]
    assert "8" == units(28_000_000, Kind.IMAGE)
    assert ["", "5", "5.1", "5.042", "0.5"] == [text_of(value) for value in (None, 5.0, 5.1, 5.0417, 0.5)]
