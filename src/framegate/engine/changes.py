"""Who waits for which task: the workers say that a task changed, watchers in this process wake at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Changes:
    """A hub of waiting tasks. Watchers in other processes see a change at their next look, within `LOOK` seconds."""

    LOOK = 1.0

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    def touch(self, task_id: str) -> None:
        for event in self._waiting.get(task_id, ()):
            event.set()

    async def wait(self, task_id: str, seconds: float) -> None:
        """Until the task is touched, at most `seconds`."""
        event = asyncio.Event()
        self._waiting[task_id].add(event)
        try:
            async with asyncio.timeout(max(0.0, min(seconds, self.LOOK))):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[task_id].discard(event)
            if not self._waiting[task_id]:
                del self._waiting[task_id]
