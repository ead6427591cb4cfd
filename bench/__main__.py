"""`python -m bench [name ...]`: all measurements, or those named; a table, and the page in the documents."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from bench import page
from bench.figures import Figure, table

BENCHES = (
    "startup",
    "requests",
    "whole",
    "waiting",
    "codecs",
    "downloads",
    "notices",
    "recovery",
    "sandbox",
    "flight",
    "crowd",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of: {', '.join(BENCHES)}")
    names = parser.parse_args().names or list(BENCHES)
    if unknown := [name for name in names if name not in BENCHES]:
        parser.error(f"there is no measurement {unknown[0]!r}; there are {', '.join(BENCHES)}")
    began = time.monotonic()
    found: dict[str, list[Figure]] = {}
    for name in names:
        started = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        found[name] = import_module(f"bench.{name}").run()
        print(f"{name}: {time.monotonic() - started:.0f} s\n\n{table(found[name])}\n", flush=True)
        page.write(found, datetime.now(UTC))
    print(
        f"{time.monotonic() - began:.0f} s in all; written to {page.PAGE.relative_to(page.PAGE.parents[2])}"
    )


if __name__ == "__main__":
    main()
