"""The named SQL of `sql/*.sql`.

Each statement: `-- name: x`, a line that describes it, the text; a variant for one database follows as `-- sqlite:` or
`-- postgres:`. PostgreSQL takes a parameter's type from its first use that tells: where none does, or the first is a
comparison with a small number, the text says `CAST(:x AS BIGINT)`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

FOLDER = Path(__file__).parent / "sql"
PARAMETER = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
Kind = Literal["sqlite", "postgres"]


class Statement(NamedTuple):
    """One statement for one database. `params` are its parameter names in order of first use."""

    name: str
    about: str
    text: str
    params: tuple[str, ...]


@cache
def load(kind: Kind) -> dict[str, Statement]:
    """Every statement, for one database. Raises `ValueError` for a name used twice or without a description."""
    found: dict[str, Statement] = {}
    for path in sorted(FOLDER.glob("*.sql")):
        for block in re.split(r"(?m)^-- name: ", path.read_text())[1:]:
            name, _, rest = block.partition("\n")
            statement = parse(name.strip(), rest, kind)
            if statement.name in found or not statement.about:
                raise ValueError(f"{path.name}: {statement.name} is there twice or is not described")
            found[statement.name] = statement
    return found


def parse(name: str, rest: str, kind: Kind) -> Statement:
    """One block after its `-- name:` line."""
    about: list[str] = []
    body: dict[str, list[str]] = {"both": [], "sqlite": [], "postgres": []}
    target = "both"
    for line in rest.splitlines():
        if line.startswith(("-- sqlite:", "-- postgres:")):
            target = line[3:].split(":")[0]
        elif line.startswith("--"):
            about.append(line[2:].strip())
        else:
            body[target].append(line)
    text = "\n".join(body[kind] if any(body[kind]) else body["both"]).strip().rstrip(";")
    params = tuple(dict.fromkeys(PARAMETER.findall(text)))
    return Statement(name, " ".join(about), text, params)
