"""Schemathesis against a real gateway and its own `/openapi.json`: no 5xx, and nothing but what the document promises.

    python -m fuzz.campaign --cases 20000 --seconds 1800

Three ways in, each at a gateway of its own: without a key, with a key whose account can pay for a few tasks (so that
none pile up), and at the operator's door.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import running

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "allow_header_conformance",
)
"""All that the document promises; but that a wrong method is a 405 is not asked: Kling's own table makes it a 404."""
CREDIT = "1"
"""USD: a handful of tasks; all others are refused for want of money, after everything else was looked at."""
ADMIN = ("--include-path-regex", "^/admin/", "--exclude-path-regex", "/upstreams/[^/]+/(credits|models)$")
"""Not what an upstream says of itself: where none answers, a 503 is right."""
CUSTOMER = ("--exclude-path-regex", "^/admin/")


@dataclass(frozen=True, slots=True)
class Way:
    """One way into the gateway: with `key` (none if empty), at the operations that `chosen` names."""

    name: str
    key: str
    chosen: tuple[str, ...]
    share: float
    """Of the cases."""


WAYS = (
    Way("without a key", "", (), 0.15),
    Way("a customer", running.KEY, CUSTOMER, 0.65),
    Way("the operator", running.ADMIN, ADMIN, 0.2),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: `findings` is the report of all that broke a promise, empty if nothing did."""

    cases: int
    seconds: float
    findings: str


def run(gateway: running.Gateway, way: Way, *arguments: str, seconds: float) -> Outcome:
    """Schemathesis with these arguments more, ended after `seconds` at the latest."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.url}/openapi.json", *way.chosen]
    command += ["--checks", ",".join(CHECKS), "--continue-on-failure", "--no-color", "--warnings", "off"]
    command += ["--request-timeout", "30", "--suppress-health-check", "all", *arguments]
    command += ["-H", f"Authorization: Bearer {way.key}"] if way.key else []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:  # it leaves examples behind where it runs
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            text = error.stdout or b""
            shown = text.decode(errors="replace") if isinstance(text, bytes) else text
            return Outcome(0, time.monotonic() - began, f"not done within {seconds:g} seconds:\n{shown}")
    counted = re.search(r"([\d,]+) generated", done.stdout)
    cases = int(counted[1].replace(",", "")) if counted else 0
    failed = "" if done.returncode == 0 and cases else f"{done.stdout}\n{done.stderr}\n{gateway.tail()}"
    return Outcome(cases, time.monotonic() - began, failed)


def campaign(folder: Path, cases: int, seconds: float) -> Iterator[tuple[Way, Outcome]]:
    """All three ways, with about so many cases, each ended by its share of the time."""
    for place, way in enumerate(WAYS):
        with running.running(folder / str(place), bootstrap_credit=CREDIT) as gateway:
            paths = gateway.call("GET", "/openapi.json").json["paths"]
            admin = sum(len(found) for path, found in paths.items() if path.startswith("/admin/"))
            every = sum(len(found) for found in paths.values())
            operations = {(): every, ADMIN: admin, CUSTOMER: every - admin}[way.chosen]
            each = max(1, round(cases * way.share / operations))
            phases = "examples,coverage,fuzzing,stateful" if each > 10 else "examples,fuzzing"
            outcome = run(
                gateway, way, "-n", str(each), "--phases", phases, seconds=seconds * (way.share + 0.1)
            )
            books = gateway.books()
            if books != "balanced":
                outcome = Outcome(outcome.cases, outcome.seconds, f"{outcome.findings}\n{books}")
            yield way, outcome


def main() -> None:
    parser = argparse.ArgumentParser(description="Schemathesis against a gateway of its own.")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=1800.0)
    given = parser.parse_args()
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        for way, outcome in campaign(Path(folder), given.cases, given.seconds):
            sys.stdout.write(
                f"{way.name}: {outcome.cases} cases in {outcome.seconds:.0f} s\n{outcome.findings}"
            )
            sys.stdout.flush()
            broken |= bool(outcome.findings)
    sys.exit(broken)


if __name__ == "__main__":
    main()
