"""The page of figures: what was measured last of each, when, on what, and how to measure it again."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from bench import ROOT, processes
from bench.figures import Figure, table

PAGE = ROOT / "docs" / "measurements" / "performance.md"
RECORD = PAGE.with_name("performance.json")
HEAD = """# Performance

Written by `make bench` (`python -m bench`; one measurement alone: `python -m bench requests`). Figures in CPU are
processor time of the gateway's process, all its threads, from `/proc/PID/stat`: unlike wall time they hardly depend on
what else the machine does. Each measurement starts a gateway of its own over a new database; both databases write to
the disk at every commit (SQLite `synchronous=FULL`, PostgreSQL `fsync=on`). Data lies under `TMPDIR`: where many files
were just deleted, ext4 makes new ones dear for minutes.

The yardstick below each table is what a fixed piece of Python cost at that moment, in milliseconds of processor: the
same machine may be twice as slow an hour later, and then so are the figures.
"""


def yardstick() -> float:
    """Milliseconds of processor for a million turns of a loop, the best of five times."""

    def once() -> float:
        began = time.process_time()
        for number in range(1_000_000):
            str(number)
        return time.process_time() - began

    return min(once() for _ in range(5)) * 1000


def write(found: Mapping[str, list[Figure]], at: datetime) -> None:
    """Put these figures into the page; those of other measurements stay as they were."""
    kept: dict[str, Any] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    where = "; ".join(
        (
            processes.machine(),
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
            f"yardstick {yardstick():.0f} ms",
        )
    )
    for name, figures in found.items():
        rows = [[getattr(f, field) for field in Figure.__slots__] for f in figures]
        kept[name] = {"at": f"{at:%Y-%m-%d %H:%M} UTC", "machine": where, "rows": rows}
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    parts = [HEAD]
    for name, entry in kept.items():
        about = (import_module(f"bench.{name}").__doc__ or "").strip()
        figures = [Figure(*row) for row in entry["rows"]]
        parts.append(
            f"## {name}\n\n{about}\n\n{table(figures)}\n\n{entry['at']}; {entry['machine']}; `python -m bench {name}`\n"
        )
    PAGE.write_text("\n".join(parts))
