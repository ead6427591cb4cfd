"""Migrations: numbered files, each applied once, in order.

`NNNN_name.sql` is for both databases, `NNNN_name.sqlite.sql` and `NNNN_name.postgres.sql` for one.
"""

from __future__ import annotations

from pathlib import Path

from framegate.store.statements import Kind

FOLDER = Path(__file__).parent / "migrations"


class TooNew(Exception):
    """The database was written by a newer version of the program."""


def scripts(kind: Kind, applied: int) -> list[tuple[int, str]]:
    """The scripts still to run for a database at version `applied`, by number. Raises `TooNew`."""
    found: dict[int, list[str]] = {}
    for path in sorted(FOLDER.glob("*.sql"), key=lambda p: (p.name[:4], len(p.suffixes), p.name)):
        number, *variant = int(path.name[:4]), *path.name.split(".")[1:-1]
        if not variant or variant[0] == kind:
            found.setdefault(number, []).append(path.read_text())
    newest = max(found)
    if applied > newest:
        raise TooNew(f"the database is at version {applied}, this program knows {newest}: upgrade Framegate")
    return [(number, "\n".join(texts)) for number, texts in sorted(found.items()) if number > applied]
