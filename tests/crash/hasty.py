"""`framegate serve` in a hurry: the same program with short leases and frequent looks, so that a storm sees more of it.

python hasty.py [4000] serve --port 8787 …     (a lease of 4,000 milliseconds)
"""

from __future__ import annotations

import sys

from framegate.engine import pace, pump, worker
from framegate.engine.paces import Paces

LEASE = int(sys.argv.pop(1)) if sys.argv[1:] and sys.argv[1].isdigit() else 4_000
pump.LEASE = worker.LEASE = LEASE
worker.BEAT = LEASE / 3000
worker.SEND = worker.POLL = LEASE * 0.6 / 1000
pace.REMOTE = (200, 300, 400)
Paces.next = lambda _self, job, at, _least: pace.next_poll(job, at)  # what was learned would say: later

if __name__ == "__main__":
    from framegate.cli import main

    main()
