"""How the tables of Runway's developer API are written and read: which model takes which fields, and which values.

A line is `model model: field field! field=VALUES field~VALUES`: `!` must be there, `=` lists all the values that there
are, `~` lists words that are taken beside numbers or sizes. VALUES names a set, or is the words themselves, `4/6/8`.
A line that begins with spaces goes on with the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from framegate.core.checks import check_known
from framegate.core.dialect import invalid

NUMBERS = ("duration", "scaleFactor", "outputCount", "sampleRate")
"""Fields whose values are numbers on the wire."""
Values = tuple[str | int, ...]


class Rule(NamedTuple):
    """What a model says of a field. `values` is empty where any will do; else others are refused unless `more`."""

    required: bool
    values: Values = ()
    more: bool = False


Row = Mapping[str, Rule]
Table = Mapping[str, Row]


def words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


def table(text: str, sets: Mapping[str, tuple[str, ...]]) -> Table:
    """The rows by model."""
    lines = text.replace("\n    ", " ").split("\n")
    found: dict[str, Row] = {}
    for line in filter(str.strip, lines):
        models, _, fields = line.partition(":")
        row = dict(rule(field, sets) for field in fields.split())
        found |= {model: {"model": Rule(required=True), **row} for model in models.split()}
    return found


def rule(text: str, sets: Mapping[str, tuple[str, ...]]) -> tuple[str, Rule]:
    """`"duration!=4/6/8"` → `("duration", Rule(True, (4, 6, 8)))`."""
    mark = next((mark for mark in "=~" if mark in text), "")
    name, _, listed = text.partition(mark) if mark else (text, "", "")
    field = name.rstrip("!")
    given = sets.get(listed) or tuple(filter(None, listed.split("/")))
    values: Values = tuple(int(v) if field in NUMBERS and v.isdigit() else v for v in given)
    return field, Rule(name.endswith("!"), values, mark == "~")


def check_row(raw: Mapping[str, Any], row: Row, model: str) -> None:
    """Raises `Trouble` for a field or a value that the model has not, or a field that it misses. Null is absent."""
    unknown = next((name for name, value in raw.items() if name not in row and value is not None), None)
    if unknown is not None:
        raise invalid(
            unknown[:100], f"{unknown[:100]} is no field of {model} here; it takes {', '.join(row)}"
        )
    for name, said in row.items():
        value = raw.get(name)
        if value is None:
            if said.required:
                raise invalid(name, f"{name} is required for {model}{one_of(said.values)}")
        elif said.values and value not in said.values and not (said.more and fits(name, value)):
            raise invalid(name, f"{name} must be one of {listed(said)} for {model}")


def fits(name: str, value: object) -> bool:
    """Whether a value may stand beside the words that are listed: seconds, or width and height."""
    if name in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and value.replace(":", "", 1).isdecimal()


def listed(said: Rule) -> str:
    text = ", ".join(map(str, said.values))
    return f"{text}, or a number" if said.more else text


def one_of(values: Values) -> str:
    return f": one of {', '.join(map(str, values))}" if values else ""


def row_of(  # noqa: PLR0913 - a model, and where it is looked for
    raw: Mapping[str, Any],
    model: str,
    here: Table,
    path: str,
    elsewhere: Iterable[Table],
    fields: Iterable[str],
) -> None:
    """Check a request against its model's row. A name that no table has is the operator's own: it may say all that the
    path knows. Raises `Trouble`.
    """
    if model in here:
        check_row(raw, here[model], model)
        return
    if any(model in other for other in elsewhere):
        raise invalid("model", f"{model} is no model of {path}; there are {', '.join(here)}")
    check_known(raw, fields)
