"""Renderers die with their server, however it ends; the server stays small."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = """
import asyncio, sys
from pathlib import Path
from sandbox.driving import order, sandbox

async def main() -> None:
    async with sandbox(Path(sys.argv[1]), workers=2) as client:
        for place in range(2):
            await client.submit(order("hang", f"t{place}"))
        while len(client.engine.pool.pids) < 2 or await started(client) < 2:
            await asyncio.sleep(0.01)
        print(*client.engine.pool.pids, flush=True)
        await asyncio.Event().wait()

async def started(client) -> int:
    return sum([(await client.poll(f"t{place}")).progress >= 0.9 for place in range(2)])

LOOP
"""
LOOPS = {"asyncio": "asyncio.run(main())", "uvloop": "import uvloop; uvloop.run(main())"}
PATIENCE = 20.0


@pytest.fixture(params=LOOPS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A server with two workers that are busy and silent, whose ids it has printed."""
    script = SERVER.replace("LOOP", LOOPS[request.param])
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_server(server: subprocess.Popen[str], how: signal.Signals):
    assert server.stdout is not None
    pids = [int(pid) for pid in server.stdout.readline().split()]
    assert len(pids) == 2
    assert [True, True] == [alive(pid) for pid in pids]
    modest = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert [modest, modest] == [os.getpriority(os.PRIO_PROCESS, pid) for pid in pids]
    os.kill(server.pid, how)
    server.wait(PATIENCE)
    until = time.monotonic() + PATIENCE
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.01)
    assert [False, False] == [alive(pid) for pid in pids]


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet collected by its new parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def test_the_server_loads_nothing_heavy():
    script = (
        "import sys, framegate.local.sandbox, framegate.providers.sandbox;"
        "print([name for name in ('numpy', 'cv2', 'av', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_worker_does_not_see_the_server_s_secrets(tmp_path: Path):
    script = f"""
import asyncio, os
from pathlib import Path
from sandbox.driving import order, sandbox

async def main() -> None:
    async with sandbox(Path({str(tmp_path)!r})) as client:
        await client.submit(order("quick"))
        await client.end()
        seen = Path(f"/proc/{{client.engine.pool.pids[0]}}/environ").read_bytes()
        print(sorted(name for name in (b"FRAMEGATE_MASTER_KEY=", b"RUNWAY_KEY=", b"PATH=") if name in seen))

asyncio.run(main())
"""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    environment = {**os.environ, "FRAMEGATE_MASTER_KEY": "secret", "RUNWAY_KEY": "secret"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[b'PATH=']\n"
