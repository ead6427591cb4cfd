"""A whole task without HTTP: submit with hold, send, two polls, one 1 KB artifact, settle; the upstream in the process.

The upstream is an engine of ours, which is asked after 0.12 and 0.25 seconds; its work is in the figure. The picture is
so small that it is its own poster; of others a process of its own makes one, and is not in the figure.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import running
from bench import ROOT, engine, gateways
from bench.figures import Figure

RUNS = 7
TASKS = 1_500
WARM = 100
SUBMITTERS = 16
TARGETS = {"sqlite": 0.9, "postgres": 1.5}


def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in gateways.DATABASES:
        found = [once(kind) for _ in range(RUNS)]
        costs, rate = [one["task"] for one in found], statistics.median(one["rate"] for one in found)
        note = f"median of {RUNS}; {min(costs):.2g} to {max(costs):.2g}; {TASKS:,} tasks each, {rate:.0f} a second"
        name = f"whole task, {kind}"
        figures.append(Figure(name, statistics.median(costs), "ms CPU", TARGETS[kind], note=note))
    return figures


def once(kind: str) -> dict[str, float]:
    """One measurement, on a new database."""
    with gateways.folder() as folder, gateways.database(kind) as settings:
        found = measured(folder, settings)
        if "balanced" not in (said := gateways.books(folder / "data", settings)):
            raise RuntimeError(f"the books do not balance: {said}")
        return found


def measured(folder: Path, settings: dict[str, str], *options: str) -> dict[str, float]:
    """What a new process measured of itself."""
    (folder / "framegate.toml").write_text(engine.CONFIG)
    command = [sys.executable, "-m", "bench.whole", "--data", str(folder / "data")]
    done = subprocess.run(
        [*command, "--config", str(folder / "framegate.toml"), *options],
        cwd=ROOT,
        env=gateways.environment(settings),
        check=True,
        stdout=subprocess.PIPE,
        timeout=300,
    )
    return json.loads(done.stdout.splitlines()[-1])


async def measure(data: Path, config: Path) -> dict[str, float]:
    from framegate.app import open_app, tune_memory  # noqa: PLC0415 - only in the process that is measured
    from framegate.core.dialect import Identity  # noqa: PLC0415
    from framegate.core.task import Kind, Spec, State  # noqa: PLC0415
    from framegate.settings import from_environment  # noqa: PLC0415
    from framegate.telemetry import configure  # noqa: PLC0415

    settings = from_environment(os.environ, data=data)
    configure(settings.log_level)
    async with open_app(settings, public_url="http://127.0.0.1:1", config=config) as app:
        app.worker.reach._transport.mount("bench", engine.create(engine.picture()))  # noqa: SLF001 - nobody else needs it
        gateway = app.gateway

        async def submit(numbers: Any) -> list[str]:  # noqa: ANN401 - a shared iterator
            made: list[str] = []
            for number in numbers:
                caller = await gateway.authenticate(Identity(key=running.KEY), dialect="native", address="")
                spec = Spec(kind=Kind.IMAGE, model="bench-image", prompt=f"picture {number}", seed=number)
                made.append((await gateway.submit(caller, "native", spec)).id)
            return made

        async def all_of(numbers: range) -> list[str]:
            shared = iter(numbers)
            parts = await asyncio.gather(*(submit(shared) for _ in range(SUBMITTERS)))
            return [name for part in parts for name in part]

        async def whole(numbers: range) -> list[str]:
            names = await all_of(numbers)
            caller = await gateway.authenticate(Identity(key=running.KEY), dialect="native", address="")
            while (await gateway.wallet(caller)).running:  # noqa: ASYNC110 - as a client would
                await asyncio.sleep(0.05)
            return names

        async def check(names: list[str]) -> None:
            caller = await gateway.authenticate(Identity(key=running.KEY), dialect="native", address="")
            for name in names:
                task = await gateway.show(caller, "native", name)
                if task.state is not State.SUCCEEDED or len(task.artifacts) != 1:
                    raise RuntimeError(f"{task.state}: {task.failure}")

        tune_memory()
        await check(await whole(range(WARM)))
        before, began = time.process_time(), time.perf_counter()
        names = await whole(range(TASKS))
        took = {
            "task": (time.process_time() - before) / TASKS * 1000,
            "rate": TASKS / (time.perf_counter() - began),
        }
        await check(names)
        return took


if __name__ == "__main__":
    import uvloop

    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--profile", type=Path, help="Write what cProfile saw to this file.")
    given = parser.parse_args()
    engine.known()
    with contextlib.ExitStack() as stack:
        if given.profile:
            import cProfile

            profile = stack.enter_context(cProfile.Profile())
            stack.callback(lambda: profile.dump_stats(given.profile))
        result = uvloop.run(measure(given.data, given.config))
    print(json.dumps(result))
