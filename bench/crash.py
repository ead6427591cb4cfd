"""`python -m bench.crash [--minutes N] [--seed N]`: thousands of deaths, and what they broke.

Half of the time goes to deaths inside this process: at every step of each kind of life, then at random steps, several
in one life. The other half goes to real processes that are killed by `kill -9` at random instants, alone or with their
group, and at PostgreSQL the database with them. Writes docs/measurements/crash.md; exits with 1 if anything broke.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import ROOT  # first: it puts the vendors and databases of the tests on the path
from crash.deaths import LIVES, Life, live
from crash.storm import storm
from databases import Server, postgres_server
from vendors import vendor

PAGE = ROOT / "docs" / "measurements" / "crash.md"
QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a death that the disk outlives needs no disk
HEAD = """# Killed, again and again

Written by `make bench-crash`. What is in flight while it kills: submits with an `Idempotency-Key` that are repeated
until they are answered, polls, upstreams' callbacks, cancels, notices and copies of results, at three counting vendors
that lose some answers, refuse some sends and break some connections. A vendor that does not refuse a second use of our
id would count a second order; one that does is asked again. Afterwards somebody looks each send of unknown outcome up
at the vendor and decides, as an operator would; then everything must be finished, told once, paid for once, and in
balance. The short version of this runs in `make test` (`tests/crash`).

*Deaths at a step* end the engine before or after one of the statements and calls that outlive it: before and after each
commit, each claim, each call to a vendor, each copy of a result. *kill -9* ends a serving process at a random instant,
half the time with its whole group, sometimes while it starts; at PostgreSQL also the database with all its backends,
with the gateway or under it.
"""
COLUMNS = (
    "part",
    "kills",
    "tasks",
    "lost",
    "ordered twice",
    "orphaned holds",
    "books out of balance",
    "other flaws",
)


@dataclass(slots=True)
class Part:
    """One row of the table, and what else is to be said of it."""

    name: str
    kills: int = 0
    tasks: int = 0
    lost: int = 0
    doubled: int = 0
    orphaned: int = 0
    unbalanced: int = 0
    other: int = 0
    note: str = ""

    @property
    def broken(self) -> int:
        return self.lost + self.doubled + self.orphaned + self.unbalanced + self.other

    def judge(self, flaws: list[str]) -> None:
        """Count the flaws of one life by their kind."""
        for flaw in flaws:
            print(f"  {flaw}", flush=True)
            if "ordered" in flaw:
                self.doubled += 1
            elif "tasks instead" in flaw:
                self.lost += 1
            elif "orphaned" in flaw:
                self.orphaned += 1
            elif "books" in flaw:
                self.unbalanced += 1
            else:
                self.other += 1


async def at_steps(folder: Path, seconds: float, seed: int, server: Server | None = None) -> Part:
    """Each kind of life, ended once at each of its steps; then random ones, ended up to five times, to the end."""
    chance = random.Random(seed)  # noqa: S311 - a seed makes it repeatable
    part = Part(f"deaths at a step, {'PostgreSQL' if server else 'SQLite'}")
    unknown, steps, n = 0, 0, 0
    end = time.monotonic() + seconds
    with vendor() as counting:

        async def one(lived: Life, deaths: tuple[int, ...]) -> int:
            nonlocal unknown, n
            n += 1
            url = await server.create() if server else ""
            found = await live(folder / str(n), counting, lived, deaths, url)
            shutil.rmtree(folder / str(n))
            if server:
                await server.drop(url)
            counting.made.clear()
            counting.heard.clear()
            part.kills += found.deaths
            part.tasks += 1
            unknown += found.unknown
            part.judge(found.flaws)
            return found.deaths

        for lived in LIVES:
            at = 0
            while time.monotonic() < end:
                at += 1
                if not await one(lived, (at,)):
                    break
            steps += max(0, at - 1)
        while time.monotonic() < end:
            deaths = tuple(chance.randint(1, 30) for _ in range(chance.randint(1, 5)))
            await one(chance.choice(LIVES), deaths)
    part.note = f"{len(LIVES)} kinds of life with {steps} steps; {unknown} sends decided about"
    return part


def storm_of(folder: Path, seconds: float, seed: int, server: Server | None = None) -> Part:
    """Real processes under `kill -9`."""
    url = asyncio.run(server.create()) if server else ""
    with vendor() as counting, storm(folder, counting, seed, url=url, server=server) as it:
        found = it.run(kills=10**6, seconds=seconds)
    for flaw in found.flaws:
        print(f"  {flaw}", flush=True)
    known = found.lost + found.doubled + found.orphaned + found.unbalanced
    ended = ", ".join(f"{n} {state}" for state, n in sorted(found.ended.items()))
    database = f", {found.database_kills} of the database" if server else ""
    return Part(
        f"kill -9, {'PostgreSQL' if server else 'SQLite'}",
        found.kills + found.database_kills,
        found.tasks,
        found.lost,
        found.doubled,
        found.orphaned,
        found.unbalanced,
        max(0, len(found.flaws) - known),
        f"{found.group_kills} of a whole group, {found.starts_killed} while starting{database}; {ended}; "
        f"{found.cancels} cancels, {found.notices} notices of an end, {found.unknown} sends decided about",
    )


def page(parts: list[Part], minutes: float, seed: int) -> str:
    """The page of the documents."""
    whole = Part("together")
    for part in parts:
        for field in ("kills", "tasks", "lost", "doubled", "orphaned", "unbalanced", "other"):
            setattr(whole, field, getattr(whole, field) + getattr(part, field))
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for part in [*parts, whole]:
        counts = (part.kills, part.tasks, part.lost, part.doubled, part.orphaned, part.unbalanced, part.other)
        lines.append(f"| {part.name} | {' | '.join(f'{count:,}' for count in counts)} |")
    notes = "\n".join(f"- {part.name}: {part.note}." for part in parts)
    where = f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    how = f"`python -m bench.crash --minutes {minutes:g} --seed {seed}`"
    table = "\n".join(lines)
    return f"{HEAD}\n{table}\n\n{notes}\n\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {where}; {how}\n"


def run(folder: Path, seconds: float, seed: int) -> list[Part]:
    with postgres_server() as server, tempfile.TemporaryDirectory(dir=QUICK) as quick:
        parts = [asyncio.run(at_steps(Path(quick), seconds * 0.35, seed))]
        parts.append(asyncio.run(at_steps(Path(quick), seconds * 0.15, seed, server)))
        parts.append(storm_of(folder / "sqlite", seconds * 0.25, seed))
        parts.append(storm_of(folder / "postgres", seconds * 0.25, seed, server))
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.crash")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="framegate-crash-") as folder:
        parts = run(Path(folder), options.minutes * 60, options.seed)
    text = page(parts, options.minutes, options.seed)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text)
    print(text)
    sys.exit(any(part.broken for part in parts))


if __name__ == "__main__":
    main()
