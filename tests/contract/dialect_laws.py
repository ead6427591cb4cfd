"""What the laws of dialects are made of: the standing task in all its states, and requests read as web reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from framegate.core.dialect import (
    Call,
    Converse,
    Dialect,
    List,
    Name,
    Problem,
    Route,
    Slot,
    Submit,
    Trouble,
    Upload,
    Wallet,
)
from framegate.core.money import Quote
from framegate.core.task import Artifact, Cause, Failure, Kind, Spec, State, Task
from framegate.core.wire import Response
from framegate.dialects import load

DIALECTS = load()
SUBMITS = [
    (dialect, route)
    for dialect in DIALECTS.values()
    for route in dialect.routes
    if isinstance(route, Submit) and route.examples
]
ARTIFACTS = (
    Artifact(
        id="art_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
        kind=Kind.VIDEO,
        media_type="video/mp4",
        size=12_345_678,
        sha256="ab" * 32,
        seconds=5.209,
        width=1280,
        height=768,
        fps=24.0,
        url="https://gateway.example/v1/artifacts/art_1.mp4?_jwt=t",
        preview_urls=("https://gateway.example/v1/artifacts/art_1-0.jpg?_jwt=t",),
    ),
    Artifact(id="art_2", kind=Kind.MUSIC, media_type="audio/mpeg", size=0, sha256="", fps=23.976),
)
FAILURES = (
    None,
    *(Failure(cause, f"because {cause}") for cause in Cause),
    Failure(Cause.MODERATED, "not allowed", "SAFETY.OUTPUT.VIDEO"),
    Failure(Cause.BROKEN, "", "\x00odd"),
)
SLOT = Slot(
    "up_1",
    "a.jpg",
    "https://gateway.example/v1/uploads/up_1?_jwt=t",
    "upload:up_1",
    "https://gateway.example/v1/media/up_1?_jwt=t",
    1730704359531,
)
WALLET = Wallet(
    account_id="acct_1", name="default", balance=99_500_000_000, held=500_000_000, plan="default", running=1
)


def typed(route: Submit | Upload | Name | Converse | List, body: Any) -> Any:
    """The body as web types it. Raises `Trouble` where web would."""
    try:
        return msgspec.convert(body, route.body, strict=True) if route.body else None
    except msgspec.ValidationError as error:
        path = re.search(r"`\$\.?(.*)`$", str(error))
        raise Trouble(Problem.INVALID, str(error), field=path[1] if path else None) from None


def decoded(route: Submit | Upload | Name | Converse, body: Any, call: Call | None = None) -> Any:
    """What a request means; path variables that no dialogue gives are `some-name`."""
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", route.path), "some-name")
    call = call or Call(path=names)
    return route.decode(msgspec.structs.replace(call, body=typed(route, body), raw=body))


def task_of(dialect: Dialect, spec: Spec, **changes: Any) -> Task:
    made = Task(
        id="task_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
        public_id="7e647762-5b4c-45f9-a4cf-7248f1eec6fc",
        dialect=dialect.name,
        account_id="acct_01K8ZQ3V6T9M2B4C5D6E7F8G9H",
        spec=spec,
        state=State.QUEUED,
        created_at=1730704359531,
        updated_at=1730704359569,
        quote=Quote(total=500_000_000),
        upstream="d94b7b6d-cde7-413d-9408-a7a4009194fe",
    )
    return msgspec.structs.replace(made, **changes)


def tasks_of(dialect: Dialect, spec: Spec) -> Iterator[Task]:
    """A task in every state, with every failure, with and without artifacts."""
    for state in State:
        for failure in FAILURES if state in (State.FAILED, State.EXPIRED) else (None,):
            for artifacts in ((), ARTIFACTS):
                for progress in (None, 0.0, 0.424, 1.0):
                    yield task_of(
                        dialect,
                        spec,
                        state=state,
                        failure=failure,
                        artifacts=artifacts,
                        progress=progress,
                        finished_at=1730704400000 if state.final else None,
                        charged=0 if state.final else None,
                        late=state is State.EXPIRED and bool(artifacts),
                    )


def read(response: Response) -> Any:
    assert isinstance(response.body, bytes)
    return json.loads(response.body) if response.body else None


def fits(value: Any, kind: type[Any]) -> bool:
    """The JSON is of the type, and holds nothing that the type does not name."""
    return value == msgspec.to_builtins(msgspec.convert(value, kind, strict=True))


def shape(value: Any) -> Any:
    """A value with its leaves replaced by the names of their types."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__


def find(dialect: Dialect, method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request, and its path variables; a fixed path goes before one with variables."""
    for route in sorted(dialect.routes, key=lambda route: "{" in route.path):
        verb, _, pattern = route.path.partition(" ")
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
        if verb == method and found:
            return route, found.groupdict()
    raise AssertionError(f"{dialect.name} has no route for {method} {path}")
