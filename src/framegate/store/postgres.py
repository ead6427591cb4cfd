"""PostgreSQL: each unit is one statement where its steps allow, else one short transaction.

The steps of a unit become the parts of one `WITH`, and `framegate_met` raises when one of them did not touch the rows
it must: one round trip, and the rows of a busy wallet are locked for no longer than the commit takes. All parts of a
`WITH` see the database as it was before, so steps that build on one another run one by one in a transaction instead.

Connect directly or through a pooler in session mode: connections keep prepared statements and settings.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - its connection is typed in `connections`
import structlog

from framegate.store.connections import Connection, Connections
from framegate.store.migrate import scripts
from framegate.store.statements import PARAMETER, Statement, load
from framegate.store.unit import Doubtful, Duplicate, Row, Step, Unavailable, Unmet

log = structlog.get_logger("framegate.store")

CONNECTIONS = 16
STATEMENT_SECONDS = 10.0
"""After which the server gives a statement up. The client gives up a little later: then the network is at fault."""
CONNECT_SECONDS = 5
CLIENT_SECONDS = STATEMENT_SECONDS + 5.0
WAIT_SECONDS = 10.0
"""How long a call waits for a free connection."""
TRIES = 5
"""Of a unit that the server rolled back because of others (a deadlock): surely not written, so it may run again."""
CLOCK_SECONDS = 30.0
"""How long the measured distance to the server's clock is believed."""
SKEW = 2_000
"""Milliseconds between this machine's clock and the server's that are an alarm."""
UNMET = "FG001"
MIGRATION_SECONDS = 3600.0
MIGRATION_LOCK = 0x6672616D65  # any number that nobody else uses
SETTINGS = {
    "application_name": "framegate",
    "statement_timeout": str(int(STATEMENT_SECONDS * 1000)),
    "idle_in_transaction_session_timeout": "60000",
    "jit": "off",
}

GAVE_UP = (asyncpg.QueryCanceledError, asyncpg.InsufficientResourcesError)
"""Errors after which the server has surely rolled back, and goes on."""
LOST = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
FATAL = frozenset({"FATAL", "PANIC"})

Act = Callable[[Connection], Awaitable[Any]]


class Plan(NamedTuple):
    """How a unit runs: `texts` one after the other, each with its parameters as (step, name)."""

    texts: tuple[str, ...]
    params: tuple[tuple[tuple[int, str], ...], ...]


class Postgres:
    """One PostgreSQL database, which any number of processes may use. Opened by `Postgres.open`."""

    kind: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, url: str) -> None:
        named = parse_qs(urlsplit(url).query)  # what the URL says wins
        settings = {name: value for name, value in SETTINGS.items() if name not in named}

        async def connect() -> Connection:
            opened: Any = asyncpg.connect(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                url,
                timeout=CONNECT_SECONDS,
                command_timeout=CLIENT_SECONDS,
                server_settings=settings,
                statement_cache_size=1000,
                max_cached_statement_lifetime=0,
            )
            return await opened

        self._connections = Connections(connect, CONNECTIONS, WAIT_SECONDS)
        self._statements = load("postgres")
        self._reads = {name: numbered(s) for name, s in self._statements.items()}
        self._plans: dict[tuple[tuple[str, int | None], ...], Plan] = {}
        self._under_way = 0
        self._idle = asyncio.Event()
        self._closed = False
        self._offset = 0  # nanoseconds from this process's monotonic clock to the server's clock
        self._measured = 0  # when, by the monotonic clock
        self.skew = 0  # milliseconds by which the server's clock is ahead of this machine's

    @classmethod
    async def open(cls, url: str) -> Postgres:
        """Connect and migrate. Raises `Unavailable` or `TooNew`."""
        store = cls(url)
        try:
            await store._run(migrate, writes=True)
            await store._measure()
        except BaseException:
            await store.close()
            raise
        return store

    async def write(self, *steps: Step) -> None:
        """One unit. Raises `Unmet` or `Duplicate`, then nothing of it happened; `Unavailable` or `Doubtful`."""
        key = tuple((name, expect) for name, _, expect in steps)
        plan = self._plans.get(key)
        if plan is None:
            if not steps:
                return
            plan = self._plans[key] = plan_of([self._statements[name] for name, _ in key], steps)
        texts, params = plan
        values = [[steps[place].params[name] for place, name in some] for some in params]

        async def unit(connection: Connection) -> None:
            if len(texts) == 1:
                await connection.fetch(texts[0], *values[0])
                return
            async with connection.transaction():
                for text, some in zip(texts, values, strict=True):
                    await connection.fetch(text, *some)

        try:
            await self._run(unit, writes=True)
        except asyncpg.UniqueViolationError as error:
            raise Duplicate(str(getattr(error, "constraint_name", error))) from None
        except asyncpg.PostgresError as error:
            if getattr(error, "sqlstate", None) != UNMET:
                raise
            raise Unmet(steps[int(str(error).rpartition(" ")[2])].name) from None

    async def take(self, statement: str, /, **params: Any) -> list[Row]:  # noqa: ANN401
        text, names = self._reads[statement]
        values = [params[name] for name in names]
        return await self._run(lambda connection: connection.fetch(text, *values), writes=True)

    async def row(self, statement: str, /, **params: Any) -> Row | None:  # noqa: ANN401
        text, names = self._reads[statement]
        values = [params[name] for name in names]
        return await self._run(lambda connection: connection.fetchrow(text, *values), writes=False)

    async def rows(self, statement: str, /, **params: Any) -> list[Row]:  # noqa: ANN401
        text, names = self._reads[statement]
        values = [params[name] for name in names]
        return await self._run(lambda connection: connection.fetch(text, *values), writes=False)

    async def now(self) -> int:
        """The server's clock, from a distance measured every half minute: the hot path asks nobody."""
        at = time.monotonic_ns()
        if at - self._measured > CLOCK_SECONDS * 1e9:
            self._measured = at  # one asks, the others go on with what was known
            try:
                await self._measure()
            except Unavailable as error:
                log.warning("the database's clock cannot be read", error=str(error))
        return (time.monotonic_ns() + self._offset) // 1_000_000

    async def scrub(self, *, whole: bool = False) -> None:
        """Nothing: the server's own vacuum overwrites what is deleted, in its time."""

    async def close(self) -> None:
        """Finish what is under way, then close."""
        if self._closed:
            return
        self._closed = True
        if self._under_way:
            await self._idle.wait()  # each call ends by its own deadline
        await self._connections.close()

    async def _measure(self) -> None:
        """Ask for the server's time; half the round trip is the error."""
        text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        before = time.monotonic_ns()
        theirs = await self._run(lambda connection: connection.fetchval(text), writes=False) * 1000
        after = time.monotonic_ns()
        self._offset, self._measured = theirs - (before + after) // 2, after
        self.skew = (self._offset + time.monotonic_ns() - time.time_ns()) // 1_000_000
        if abs(self.skew) > SKEW:
            log.warning("this machine's clock and the database's differ", milliseconds=self.skew)

    async def _run(self, act: Act, *, writes: bool) -> Any:  # noqa: ANN401 - whatever `act` returns
        """Act on a connection; a lost one is replaced. A read is tried once more, a write is not."""
        if self._closed:
            raise RuntimeError("the store is closed")
        self._under_way += 1
        try:
            for n in range(1, TRIES + 1):
                try:
                    return await self._act(act)
                except Doubtful as error:
                    self._connections.distrust()
                    if writes:
                        raise
                    if n > 1:
                        raise Unavailable(str(error)) from error
                except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
                    if n == TRIES:
                        raise Unavailable(f"others were in the way each time: {error}") from error
                    await asyncio.sleep(random.uniform(0, 0.05 * n))  # noqa: S311 - so that they do not meet again
        finally:
            self._under_way -= 1
            if self._closed and not self._under_way:
                self._idle.set()

    async def _act(self, act: Act) -> Any:  # noqa: ANN401
        """Once. Raises `Unavailable` when `act` surely changed nothing, `Doubtful` when the connection was lost."""
        try:
            connection = await self._connections.take()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise Unavailable(
                f"the database cannot be reached: {str(error) or 'no connection is free'}"
            ) from error
        try:
            result = await act(connection)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if isinstance(error, GAVE_UP):
                self._connections.give(connection)
                raise Unavailable(f"the database gave up: {error}") from error
            if connection.is_closed() or isinstance(error, LOST) or getattr(error, "severity", "") in FATAL:
                self._connections.lose(connection)  # it may say so before it is closed
                raise Doubtful(f"the connection to the database was lost: {error}") from error
            self._connections.give(connection)
            raise
        except (
            OSError,
            asyncpg.InternalClientError,
        ) as error:  # the latter: the server's last word came in between
            self._connections.lose(connection)
            raise Doubtful(f"the database does not answer: {str(error) or 'timed out'}") from error
        except BaseException:  # a caller that was cancelled: its statement may still run
            self._connections.lose(connection)
            raise
        self._connections.give(connection)
        return result


def numbered(statement: Statement, first: int = 1) -> tuple[str, tuple[str, ...]]:
    """The text with `$n` for `:name`, counted from `first`, and the names in that order."""
    places = {name: first + n for n, name in enumerate(statement.params)}
    return PARAMETER.sub(lambda match: f"${places[match[1]]}", statement.text), statement.params


def plan_of(statements: list[Statement], steps: tuple[Step, ...]) -> Plan:
    """One statement for the whole unit where that means the same as one step after the other."""
    if joinable(statements):
        text, params = joined(statements, steps)
        return Plan((text,), (params,))
    each = [
        joined([statement], (step,), n)
        for n, (statement, step) in enumerate(zip(statements, steps, strict=True))
    ]
    return Plan(tuple(text for text, _ in each), tuple(params for _, params in each))


def joined(
    statements: list[Statement], steps: tuple[Step, ...], first: int = 0
) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Steps as parts of one statement; the first of them is step number `first` of its unit."""
    parts: list[str] = []
    checks: list[str] = []
    params: list[tuple[int, str]] = []
    for n, (statement, step) in enumerate(zip(statements, steps, strict=True), first):
        text, names = numbered(statement, len(params) + 1)
        params += [(n, name) for name in names]
        parts.append(f"s{n} AS ({text} RETURNING 1)")
        if step.expect is not None:
            checks.append(f"framegate_met({n}, (SELECT count(*) FROM s{n}), {step.expect})")  # noqa: S608 - numbers
    outcome = ", ".join(checks) or "1"
    return f"WITH {', '.join(parts)} SELECT {outcome}", tuple(params)


WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")
READS = re.compile(r"\b(?:FROM|JOIN|USING)\s+(\w+)")
CHANGES = re.compile(r"UPDATE|DELETE")


def joinable(statements: list[Statement]) -> bool:
    """Whether no step could see what another did: no row is written twice, no table read that another step writes."""
    added: set[str] = set()
    changed: set[str] = set()
    for statement in statements:
        written = WRITES.match(statement.text)
        if written is None:
            raise ValueError(
                f"{statement.name} does not begin as a step of a unit does: INSERT, UPDATE or DELETE"
            )
        table = written[2]
        changes = CHANGES.search(statement.text) is not None  # also ON CONFLICT DO UPDATE
        if table in changed or (changes and table in added):
            return False
        (changed if changes else added).add(table)
    for statement in statements:
        own = WRITES.match(statement.text)
        body = statement.text[own.end() :] if own else statement.text
        if set(READS.findall(body)) & ((added | changed) - {own[2] if own else ""}):
            return False
    return True


async def migrate(connection: Connection) -> None:
    """Apply what is missing, each migration in one transaction; of several processes one does it, the others wait."""
    if await connection.fetchval("SELECT to_regclass('schema_version')") is None:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
            await connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
            await connection.execute(
                "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version)"
            )
    while scripts("postgres", await connection.fetchval("SELECT version FROM schema_version")):
        async with connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            await connection.execute(
                "SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK, timeout=MIGRATION_SECONDS
            )
            missing = scripts("postgres", await connection.fetchval("SELECT version FROM schema_version"))
            for number, text in missing[:1]:
                await connection.execute(text, timeout=MIGRATION_SECONDS)
                await connection.execute("UPDATE schema_version SET version = $1", number)
