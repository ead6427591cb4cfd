"""Written dialogues, and how one is played.

A dialogue is `tests/dialogues/<dialect>/<case>.json`: its `source`, the client's `request`, the `spec` it means (or the
`trouble` it gets), the `task` as it stands when it is answered, and the `response`. A dialogue whose request makes no
task (show, cancel, delete) holds the task's spec in `task.spec`. A list holds `filter` and `tasks`, an account
`wallet`, a character its `naming`, a download the `file` it picks, a streamed conversation `tasks` and the `pieces`
they are told in.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from contract.dialect_laws import SLOT, WALLET, decoded, task_of, typed
from framegate.core.dialect import (
    Account,
    Call,
    Cancel,
    Converse,
    Delete,
    Dialect,
    Download,
    Fixed,
    List,
    Name,
    Page,
    Receive,
    Route,
    Show,
    Submit,
    Trouble,
    Upload,
    Uploaded,
    Wallet,
)
from framegate.core.task import Kind, Spec, Task
from framegate.core.wire import Response

DIALOGUES = Path(__file__).parent.parent / "dialogues"
CASES = {
    f"{file.parent.name}/{file.stem}": json.loads(file.read_text())
    for file in sorted(DIALOGUES.glob("*/*.json"))
}


def picked(dialect: Dialect, route: Download, call: Call, case: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"file": route.pick(call, fixture(dialect, case["task"]))}
    except Trouble as trouble:
        return {"trouble": {"problem": trouble.problem.code, "field": trouble.field}}


def answered(dialect: Dialect, route: Route, call: Call, case: dict[str, Any]) -> Response:
    body = case["request"].get("json")
    if isinstance(route, Submit | Converse):
        spec = decoded(route, body, call)
        assert case["spec"] == json.loads(msgspec.json.encode(spec))
        task = fixture(dialect, {**case.get("task", {}), "spec": with_media(spec)})
        if isinstance(route, Submit):
            return route.encode(task)
        call = msgspec.structs.replace(call, body=typed(route, body), raw=body)
        if "pieces" in case:
            told = [
                fixture(dialect, {**step, "spec": msgspec.to_builtins(with_media(spec))})
                for step in case["tasks"]
            ]
            pairs = zip(told, [None, *told], strict=False)
            assert case["pieces"] == [list(route.pieces(call, now, last)) for now, last in pairs]
        return route.encode(call, task)
    if isinstance(route, Account):
        return route.encode(
            call, msgspec.convert(msgspec.to_builtins(WALLET) | case.get("wallet", {}), Wallet)
        )
    if isinstance(route, Fixed):
        return route.encode(call)
    if isinstance(route, Delete):
        task = fixture(dialect, case["task"])
        if route.check:
            route.check(task)
        return route.encode(task)
    if isinstance(route, Show | Cancel):
        return route.encode(fixture(dialect, case["task"]))
    if isinstance(route, List):
        if route.body:
            call = msgspec.structs.replace(call, body=typed(route, body), raw=body)
        wanted = route.decode(call)
        assert case["filter"] == json.loads(msgspec.json.encode(wanted))
        tasks = tuple(fixture(dialect, task) for task in case["tasks"])
        return route.encode(Page(tasks, case.get("next"), case.get("total", 0), wanted))
    if isinstance(route, Name):
        naming = decoded(route, body, call)
        assert case["naming"] == msgspec.to_builtins(naming)
        return route.encode(msgspec.structs.replace(SLOT, filename=naming.name))
    assert isinstance(route, Upload | Uploaded | Receive)
    filename = decoded(route, body, call) if isinstance(route, Upload) else "photo.jpg"
    return route.encode(msgspec.structs.replace(SLOT, filename=filename))


def fixture(dialect: Dialect, given: dict[str, Any]) -> Task:
    """The standing task with what the dialogue says of it."""
    standing = msgspec.to_builtins(task_of(dialect, Spec(kind=Kind.VIDEO, model="gen3a_turbo")))
    return msgspec.convert(standing | msgspec.to_builtins(given), Task)


def with_media(spec: Spec) -> Spec:
    """The spec after intake: its inputs are stored as med_0, med_1 …"""
    stored = (
        msgspec.structs.replace(
            item, url=item.url if item.url.startswith("http") else "", media=f"med_{index}"
        )
        for index, item in enumerate(spec.inputs)
    )
    return msgspec.structs.replace(spec, inputs=tuple(stored))
