"""`framegate config export|diff|apply`: the configuration as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from framegate.cli.running import Data, with_admin
from framegate.engine.configuring import ConfigRow
from framegate.settings import SECTIONS, read_file

config = typer.Typer(help="The configuration as a file.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    app.add_typer(config, name="config")


File = Annotated[Path, typer.Argument(help="A framegate.toml.")]


@config.command()
def export(data: Data = None) -> None:
    """Print the configuration's rows as a framegate.toml; a sealed credential stays where it is."""
    for section, kind in SECTIONS.items():
        for row in with_admin(data, lambda _, admin, kind=kind: admin.rows(kind)):
            print(table(section, row))


@config.command()
def diff(file: File, data: Data = None) -> None:
    """What `apply` would change."""
    documents = read_file(file).documents

    for change in with_admin(data, lambda _, admin: admin.changes(documents)) or [("nothing",)]:
        print(" ".join((VERBS.get(change[0], change[0]), *change[1:])))


VERBS = {"added": "add", "changed": "change", "removed": "remove"}


@config.command()
def apply(file: File, data: Data = None) -> None:
    """Make the file's rows what the file says."""
    documents = read_file(file).documents
    for line in with_admin(data, lambda _, admin: admin.apply(documents), new=True) or ["nothing changed"]:
        print(line)


def table(section: str, row: ConfigRow) -> str:
    """One row as TOML. What a file has no word for, such as a price that is paused, stands in a comment."""
    document: dict[str, Any] = dict(row.document)
    if row.paused and row.kind in PAUSABLE:
        document["paused"] = True
    lines = [f"[[{section}]]", *(f"{k} = {toml(v)}" for k, v in document.items() if v not in (None, {}, []))]
    if row.paused and row.kind not in PAUSABLE:
        lines = ["# paused:", *(f"# {line}" for line in lines)]
    return "\n".join(lines) + "\n"


PAUSABLE = ("upstream", "route")


def toml(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A JSON value as inline TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            pairs = cast("dict[str, Any]", value)
            return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in pairs.items()) + " }"
        case list():
            return "[" + ", ".join(toml(v) for v in cast("list[Any]", value)) + "]"
        case str():
            import json  # noqa: PLC0415 - JSON strings are TOML strings

            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
