"""The engine: takes tasks, sees them through, remembers them across restarts."""

from __future__ import annotations

import asyncio
import errno
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import structlog

from framegate.core.task import Cause, Failure, Kind, Role
from framegate.local.sandbox import records
from framegate.local.sandbox.directives import CAUSES, Directives, parse
from framegate.local.sandbox.live import Live
from framegate.local.sandbox.pool import GRACE, HUSH, Pool, Ticket
from framegate.local.sandbox.records import Made, Record, Word
from framegate.local.sandbox.wanted import FORMATS, ID, Medium, Refused, Wanted, plan, read, understood

log = structlog.get_logger("framegate.sandbox")

RENDERER = "framegate.local.studio.render:render"
MOST = 5000
"""Unfinished tasks that are taken at a time."""
REFUSALS = 2
"""How often `[sandbox:rate_limit]` refuses."""
REMEMBERED = 10_000
"""Tasks whose refusals and failed polls are counted, and that were told to misbehave."""
MOST_ASKED = 1000
"""Tasks to come that can be told to misbehave."""
SWEEP = 300.0
AGAIN = 2.0
"""Seconds after which a task starts over that found no room on the disk."""
GIVE_UP = 24 * 3600.0
"""Seconds after which a task that stalls on request is ended all the same."""
WITHHELD = Failure(Cause.MODERATED, "the result was withheld, as the prompt asked for", "moderated")


class Dropped(Exception):
    """The task was taken; the answer must not arrive."""


class Busy(Exception):
    """Not now; `retry_after` in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class Engine:
    """One for a folder. Methods are called on one event loop."""

    def __init__(  # noqa: PLR0913 - what the composition root knows, and what tests turn
        self,
        folder: Path,
        *,
        workers: int,
        profile: str,
        renderer: str = RENDERER,
        hush: float = HUSH,
        grace: float = GRACE,
    ) -> None:
        self._folder = folder
        self._profile = profile
        self._live: dict[str, Live] = {}
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._asked: deque[str] = deque()
        self._given: OrderedDict[str, str] = OrderedDict()
        self._sweeper: asyncio.Task[None] | None = None
        self.pool = Pool(workers, renderer, hush=hush, grace=grace)

    async def start(self) -> None:
        """Take up what was left unfinished. No process is started before there is work."""
        for record in await asyncio.to_thread(records.prepare, self._folder):
            if record.wanted is None:
                continue
            try:
                wanted, directives = understood(record.wanted)
            except Refused:
                log.warning("an unfinished task is no longer understood", task=record.id)
                failure = Failure(Cause.BROKEN, "the sandbox has changed since it took this task")
                ended = msgspec.structs.replace(record, state="failed", failure=failure, wanted=None)
                await asyncio.to_thread(records.finished, self._folder, ended)
                continue
            self._begin(Live(record, wanted, directives))
        self._sweeper = asyncio.create_task(self._sweep(), name="sandbox-sweep")

    async def stop(self) -> None:
        """Stop at once: what is unfinished starts over with the next `start`."""
        tasks = [live.task for live in self._live.values() if live.task]
        tasks += [self._sweeper] if self._sweeper else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.pool.close()

    # --- what callers ask --------------------------------------------------------------------------------------------

    async def submit(self, body: bytes) -> tuple[Record, bool]:
        """The task and whether it is new. Raises `Refused`, `Busy` or `Dropped`."""
        raw = read(body)
        if (known := await self.look(raw.id)) is not None:
            return known, False
        raw = self._directed(raw)
        wanted, directives = understood(raw)
        if directives.moderate == "input":
            raise Refused("the prompt was refused for its content, as it asked for", Cause.MODERATED)
        if directives.rate_limit and self._count("refusals", raw.id) <= REFUSALS:
            raise Busy("too many requests, as the prompt asked for", 1)
        if len(self._live) >= MOST:
            raise Busy(f"{MOST} tasks are under way already", 10)
        record = Record(id=raw.id, kind=raw.kind.value, state="queued", created_at=time.time(), wanted=raw)
        if directives.lost:
            return record, True
        if raw.id in self._live:  # it came in twice while we looked
            return self._live[raw.id].record, False
        live = self._live[raw.id] = Live(record, wanted, directives)
        try:
            await asyncio.to_thread(records.opened, self._folder, record)
        except BaseException:
            self._live.pop(raw.id, None)
            raise
        if not live.ending:  # cancelled meanwhile
            self._begin(live)
        if directives.drop:
            raise Dropped
        return record, True

    def ask(self, directives: Sequence[str], times: int = 1) -> int:
        """Misbehave with the next `times` new tasks as if `directives` ("fail=internal", "delay=3") stood in their
        prompts; how many are asked for now. Raises `BadDirective` for one that is not known.
        """
        text = "".join(f" [sandbox:{word}]" for word in directives)
        parse(text)
        room = max(0, MOST_ASKED - len(self._asked))
        self._asked.extend([text] * min(times, room))
        return len(self._asked)

    def forget(self) -> None:
        """Misbehave no more than prompts say."""
        self._asked.clear()

    def _directed(self, raw: Wanted) -> Wanted:
        """The request with what was asked for it in its prompt, the same however often it comes."""
        if self._asked and raw.id not in self._given:
            self._given[raw.id] = self._asked.popleft()
            while len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
        more = self._given.get(raw.id)
        return msgspec.structs.replace(raw, prompt=raw.prompt + more) if more else raw

    async def look(self, task_id: str) -> Record | None:
        """A task as it is now."""
        if (live := self._live.get(task_id)) is not None:
            state: Word = "running" if live.running else "queued"
            return msgspec.structs.replace(live.record, state=state)
        if not ID.fullmatch(task_id):
            return None
        return await asyncio.to_thread(records.look, self._folder, task_id)

    def progress(self, task_id: str) -> float:
        """0 to 1 for an unfinished task; 0 for one that nobody knows."""
        live = self._live.get(task_id)
        return live.progress(asyncio.get_running_loop().time()) if live else 0.0

    async def polled(self, task_id: str) -> Record | None:
        """Like `look`, for a poll: raises `Busy` when the task asked for polls that fail, `Dropped` for garbage."""
        live = self._live.get(task_id)
        if live is not None and live.directives.garbage:
            raise Dropped
        record = await self.look(task_id)
        asked = live.directives if live else _directives(record)
        if asked.flaky and self._count("polls", task_id) <= asked.flaky:
            raise Busy("the sandbox is not available, as the prompt asked for", 1)
        return record

    async def cancel(self, task_id: str) -> Record | None:
        """End a task that is not finished; the answer says how it stands."""
        live = self._live.get(task_id)
        if live is not None and not live.ending:
            if live.task:
                live.task.cancel()
            for ticket in live.tickets:
                ticket.stop()
                ticket.ended.add_done_callback(_discarding(ticket.job.target))
            await self._finish(live, "cancelled")
        return await self.look(task_id)

    async def list(self, most: int) -> list[Record]:
        """Unfinished tasks, newest first, then those that finished last; `most` at the most."""
        found = [await self.look(task_id) for task_id in list(reversed(self._live))[:most]]
        under_way = [record for record in found if record is not None]
        rest = most - len(under_way)
        done = await asyncio.to_thread(records.listed, self._folder, rest) if rest else []
        return under_way + done

    def file(self, name: str) -> Path | None:
        """Where a result lies."""
        path = self._folder / "files" / name
        plain = "/" not in name and not name.startswith((".", records.PART))
        return path if plain and path.is_file() else None

    # --- seeing through ----------------------------------------------------------------------------------------------

    def _begin(self, live: Live) -> None:
        self._live[live.record.id] = live
        live.task = asyncio.create_task(self._run(live), name=f"sandbox-{live.record.id}")

    async def _run(self, live: Live) -> None:
        try:
            while not await self._had_room(live):
                live.tickets.clear()
                await asyncio.sleep(AGAIN)
        except asyncio.CancelledError:
            for ticket in live.tickets:
                ticket.stop()
            raise
        except Exception:
            log.exception("a task failed", task=live.record.id)
            await self._finish(
                live, "failed", failure=Failure(Cause.BROKEN, "the sandbox failed", "internal")
            )

    async def _had_room(self, live: Live) -> bool:
        """See a task through; false when the disk was too full to write down how it ended: it starts over then."""
        try:
            await self._see_through(live)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            log.warning("a task starts over: the disk is full", task=live.record.id)
            return False
        return True

    async def _see_through(self, live: Live) -> None:
        loop = asyncio.get_running_loop()
        asked = live.directives
        await asyncio.sleep(asked.queue)
        if asked.delay or asked.stall or asked.garbage:
            live.begin(loop.time())
        await asyncio.sleep(asked.delay)
        if asked.stall or asked.garbage:
            await asyncio.sleep(max(0.0, live.record.created_at + GIVE_UP - time.time()))
            await self._finish(
                live, "failed", failure=Failure(Cause.BROKEN, "stalled, as asked for", "stall")
            )
            return
        if asked.fail:
            failure = Failure(
                CAUSES[asked.fail], f"failed with {asked.fail}, as the prompt asked for", asked.fail
            )
            await self._finish(live, "failed", failure=failure)
            return
        try:
            made, parts = await self._render(live)
        except Refused as refused:
            await self._finish(live, "failed", failure=Failure(refused.cause, refused.message))
            return
        await asyncio.sleep(asked.late)
        reason = next((item.failure for item in made if item.failure), None)
        if asked.moderate == "output" or not parts:
            for part, _ in parts:
                await asyncio.to_thread(Path(part).unlink, missing_ok=True)
            failure = WITHHELD if asked.moderate == "output" else reason
            await self._finish(live, "failed", failure=failure)
        else:
            await self._finish(live, "succeeded", made=made, parts=parts)

    async def _render(self, live: Live) -> tuple[tuple[Made, ...], tuple[tuple[str, str], ...]]:
        """All files of a task: what was made of each, and the parts with the names they will have.

        The next file joins the line when the one before leaves it, so that a task of many makes nobody wait for all.
        """
        loop = asyncio.get_running_loop()
        names: list[str] = []

        def name(place: int, ending: str) -> tuple[str, str]:
            fence = secrets.token_hex(8)
            names.append(f"{live.record.id}-{place}.{ending}")
            return fence, str((self._folder / "files" / f"{records.PART}{fence}.{ending}").absolute())

        wanted = live.wanted
        parent = await self._earlier(wanted.made, wanted.parent)
        sequel = await self._earlier(wanted.sequel_made, wanted.sequel)
        jobs = plan(wanted, live.directives, parent=parent, sequel=sequel, profile=self._profile, name=name)
        live.parts = [0.0] * len(jobs)
        for place, job in enumerate(jobs):

            def progress(value: float, place: int = place) -> None:
                live.parts[place] = max(live.parts[place], value)

            ticket: Ticket = self.pool.submit(job, progress)
            ticket.ended.add_done_callback(lambda _, whole=progress: whole(1.0))
            live.tickets.append(ticket)
            await ticket.started
            live.begin(loop.time())
        failures = [await ticket.ended for ticket in live.tickets]
        made = tuple(
            Made(failure=f) if f else Made(file=n, seconds=ticket.seconds)
            for f, n, ticket in zip(failures, names, live.tickets, strict=True)
        )
        parts = tuple((j.target, n) for j, n, f in zip(jobs, names, failures, strict=True) if not f)
        return made, parts

    async def _earlier(self, made: tuple[Medium, ...], task_id: str | None) -> Medium | None:
        """The first result of a task that was made here, if it is still kept: by the caller, or by us."""
        for item in made:
            if await asyncio.to_thread(Path(item.file).is_file):
                return item
        record = await self.look(task_id) if task_id else None
        name = next((item.file for item in record.made if item.file), "") if record else ""
        path = self.file(name) if name else None
        if path is None:
            return None
        film = name.endswith(FORMATS[Kind.VIDEO])
        return Medium(role=Role.VIDEO if film else Role.REFERENCE, file=str(path.absolute()))

    async def _finish(
        self,
        live: Live,
        state: Word,
        *,
        made: tuple[Made, ...] = (),
        parts: tuple[tuple[str, str], ...] = (),
        failure: Failure | None = None,
    ) -> None:
        """Write down the end, and forget the task. A cancel that comes meanwhile is too late."""
        if live.ending:
            return
        live.ending = True
        flaky = live.record.wanted if live.directives.flaky else None
        record = msgspec.structs.replace(live.record, state=state, made=made, failure=failure, wanted=flaky)
        try:
            await asyncio.shield(asyncio.to_thread(records.finished, self._folder, record, parts))
        except OSError:
            live.ending = False
            raise
        self._live.pop(record.id, None)

    def _count(self, what: str, task_id: str) -> int:
        """How often this has happened to this task, now included."""
        key = (what, task_id)
        self._counts[key] = self._counts.pop(key, 0) + 1
        while len(self._counts) > REMEMBERED:
            self._counts.popitem(last=False)
        return self._counts[key]

    async def _sweep(self) -> None:
        while True:
            try:
                await asyncio.to_thread(records.sweep, self._folder)
            except OSError:
                log.exception("sweeping failed")
            await asyncio.sleep(SWEEP)


def _discarding(target: str) -> Callable[[object], None]:
    """Remove a file that was made for a task which nobody wants any more."""
    return lambda _: Path(target).unlink(missing_ok=True)


def _directives(record: Record | None) -> Directives:
    return understood(record.wanted)[1] if record and record.wanted else Directives()
