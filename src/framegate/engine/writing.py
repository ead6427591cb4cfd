"""Writing down what happened, through an outage of the database too: an answer lost here is an order paid for."""

from __future__ import annotations

import asyncio
import time

from framegate.engine.job import Job
from framegate.store import Doubtful, Duplicate, Step, Store, Unavailable, Unmet


async def write_through(store: Store, new: Job, steps: tuple[Step, ...], *, seconds: float) -> None:
    """Write the unit that makes a task `new`, trying for so long.

    Raises `Unmet` when the lease was lost, `Unavailable` when the outage lasts longer.
    """
    end, pause, doubtful = time.monotonic() + seconds, 0.1, False
    while True:
        try:
            if not (doubtful and await is_written(store, new)):
                await store.write(*steps)
        except Unavailable as error:
            doubtful = doubtful or isinstance(error, Doubtful)
            if time.monotonic() > end:
                raise
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)
            continue
        except (Unmet, Duplicate):
            if not (doubtful and await is_written(store, new)):
                raise
        return


async def is_written(store: Store, new: Job) -> bool:
    """Whether a unit whose commit was in doubt has arrived."""
    row = await store.row("task_by_id", id=new.id)
    mine = (new.fence, new.updated_at, new.state.value)
    return row is not None and mine == (row["fence"], row["updated_at"], row["state"])
