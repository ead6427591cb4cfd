"""The laws that every provider keeps, as functions of a provider and of its written exchanges.

An exchange is `tests/exchanges/<provider>/<case>.json`, one round trip: its `source`, the `operation`, what the
operation is given (`order`, `handle`, `handles`, `media_in`, or nothing), the `request` that it makes, the
`response`, and what that means: a `report`, `reports`, `media`, `next`, `credits` or `models`, or else `weather`,
`malformed` or `nothing`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from framegate.core.money import DIMENSIONS
from framegate.core.provider import Credential, Exchange, Next, Offer, Provider, Weather
from framegate.core.task import Handle, Input, Media, Order, Report, Role, Spec, State
from framegate.core.wire import Blob, Malformed, Request, Response

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
CREDENTIAL = Credential("public-key-of-the-upstream", "sEcReT-of-the-upstream")
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2.5,
    1e300,
    2**63,
    -(10**40),
    "",
    " ",
    "x",
    "1.2.3",
    "²",
    "\x00",
    "1e400",
    "x" * 5000,
    "data:,",
    "file:///etc/passwd",
    [],
    [None],
    ["x", {}],
    {},
    {"url": None},
)
STATUSES = (
    *(100, 199, 204, 299, 300, 302, 400, 401, 402, 403, 404, 405, 408, 409, 413, 418, 422, 429),
    *(500, 502, 503, 504, 599),
)
RULE_7 = frozenset({401, 403, 404, 429, 500, 502, 503, 504})
"""Statuses that never end a task."""
SPOKEN = frozenset({State.QUEUED, State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELLED})
SAID: dict[str, tuple[Any, ...]] = {
    "negative_prompt": ("rain",),
    "fps": (30,),
    "seed": (7,),
    "audio": (True, False),
    "watermark": (True, False),
    "quality": ("low", "pro", "4k", "quality"),
    "guidance": (0.4,),
    "camera": ("zoom in", "zoom_in"),
    "loop": (True,),
    "voice": ("Arjun",),
    "language": ("fr",),
    "format": ("wav",),
}
"""Values of the optional fields, of which each provider that has the field knows at least one."""
GIVEN = {"order": Order, "handle": Handle, "handles": tuple[Handle, ...], "media": Media}


@dataclass(frozen=True)
class Case:
    """A written exchange."""

    name: str
    raw: dict[str, Any]

    @property
    def operation(self) -> str:
        return self.raw["operation"]

    @property
    def given(self) -> Any:
        """What the operation is given."""
        if self.operation == "upload":
            return msgspec.convert(self.raw["media_in"], Media)
        return next((msgspec.convert(self.raw[k], t) for k, t in GIVEN.items() if k in self.raw), None)

    @property
    def response(self) -> Response:
        said = self.raw["response"]
        body = json.dumps(said["json"]).encode() if "json" in said else said.get("body", "").encode()
        return Response(status=said["status"], headers=said.get("headers", {}), body=body)


def cases(folder: Path) -> tuple[Case, ...]:
    """The written exchanges of one provider."""
    return tuple(Case(file.stem, json.loads(file.read_text())) for file in sorted(folder.glob("*.json")))


def operation(provider: Provider, name: str) -> Exchange[Any, Any]:
    found = getattr(provider, name)
    assert isinstance(found, Exchange), f"{provider.name} has no {name}"
    return found


def plain(value: Any) -> Any:
    """A value as it stands in a JSON file: a tuple becomes a list."""
    return msgspec.json.decode(msgspec.json.encode(value))


def meaning(decode: Callable[[], Any]) -> dict[str, Any]:
    """What an answer means, in the words of a written exchange."""
    try:
        got = decode()
    except Weather as weather:
        said = {"cause": weather.cause.value, "message": weather.message, "retry_after": weather.retry_after}
        return {"weather": {k: v for k, v in said.items() if v is not None}}
    except Malformed:
        return {"malformed": True}
    match got:
        case None:
            return {"nothing": True}
        case Report():
            return {"report": plain(got)}
        case Next():
            return {"next": plain(got)}
        case Media():
            return {"media": plain(got)}
        case tuple():
            return {"reports": plain(got)}
        case dict():
            return {"credits": got}
        case list():
            return {"models": got}
    raise AssertionError(f"a decoder returned {got!r}")


# --- laws of the written exchanges --------------------------------------------------------------------------------


def holds(provider: Provider, case: Case) -> None:
    """The request is what is written, and the answer means what is written."""
    raw = case.raw
    assert raw.get("source"), "an exchange names its source"
    told = {key: raw[key] for key in MEANINGS if key in raw}
    assert len(told) == 1, "an exchange says one thing"
    exchange = operation(provider, case.operation)
    assert raw["request"] == written(exchange.encode(case.given))
    assert told == meaning(lambda: exchange.decode(case.given, case.response))


MEANINGS = ("report", "reports", "media", "next", "credits", "models", "weather", "malformed", "nothing")


def written(request: Request) -> dict[str, Any]:
    """A request as a written exchange shows it: without the fields that are empty."""
    fields = plain(request)
    return {key: value for key, value in fields.items() if value not in (None, {}, [], ())}


def complete(provider: Provider, all_cases: tuple[Case, ...]) -> None:
    """There is an exchange for every operation, for success and for failure."""
    told = {(case.operation, *said(case)) for case in all_cases}
    final = "poll" if provider.poll else "submit"
    wanted = {("submit", "failed"), (final, "succeeded")}
    if provider.poll:
        wanted |= {("submit", "queued"), ("poll", "running"), ("poll", "failed"), ("poll", "weather")}
    accepted = {("submit", "queued"), ("submit", "running")}
    missing = {item for item in wanted if item not in told and not (item in accepted and accepted & told)}
    assert missing == set()
    optional = ("find", "cancel", "upload", "poll_many", "credits", "models")
    assert {name for name in optional if getattr(provider, name)} <= {operation for operation, _ in told}


def said(case: Case) -> tuple[str]:
    report = case.raw.get("report")
    return (report["state"],) if report else (next(key for key in MEANINGS if key in case.raw),)


# --- laws of decoding -----------------------------------------------------------------------------------------------


def total(provider: Provider, case: Case, response: Response) -> dict[str, Any]:
    """Any answer is a coherent report, `Malformed` or `Weather`; no HTTP error on a poll ends a task."""
    exchange = operation(provider, case.operation)
    given = case.given
    got = meaning(lambda: exchange.decode(given, response))
    reports = got.get("reports", [got["report"]] if "report" in got else [])
    for report in (one for one in reports if one is not None):
        coherent(provider, case.operation, msgspec.convert(report, Report))
        if case.operation != "submit" and response.status in RULE_7:
            assert report["state"] not in {"failed", "succeeded", "cancelled"}
    if case.operation == "submit":
        assert "weather" not in got, "an HTTP error on submit is a refusal: a report"
    for count in got.get("credits", {}).values():
        assert isinstance(count, int)
        assert 0 <= count < 2**63
    assert all(isinstance(name, str) for name in got.get("models", []))
    return got


def coherent(provider: Provider, name: str, report: Report) -> None:
    """A report that the engine can act on and the store can keep."""
    assert report.state in SPOKEN
    assert (report.failure is not None) == (report.state is State.FAILED)
    assert report.progress is None or 0 <= report.progress <= 1
    assert report.retry_after is None or report.retry_after >= 0
    assert all(isinstance(n, int) and 0 <= n < 2**63 for n in report.usage.values())
    assert report.handle is None or report.handle != {}
    if report.failure is not None:
        assert report.failure.message.strip()
        assert len(report.failure.message) <= 1000
        assert len(report.failure.code) <= 100
    if report.state is State.SUCCEEDED:
        assert [o for o in report.outputs if not o.provisional], "a success has a result"
    if name == "submit":
        assert report.state is not State.CANCELLED
        assert report.handle or report.state.final, "without a handle the task could not be found again"
    assert len({output.id for output in report.outputs}) == len(report.outputs)
    for output in report.outputs:
        links = ("https://", "http://", "/") if provider.local or output.signed else ("https://", "http://")
        assert output.failure or output.blob or output.url.startswith(links)
    assert report == msgspec.json.decode(msgspec.json.encode(report), type=Report)


def bruises(example: Any) -> Iterator[Any]:
    """The value with each node removed and replaced by each odd value."""
    yield from ODD
    for path in nodes(example):
        for change in (REMOVED, *ODD):
            bruised = copy.deepcopy(example)
            holder = bruised
            for step in path[:-1]:
                holder = holder[step]
            if change is REMOVED:
                holder.pop(path[-1])
            else:
                holder[path[-1]] = change
            yield bruised


REMOVED = object()


def nodes(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node below the root."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in steps:
        yield (*path, key)
        yield from nodes(item, (*path, key))


def bruised_answers(case: Case) -> Iterator[Response]:
    """The written answer, bruised; and under every status."""
    said = case.raw["response"]
    if "json" in said:
        for value in bruises(said["json"]):
            yield Response(status=said["status"], headers=case.response.headers, body=dumped(value))
    for status in STATUSES:
        yield Response(status=status, headers=case.response.headers, body=case.response.body)
    for body in (
        b"",
        b"\xff\xfe",
        b"<html>",
        b"null",
        b"[" * 100_000,
        b'{"id":' * 10_000,
        case.response.body[:-1],
    ):
        yield Response(status=said["status"], body=body)
    file = Blob(path="/data/answer", size=1, sha256="ab" * 32, media_type="video/mp4")
    yield Response(status=said["status"], headers={"retry-after": "later"}, body=file)


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


# --- laws of encoding -----------------------------------------------------------------------------------------------


def well_made(provider: Provider, make: Callable[[], Request]) -> Request:
    """Repeatable, fit to be stored, addressed to the provider's own hosts."""
    request = make()
    assert make() == request
    assert msgspec.json.encode(request)
    assert [name for name in request.headers if name != name.lower()] == []
    assert sum(part not in (None, ()) for part in (request.json, request.parts, request.content)) <= 1
    parts = urlsplit(request.url)
    if parts.netloc:
        assert parts.scheme == "https"
        assert any(fnmatch(parts.hostname or "", host) for host in provider.hosts), (
            f"{parts.hostname} is a stranger"
        )
    else:
        assert request.url.startswith("/")
    return request


def signed_in_headers_alone(provider: Provider, request: Request) -> None:
    """The signature changes headers and nothing else, and the secret half of a pair never travels."""
    signed = provider.sign(request, CREDENTIAL, NOW)
    assert msgspec.structs.replace(signed, headers=request.headers) == request
    assert CREDENTIAL.secret not in repr(signed)
    assert signed == provider.sign(request, CREDENTIAL, NOW)
    assert dict(request.headers).items() <= dict(signed.headers).items()
    if not provider.local:
        assert signed.headers != request.headers


def priced(provider: Provider, order: Order) -> None:
    """What is about to be bought is a positive whole number of millionths of something."""
    facts = provider.facts(order)
    assert facts == provider.facts(order)
    bare = msgspec.structs.replace(order, task_id="", callback_url=None, media=())
    assert facts == provider.facts(bare), "a price is told before the media are made ready"
    assert facts.units != {}
    for unit, quantity in facts.units.items():
        assert unit
        assert isinstance(quantity, int)
        assert not isinstance(quantity, bool)
        assert 0 < quantity < 2**63
    assert all(isinstance(value, str) and value for value in facts.dimensions.values())
    assert set(DIMENSIONS) >= facts.dimensions.keys(), "rows of prices name these: see framegate.core.money"


def order_of(offer: Offer, **changes: Any) -> Order:
    """An order that the offer can express: with all the inputs that it can take."""
    spec = {
        "kind": offer.kind,
        "model": "public-name",
        "prompt": "" if offer.prompt_limit == 0 else "a red fox",
        "seconds": offer.seconds[0] if offer.seconds else None,
        "size": offer.sizes[0] if offer.sizes else None,
        "aspect": offer.aspects[0] if offer.aspects else None,
        "resolution": offer.resolutions[0] if offer.resolutions else None,
        "count": offer.count,
    }
    roles = changes.pop("roles", offer.roles)
    model = "a-new-model" if offer.model == "*" else offer.model
    inputs = tuple(Input(role=role, url="", media=f"med_{role}") for role in roles)
    return Order(
        spec=Spec(**{**spec, "inputs": inputs, **changes}),
        model=model,
        task_id="task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
        callback_url="https://gateway.example/callbacks/1",
        media=tuple(media_of(role) for role in roles),
    )


def media_of(role: Role, size: int = 120_000) -> Media:
    types = {Role.VIDEO: "video/mp4", Role.AUDIO: "audio/mpeg"}
    blob = Blob(path=f"/data/{role}", size=size, sha256="ab" * 32, media_type=types.get(role, "image/png"))
    return Media(role=role, blob=blob, url=f"https://gateway.example/v1/media/{role}?_jwt=t")
