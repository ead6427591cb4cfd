"""Runway's tables, held against the vendor's own SDK: each model's fields, required fields and listed values."""

from __future__ import annotations

import importlib
import json
from typing import Any, get_type_hints

import pytest

from contract.test_runway_types import MODULES, fields_of, literal_only, values
from framegate.core.dialect import Call, Period, Problem, Submit, Trouble
from framegate.core.wire import Request
from framegate.dialects import load
from framegate.dialects.runway.developer_encode import period_of
from framegate.dialects.runway.developer_requests import TABLES, check_version
from framegate.dialects.runway.developer_rows import Row, table
from framegate.dialects.runway.developer_shapes import Period as Asked

DIALECT = load()["runwayml"]
ROWS = [(path, model, row) for path, rows in TABLES.items() for model, row in rows.items()]
each_row = pytest.mark.parametrize(("path", "model", "row"), ROWS, ids=[f"{p}/{m}" for p, m, _ in ROWS])
MODELS = {
    path: {
        model
        for candidate in vars(importlib.import_module(module)).values()
        if isinstance(candidate, type) and "model" in getattr(candidate, "__annotations__", {})
        for model in values(get_type_hints(candidate, include_extras=True)["model"])
    }
    for path, module in MODULES.items()
}


@pytest.mark.parametrize("path", TABLES)
def test_every_model_of_a_path_has_a_row(path: str) -> None:
    assert MODELS[f"/v1/{path}"] == set(TABLES[path])


@each_row
def test_a_row_has_the_models_fields(path: str, model: str, row: Row) -> None:
    known = fields_of(f"/v1/{path}", model)
    assert {name: field.required for name, field in known.items()} == {
        name: rule.required for name, rule in row.items()
    }


@each_row
def test_a_row_lists_the_models_values(path: str, model: str, row: Row) -> None:
    for name, field in fields_of(f"/v1/{path}", model).items():
        if name == "model":
            continue
        if literal_only(field.type):
            assert (set(values(field.type)), False) == (set(row[name].values), row[name].more), name
        elif row[name].values:
            assert (set(values(field.type)), True) == (set(row[name].values), row[name].more), name


@each_row
def test_every_field_of_a_row_is_typed(path: str, model: str, row: Row) -> None:
    [route] = [r for r in DIALECT.routes if isinstance(r, Submit) and r.path.endswith(f"/v1/{path}")]
    assert [] == [name for name in row if name not in route.body.__struct_encode_fields__], model


def test_a_table_is_read() -> None:
    found = table("a b: x! y=ONE\n    duration~auto\nc: duration!=4/6", {"ONE": ("p q", "r")})
    assert found["a"] == found["b"]
    assert [
        ("model", True, ()),
        ("x", True, ()),
        ("y", False, ("p q", "r")),
        ("duration", False, ("auto",)),
    ] == [(name, rule.required, rule.values) for name, rule in found["a"].items()]
    assert (4, 6) == found["c"]["duration"].values


def asked(version: str | None) -> Request:
    headers = {} if version is None else {"x-runway-version": version}
    return Request(method="GET", url="/", headers=headers)


def test_the_version_is_looked_at() -> None:
    check_version(asked("2024-11-06"))
    for version, words in ((None, "it was missing"), ("2024-09-13", "it was '2024-09-13'")):
        with pytest.raises(Trouble, match=words) as caught:
            check_version(asked(version))
        assert Problem.MALFORMED is caught.value.problem


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        (None, None, Period()),
        ("1970-01-02", None, None),
        ("2026-01-01", None, Period(1_767_225_600_000)),
        (None, "2026-01-01", Period(None, 1_767_225_600_000)),
        ("2026-01-01", "2026-04-01", Period(1_767_225_600_000, 1_775_001_600_000)),
        ("2026-01-01", "2026-04-02", None),
        ("2026-01-02", "2026-01-02", None),
        ("20260101", None, None),
        ("2026-02-30", None, None),
    ],
)
def test_a_period_is_whole_days(start: str | None, end: str | None, period: Period | None) -> None:
    call = Call(body=Asked(start_date=start, before_date=end))
    if period is None:
        with pytest.raises(Trouble, match="Date must be"):
            period_of(call)
    else:
        assert period == period_of(call)


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (Problem.INVALID, 400, "promptImage or character: too small"),
        (Problem.OUT_OF_CREDIT, 400, "You do not have enough credits"),
        (Problem.UNAUTHENTICATED, 401, "too small"),
        (Problem.BUSY, 429, "too small"),
        (Problem.UNAVAILABLE, 503, "too small"),
    ],
)
def test_a_trouble_is_one_sentence(problem: Problem, status: int, words: str) -> None:
    answer = DIALECT.encode_trouble(Trouble(problem, "too small", field="first_frame"))
    assert isinstance(answer.body, bytes)
    body: Any = json.loads(answer.body)
    assert (status, ["error"], True) == (answer.status, list(body), words in body["error"])
