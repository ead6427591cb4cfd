"""`framegate serve` in a hurry: the same program with short leases and frequent looks, so that a storm sees more of it.

python hasty.py [4000] serve --port 8787 …     (a lease of 4,000 milliseconds)

Where HANDED_OVER names a file, each piece of a body that is handed over for sending leaves a line there: the monotonic
time in seconds, and the piece.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from framegate.engine import pace, pump, scribe, submit, worker
from framegate.engine.paces import Paces
from framegate.transport import client

LEASE = int(sys.argv.pop(1)) if sys.argv[1:] and sys.argv[1].isdigit() else 4_000
pump.LEASE = worker.LEASE = scribe.LEASE = submit.LEASE = LEASE
scribe.BEAT = LEASE / 3000
scribe.HELD, scribe.GRACE = LEASE, LEASE // 8
worker.SEND = worker.POLL = LEASE * 0.6 / 1000
pace.REMOTE = (200, 300, 400)
Paces.next = lambda _self, job, at, *_: pace.next_poll(job, at)  # what was learned would say: later

if path := os.environ.get("HANDED_OVER"):
    handed, stream = Path(path).open("a", buffering=1), client.stream  # noqa: SIM115 - open as long as the process

    async def watched(*given: Any) -> AsyncIterator[bytes]:
        async for piece in stream(*given):
            handed.write(f"{time.monotonic()} {piece!r}\n")
            yield piece

    client.stream = watched


if __name__ == "__main__":
    from framegate.cli import main

    main()
