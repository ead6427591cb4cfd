"""`framegate serve` in a hurry: the same program with short leases and frequent looks, so that a storm sees more of it.

python hasty.py serve --port 8787 …
"""

from __future__ import annotations

from framegate.engine import pace, pump, worker
from framegate.engine.paces import Paces

pump.LEASE = worker.LEASE = 4_000
worker.BEAT = 1.3
worker.SEND = worker.POLL = 2.5
pace.REMOTE = (200, 300, 400)
Paces.next = lambda _self, job, at, _least: pace.next_poll(job, at)  # what was learned would say: later

if __name__ == "__main__":
    from framegate.cli import main

    main()
