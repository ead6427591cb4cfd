"""From nothing to healthy, what importing costs, and the memory of a gateway that has nothing to do.

The folder of data is new each time: the database is made, the secrets are drawn. Memory is that of the serving process;
the sandbox's workers and the helper for previews start with their first work.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from bench import gateways, processes
from bench.figures import Figure, middle

STARTS = 5
SETTLE = 3.0
SLOWEST = 8


def run() -> list[Figure]:
    walls: list[float] = []
    cpus: list[float] = []
    with gateways.folder() as folder:
        for number in range(STARTS + 1):
            began = time.perf_counter()
            with gateways.gateway(folder / str(number)) as gateway:
                walls.append(time.perf_counter() - began)
                cpus.append(processes.cpu(gateway.process.pid))
        with gateways.gateway(folder / "idle") as gateway:
            pid = gateway.process.pid
            time.sleep(SETTLE)
            resident, own = processes.memory(pid)
            before = processes.cpu(pid)
            time.sleep(10)
            idle = (processes.cpu(pid) - before) / 10 * 100
    walls, cpus = walls[1:], cpus[1:]  # the first one compiled what was not compiled yet
    spread = f"median of {STARTS}; {min(walls):.2f} to {max(walls):.2f}"
    return [
        Figure("start to healthy", middle(walls), "s", 1.5, note=spread),
        Figure("start to healthy, processor", middle(cpus), "s CPU", note=f"median of {STARTS}"),
        *imports(),
        Figure("idle memory, resident", resident, "MB", 120, note=f"{SETTLE:.0f} s after the start"),
        Figure("idle memory, proportional (PSS)", own, "MB"),
        Figure("idle processor use", idle, "% of a core", note="over 10 s, no tasks"),
    ]


def imports() -> list[Figure]:
    """What `import framegate.cli` costs, and what of it is slowest: packages with all that they alone bring in."""
    command = [sys.executable, "-X", "importtime", "-c", "import framegate.cli, framegate.web.server"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=gateways.environment({}))
    own: dict[str, int] = {}
    for line in done.stderr.splitlines():
        if found := re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", line):
            package = ".".join(found[2].split(".")[: 2 if found[2].startswith("framegate") else 1])
            own[package] = own.get(package, 0) + int(found[1])
    slowest = sorted(own.items(), key=lambda item: -item[1])[:SLOWEST]
    total = sum(own.values()) / 1000
    names = ", ".join(f"{Path(name).name} {micro / 1000:.0f}" for name, micro in slowest)
    return [
        Figure(
            "importing the program",
            total,
            "ms",
            note=f"{len(own)} packages under -X importtime; slowest: {names}",
        )
    ]
