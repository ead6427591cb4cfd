"""The laws that every dialect keeps, over all that there are and over every written dialogue (see `dialogues`)."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from contract.bruises import at, bruises, nodes
from contract.dialect_laws import (
    ARTIFACTS,
    DIALECTS,
    SLOT,
    SUBMITS,
    WALLET,
    decoded,
    find,
    fits,
    read,
    shape,
    task_of,
    tasks_of,
)
from contract.dialogues import CASES, answered, picked
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
    Name,
    Page,
    Problem,
    Show,
    Submit,
    Trouble,
    Upload,
    Uploaded,
    Watch,
)
from framegate.core.task import Kind, Spec, State
from framegate.core.wire import Request
from framegate.dialects import load

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
    bodies = [route.body for route in dialect.routes if isinstance(route, Submit | Upload | Name | Converse)]
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
    bodies = [route.body for route in dialect.routes if isinstance(route, Submit | Name | Converse)]
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
                if (
                    response.status >= 400
                ):  # a task that failed is told like a trouble, not in the route's type
                    assert shape(read(dialect.encode_trouble(Trouble(Problem.INVALID, "x")))) == shape(
                        answered
                    )
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
