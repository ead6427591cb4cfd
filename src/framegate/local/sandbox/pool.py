"""The renderers: a few processes that take one job at a time, started with the first job.

A worker that says nothing for `HUSH` seconds, or does not stop when it is told to, is killed; a job whose worker died
is tried once more. Jobs wait in one line, first come, first served.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from framegate.core.task import Cause, Failure
from framegate.local.sandbox.words import Down, Job, Up

log = structlog.get_logger("framegate.sandbox")

HUSH = 120.0
"""Seconds without a word after which a busy worker counts as hung."""
GRACE = 5.0
"""Seconds that a worker has for stopping within a frame."""
TRIES = 2
JOBS = 200
"""Jobs after which a worker is replaced."""
RESIDENT = 1_500_000_000
"""Bytes of memory above which it is replaced."""
TOLD = (
    "PATH",
    "HOME",
    "LANG",
    "LC_",
    "TZ",
    "TMPDIR",
    "TEMP",
    "TMP",
    "LD_LIBRARY_PATH",
    "DYLD_",
    "SYSTEMROOT",
)
TOLD_TOO = ("PYTHON", "VIRTUAL_ENV", "COVERAGE_", "COV_CORE_")
"""Beginnings of the variables that a worker sees: it reads strangers' media, and must not know our credentials."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Ticket:
    """A job in the line: `started` when a worker takes it, `ended` with None or a `Failure`."""

    def __init__(self, job: Job, progress: Callable[[float], None]) -> None:
        loop = asyncio.get_running_loop()
        self.job = job
        self.progress = progress
        self.started: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[Failure | None] = loop.create_future()
        self.stopping = False
        self.seconds: float | None = None
        self.stop: Callable[[], None] = self._drop

    def _drop(self) -> None:
        """Stop while still waiting."""
        self.stopping = True
        self.end(Failure(Cause.BROKEN, "stopped"))

    def end(self, failure: Failure | None) -> None:
        if not self.started.done():
            self.started.set_result(None)
        if not self.ended.done():
            self.ended.set_result(failure)


class Pool:
    """`size` seats, each with at most one process."""

    def __init__(self, size: int, renderer: str, *, hush: float = HUSH, grace: float = GRACE) -> None:
        self._line: deque[Ticket] = deque()
        self._seats = [Seat(renderer, hush, grace) for _ in range(size)]
        self._free = list(self._seats)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def submit(self, job: Job, progress: Callable[[float], None]) -> Ticket:
        """Join the line."""
        ticket = Ticket(job, progress)
        self._line.append(ticket)
        self._pump()
        return ticket

    async def close(self) -> None:
        """Kill all workers; what they were doing is lost."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(seat.kill() for seat in self._seats))

    @property
    def pids(self) -> list[int]:
        """The processes that are alive."""
        return [seat.process.pid for seat in self._seats if seat.process and seat.process.returncode is None]

    def _pump(self) -> None:
        """Give those first in line the seats that are free: a warm one rather than a cold one."""
        while self._line and self._free and not self._closed:
            ticket = self._line.popleft()
            if not ticket.ended.done():
                task = asyncio.get_running_loop().create_task(self._serve(self._free.pop(), ticket))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _serve(self, seat: Seat, ticket: Ticket) -> None:
        try:
            ticket.end(await seat.render(ticket))
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("rendering failed", fence=ticket.job.fence)
            await seat.kill()
            ticket.end(Failure(Cause.BROKEN, "the renderer could not be used", "internal"))
        finally:
            self._free.append(seat)
            self._pump()


class Seat:
    """One process, or none yet."""

    def __init__(self, renderer: str, hush: float, grace: float) -> None:
        self._renderer = renderer
        self._hush = hush
        self._grace = grace
        self._jobs = 0
        self.process: Process | None = None

    async def render(self, ticket: Ticket) -> Failure | None:
        """See one job through. None: its file is there."""
        for left in reversed(range(TRIES)):
            up = await self._try(ticket)
            if up is None:
                await self.kill()
                await asyncio.to_thread(Path(ticket.job.target).unlink, missing_ok=True)
                if ticket.stopping:
                    break
                log.warning("a renderer died or hung", fence=ticket.job.fence, tries_left=left)
                continue
            self._jobs += 1
            if self._jobs >= JOBS or up.resident > RESIDENT:
                await self.kill()
            if up.ended == "done":
                ticket.seconds = up.seconds
                return None
            if up.ended == "stopped":
                break
            return Failure(Cause(up.ended or Cause.BROKEN), up.message, "renderer")
        if ticket.stopping:
            return Failure(Cause.BROKEN, "stopped")
        return Failure(Cause.BROKEN, "the renderer stopped unexpectedly, twice", "internal")

    async def _try(self, ticket: Ticket) -> Up | None:
        """One try: the last word of the worker about it; None when it died or fell silent."""
        process = self.process if self.process and self.process.returncode is None else await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        loop = asyncio.get_running_loop()
        doom: list[asyncio.TimerHandle] = []

        def stop() -> None:
            if ticket.stopping:
                return
            ticket.stopping = True
            _tell(process, Down(stop=ticket.job.fence))
            doom.append(loop.call_later(self._grace, _kill, process))

        if ticket.stopping:
            return Up(fence=ticket.job.fence, ended="stopped")
        ticket.stop = stop
        if not ticket.started.done():
            ticket.started.set_result(None)
        _tell(process, Down(job=ticket.job))
        try:
            while True:
                async with asyncio.timeout(self._hush):
                    line = await process.stdout.readline()
                up = msgspec.json.decode(line, type=Up)
                if up.fence != ticket.job.fence:
                    continue
                if up.ended is not None:
                    return up
                ticket.progress(up.progress)
        except (TimeoutError, OSError, ValueError, msgspec.DecodeError):
            return None  # an end of the stream is no JSON either
        finally:
            for timer in doom:
                timer.cancel()

    async def _start(self) -> Process:
        self._jobs = 0
        environment = {k: v for k, v in os.environ.items() if k.upper().startswith((*TOLD, *TOLD_TOO))}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "framegate.local.sandbox.worker",
            str(os.getpid()),
            self._renderer,
            stdin=PIPE,
            stdout=PIPE,
            env={**environment, **ONE_THREAD},
        )
        return self.process

    async def kill(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is None:
            return
        _kill(process)
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def _tell(process: Process, down: Down) -> None:
    """Say something to a worker. One that is gone is noticed when it is listened to."""
    if process.stdin is not None:
        with contextlib.suppress(OSError, RuntimeError):
            process.stdin.write(msgspec.json.encode(down) + b"\n")


def _kill(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
