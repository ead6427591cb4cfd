"""The matrix as a page of the documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from matrix.walk import OURS, PROVIDERS, REASONS, Cell, cells

PATH = Path(__file__).parent.parent.parent / "docs" / "matrix.md"
WORDS = ("exact", "adapted", "refused")
HEAD = """# Any to any: the matrix

<!-- Written by `make matrix`; a test fails while it is stale. -->

Every documented request of every dialect, sent to every provider: **exact / adapted / refused**. Each goes to the
provider's model that takes it best: the one of the same name, else the one for which the least must be changed. The
requests are the written dialogues in `tests/dialogues` and the examples of the reference.

- **exact**: the upstream is asked for just what the client asked for.
- **adapted**: something was changed by a rule, and the answer says what (`adapted`, and the header
  `x-framegate-adapted`). A route with `policy = "strict"` refuses these instead.
- **refused**: the provider cannot do it, and the client is told why before anything is bought.

Nothing is dropped in silence: for every request the test changes each field that was said, and demands that the order,
the notes or the refusal change with it.
"""


def page() -> str:
    """The whole page."""
    everything = cells()
    dialects = sorted({cell.asked.dialect for cell in everything})
    counts = Counter((cell.asked.dialect, cell.provider, cell.way.word) for cell in everything)
    lines = [HEAD, *table(dialects, counts), "", *unheard()]
    for dialect in dialects:
        lines += ["", f"## {dialect}"]
        for provider in PROVIDERS:
            chosen = [c for c in everything if (c.asked.dialect, c.provider) == (dialect, provider)]
            lines += details(provider, chosen)
    return "\n".join(lines).rstrip() + "\n"


def table(dialects: Iterable[str], counts: Counter[tuple[str, str, str]]) -> Iterator[str]:
    yield "| from \\ to | " + " | ".join(PROVIDERS) + " |"
    yield "|---" * (len(PROVIDERS) + 1) + "|"
    for dialect in dialects:
        row = (" / ".join(str(counts[dialect, provider, word]) for word in WORDS) for provider in PROVIDERS)
        yield f"| [{dialect}](#{dialect}) | " + " | ".join(row) + " |"


def unheard() -> Iterator[str]:
    yield "Fields that are not for an upstream:"
    yield ""
    yield from (f"- `{field}`: {why}" for field, why in OURS.items())
    yield ""
    yield "Fields that may go unheard, and when:"
    yield ""
    for known in REASONS:
        where = "" if known.provider == "*" else f" at {known.provider}"
        yield f"- `{known.field}`{where}: {known.why}"


def details(provider: str, chosen: list[Cell]) -> Iterator[str]:
    """What is adapted and what is refused at one provider: each note with the requests that it is about."""
    notes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cell in chosen:
        told = cell.way.notes if cell.way.order is not None else (cell.way.why,)
        for note in told:
            notes[cell.way.word, note].append(cell.asked.name)
    if not notes:
        return
    yield ""
    yield f"### {chosen[0].asked.dialect} → {provider}"
    for word in ("adapted", "refused"):
        found = {note: names for (kind, note), names in notes.items() if kind == word}
        if found:
            yield ""
            yield f"{word.capitalize()}:"
            yield ""
        for note, names in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            yield f"- {note} (`{'`, `'.join(names[:2])}`{more})"
