"""The laws that every dialect keeps, run over every dialect there is and over every written dialogue.

A dialogue is `tests/dialogues/<dialect>/<case>.json`: its `source`, the client's `request`, the `spec` it means (or the
`trouble` it gets), the `task` as it stands when it is answered, and the `response`. A dialogue whose request makes no
task (show, cancel, delete) holds the task's spec in `task.spec`. A list holds `filter` and `tasks`, an account
`wallet`, a download the `file` it picks, a streamed conversation `tasks` and the `pieces` they are told in.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from framegate.core.dialect import (
    Account,
    Call,
    Cancel,
    Converse,
    Delete,
    Dialect,
    Download,
    Fixed,
    Identity,
    List,
    Page,
    Problem,
    Receive,
    Route,
    Show,
    Slot,
    Submit,
    Trouble,
    Upload,
    Uploaded,
    Wallet,
    Watch,
)
from framegate.core.money import Quote
from framegate.core.task import Artifact, Cause, Failure, Kind, Spec, State, Task
from framegate.core.wire import Request, Response
from framegate.dialects import load

DIALECTS = load()
DIALOGUES = Path(__file__).parent.parent / "dialogues"
CASES = {
    f"{file.parent.name}/{file.stem}": json.loads(file.read_text())
    for file in sorted(DIALOGUES.glob("*/*.json"))
}
SUBMITS = [
    (dialect, route)
    for dialect in DIALECTS.values()
    for route in dialect.routes
    if isinstance(route, Submit) and route.examples
]
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2.5,
    1e300,
    2**63,
    2**64,
    -(10**40),
    "",
    " ",
    "x",
    "1",
    "\x00",
    "\N{PILE OF POO}" * 3,
    "x" * 100_000,
    "0:0",
    "99999x1",
    "http://",
    "data:,",
    [],
    [None],
    ["x", {}],
    {},
    {"role": None, "url": []},
    {"init_image": 1, "gen2Options": {"gen2Options": 5}},
)
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


def typed(route: Submit | Upload | Converse | List, body: Any) -> Any:
    """The body as web types it. Raises `Trouble` where web would."""
    try:
        return msgspec.convert(body, route.body, strict=True) if route.body else None
    except msgspec.ValidationError as error:
        path = re.search(r"`\$\.?(.*)`$", str(error))
        raise Trouble(Problem.INVALID, str(error), field=path[1] if path else None) from None


def decoded(route: Submit | Upload | Converse, body: Any, call: Call | None = None) -> Any:
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


def nodes(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node below the root."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in steps:
        yield (*path, key)
        yield from nodes(item, (*path, key))


def bruises(example: Any) -> Iterator[tuple[str, Any]]:
    """The example with each node removed, renamed, and replaced by each odd value; and odd values in its place."""
    for odd in ODD:
        yield f"all = {odd!r:.40}", odd
    for path in nodes(example):
        for change in ("removed", "renamed", *ODD):
            bruised = copy.deepcopy(example)
            holder = bruised
            for step in path[:-1]:
                holder = holder[step]
            if change in ("removed", "renamed"):
                old = holder.pop(path[-1])
                if change == "renamed" and isinstance(holder, dict):
                    holder[f"{path[-1]}_"] = old
            else:
                holder[path[-1]] = change
            yield f"{path} {change!r:.40}", bruised


def find(dialect: Dialect, method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request, and its path variables; a fixed path goes before one with variables."""
    for route in sorted(dialect.routes, key=lambda route: "{" in route.path):
        verb, _, pattern = route.path.partition(" ")
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
        if verb == method and found:
            return route, found.groupdict()
    raise AssertionError(f"{dialect.name} has no route for {method} {path}")


ACCEPTED = {
    f"{dialect.name}:{route.path}": (dialect, route, route.examples["request"]) for dialect, route in SUBMITS
} | {
    name: (
        dialect,
        find(dialect, case["request"]["method"], case["request"]["path"])[0],
        case["request"]["json"],
    )
    for name, case in CASES.items()
    if "spec" in case and (dialect := DIALECTS[name.partition("/")[0]])
}
every_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
every_submit = pytest.mark.parametrize(
    ("dialect", "route"), SUBMITS, ids=[f"{dialect.name}:{route.path}" for dialect, route in SUBMITS]
)
every_case = pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)


def test_the_first_two_dialects_are_found() -> None:
    assert {"native", "runway"} <= set(DIALECTS)
    assert list(DIALECTS) == [dialect.name for dialect in DIALECTS.values()]


def test_two_dialects_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("copy_one", "copy_two"):
        (tmp_path / f"{module}.py").write_text("from framegate.dialects.native.tasks import DIALECT\n")
        monkeypatch.setitem(
            sys.modules, f"framegate.dialects.{module}", import_from(tmp_path / f"{module}.py")
        )
    monkeypatch.setattr("framegate.dialects.__path__", [str(tmp_path)])
    with pytest.raises(ValueError, match=r"copy_two and another module are both called 'native'"):
        load()


SLOT = Slot(
    "up_1",
    "a.jpg",
    "https://gateway.example/v1/uploads/up_1?_jwt=t",
    "upload:up_1",
    "https://gateway.example/v1/media/up_1?_jwt=t",
)
WALLET = Wallet(
    account_id="acct_1", name="default", balance=99_500_000_000, held=500_000_000, plan="default", running=1
)


def import_from(file: Path) -> ModuleType:
    """A module at a path of its own; nothing of it stays behind."""
    found = importlib.util.spec_from_file_location(file.stem, file)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@every_dialect
@pytest.mark.parametrize("problem", Problem)
def test_every_trouble_has_words(dialect: Dialect, problem: Problem) -> None:
    trouble = Trouble(
        problem, "the words for the customer", field="seconds", retry_after=3, extra={"price": "0.50"}
    )
    response = dialect.encode_trouble(trouble)
    # A vendor may have a status of its own for it, but never blames the other side.
    assert problem.status // 100 == response.status // 100
    assert "json" in response.headers["content-type"]
    assert "the words for the customer" in json.dumps(read(response))
    assert not re.search(r"Traceback|Problem\.|framegate\.|Trouble\(", json.dumps(read(response)))


@every_dialect
def test_a_trouble_needs_no_field(dialect: Dialect) -> None:
    assert isinstance(read(dialect.encode_trouble(Trouble(Problem.INTERNAL, "request id r-1"))), dict)


@every_dialect
def test_paths_are_well_formed_and_lead_to_one_route(dialect: Dialect) -> None:
    paths = [route.path for other in DIALECTS.values() for route in other.routes]
    for route in dialect.routes:
        assert re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (/[\w.-]+|/\{\w+\})+", route.path)
        assert 1 == paths.count(route.path)
        named = isinstance(route, Cancel | Watch | Uploaded | Delete | Download)
        named |= isinstance(route, Show) and route.find is None
        assert "{id}" in route.path or not named
        assert route.summary


@every_dialect
def test_types_have_a_schema(dialect: Dialect) -> None:
    bodies = [route.body for route in dialect.routes if isinstance(route, Submit | Upload | Converse)]
    answers = [route.answer for route in dialect.routes if route.answer]
    schemas, _ = msgspec.json.schema_components([*bodies, *answers])
    assert len([*bodies, *answers]) == len(list(schemas))


@every_dialect
def test_a_bearer_key_is_recognised(dialect: Dialect) -> None:
    request = Request(method="GET", url="/", headers={"authorization": "bearer fg-1"})
    assert Identity("fg-1") == dialect.identify(request)
    assert dialect.identify(Request(method="GET", url="/")) is None


@every_dialect
def test_the_reference_names_every_path_problem_and_field(dialect: Dialect) -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / f"{dialect.name}.md").read_text()
    bodies = [route.body for route in dialect.routes if isinstance(route, Submit | Converse)]
    words = [route.path for route in dialect.routes] + [problem.code for problem in Problem]
    words += [field for body in bodies for field in body.__struct_encode_fields__]
    assert [] == [word for word in words if word not in text]


@every_submit
def test_the_documented_example_is_accepted_and_answered_in_its_shape(
    dialect: Dialect, route: Submit
) -> None:
    spec = decoded(route, route.examples["request"])
    task = task_of(dialect, spec, input_urls={"": "https://gateway.example/v1/media/med_1?_jwt=t"})
    documented = route.examples.get("response")
    if documented is None:  # another path of a route whose answer is documented elsewhere
        return
    answered = read(route.encode(task))
    assert shape(documented) == shape(answered)
    assert list(nodes(documented)) == list(nodes(answered)), "the order of the fields"
    assert route.answer
    assert fits(documented, route.answer)


@pytest.mark.parametrize(("dialect", "route", "example"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_bruised_request_is_a_spec_or_a_trouble(
    dialect: Dialect, route: Submit | Converse, example: Any
) -> None:
    for what, body in bruises(example):
        try:
            spec = decoded(route, body)
        except Trouble as trouble:
            assert trouble.message, what
            assert 400 <= trouble.problem.status < 500, what
            continue
        kept = msgspec.json.encode(msgspec.structs.replace(spec, inputs=()))
        assert len(kept) < 100_000, what
        assert spec == msgspec.json.decode(msgspec.json.encode(spec), type=Spec), what
        task = task_of(dialect, spec)
        assert read(route.encode(Call(), task) if isinstance(route, Converse) else route.encode(task)), what


@every_submit
def test_a_large_medium_is_kept_once(dialect: Dialect, route: Submit) -> None:
    """Megabytes of base64 may stand in the inputs alone, never in the note that is kept with the task."""
    medium = "data:image/png;base64," + "A" * 200_000
    text = json.dumps(route.examples["request"])
    if '"http' not in text:
        return  # this request starts from words alone
    body = json.loads(re.sub(r"\"https?://[^\"]+\"", json.dumps(medium), text))
    spec = decoded(route, body)
    assert [medium] == [item.url for item in spec.inputs]
    assert medium not in json.dumps(msgspec.to_builtins(msgspec.structs.replace(spec, inputs=())))
    assert medium.encode() not in route.encode(task_of(dialect, spec)).body


@every_dialect
def test_every_answer_is_total_and_fits_its_type(dialect: Dialect) -> None:
    spec = Spec(kind=Kind.VIDEO, model="some-model", prompt="of another dialect")
    own = [decoded(route, route.examples["request"]) for other, route in SUBMITS if other is dialect]
    for task in (task for each in (spec, *own[:1]) for task in tasks_of(dialect, each)):
        for route in dialect.routes:
            if isinstance(route, Submit | Show | Cancel | Delete):
                answered = read(route.encode(task))
            elif isinstance(route, Converse):
                for last in (None, task):
                    assert [
                        piece for piece in route.pieces(Call(), task, last) if not json.dumps(piece)
                    ] == []
                response = route.encode(Call(), task)
                answered = read(response)
                if response.status >= 400:  # a task that failed is told like a trouble, not in the route's type
                    assert shape(read(dialect.encode_trouble(Trouble(Problem.INVALID, "x")))) == shape(answered)
                    continue
            elif isinstance(route, Account):
                answered = read(route.encode(Call(), WALLET))
            elif isinstance(route, Fixed):
                answered = read(route.encode(Call()))
            elif isinstance(route, Download):
                try:
                    picked = route.pick(Call(), task)
                except Trouble:
                    continue
                assert picked.split(".")[0] in {item.id for item in task.artifacts}
                continue
            elif isinstance(route, List):
                answered = read(route.encode(Page((task, task), "cursor")))
            elif isinstance(route, Watch):
                name, answered = route.encode(task)
                assert name.isidentifier()
            else:
                answered = read(route.encode(SLOT))
            assert route.answer is None or fits(answered, route.answer)
        if dialect.encode_notice:
            notice = dialect.encode_notice(task)
            assert notice.json


@every_case
def test_dialogue(name: str, case: dict[str, Any]) -> None:
    dialect = DIALECTS[name.partition("/")[0]]
    request, answer = case["request"], case.get("response", {})
    url = urlsplit(request["path"])
    route, variables = find(dialect, request["method"], url.path)
    call = Call(path=variables, query=dict(parse_qsl(url.query)), headers=request.get("headers", {}))
    if isinstance(route, Download):
        assert picked(dialect, route, call, case) == {
            key: case[key] for key in ("file", "trouble") if key in case
        }
        return
    try:
        response = answered(dialect, route, call, case)
    except Trouble as trouble:
        assert case["trouble"] == {"problem": trouble.problem.code, "field": trouble.field}
        response = dialect.encode_trouble(trouble)
    assert (answer["status"], answer["json"]) == (response.status, read(response))
    assert json.dumps(answer["json"]) == json.dumps(read(response)), "the order of the fields"


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


@every_submit
def test_a_wrong_type_is_refused_by_name(dialect: Dialect, route: Submit) -> None:
    """The length if there is one, else the first text: an object is neither."""
    example = route.examples["request"]
    paths = list(nodes(example))
    leaves = [path for path in paths if path[-1] in {"seconds", "duration"}] or [
        path for path in paths if isinstance(at(example, path), str)
    ]
    body = copy.deepcopy(example)
    at(body, leaves[0][:-1])[leaves[0][-1]] = {"odd": [1]}
    with pytest.raises(Trouble) as caught:
        decoded(route, body)
    assert str(caught.value.field).endswith(str(leaves[0][-1])), dialect.name


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@every_case
def test_a_dialogue_says_where_it_is_from_and_holds_no_secret(name: str, case: dict[str, Any]) -> None:
    assert re.match(r"(documented|observed|chosen) \(.+\)$", case["source"]), name
    text = json.dumps(case)
    assert not re.search(r"sk-\w{8}|fg-\w{8}|[Bb]earer (?!\{\{)|_jwt=eyJ|key_\w{8}", text)


def test_a_seed_of_64_bits_survives() -> None:
    for dialect, body in (
        ("runway", {"taskType": "gen3a", "options": {"text_prompt": "boom", "seed": 2**63 - 1}}),
        ("native", {"model": "gen3a", "prompt": "boom", "seed": 2**63 - 1}),
    ):
        route = next(route for route in DIALECTS[dialect].routes if isinstance(route, Submit))
        spec = decoded(route, json.loads(json.dumps(body)))
        assert 2**63 - 1 == msgspec.json.decode(msgspec.json.encode(spec), type=Spec).seed
        with pytest.raises(Trouble, match="from 0 to 9223372036854775807"):
            decoded(route, json.loads(json.dumps(body).replace(str(2**63 - 1), str(2**63))))


def test_runways_notice_is_the_answer_to_a_query() -> None:
    dialect = DIALECTS["runway"]
    route, _ = find(dialect, "GET", "/runway/v2/tasks/1")
    body = {
        "taskType": "gen3a",
        "options": {"text_prompt": "boom"},
        "notify_hook": "https://example.com/hook",
    }
    submit = next(route for route in dialect.routes if isinstance(route, Submit))
    task = task_of(dialect, decoded(submit, body), state=State.SUCCEEDED, artifacts=ARTIFACTS)
    assert isinstance(route, Show)
    assert dialect.encode_notice
    notice = dialect.encode_notice(task)
    assert ("POST", "https://example.com/hook") == (notice.method, notice.url)
    assert read(route.encode(task)) == notice.json


def test_a_refusal_in_our_words_is_told_in_the_clients_words() -> None:
    trouble = Trouble(Problem.INVALID, "the picture cannot be read", field="first_frame")
    assert "options.init_image" == read(DIALECTS["runway"].encode_trouble(trouble))["error"]["param"]
