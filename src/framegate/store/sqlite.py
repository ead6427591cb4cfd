"""SQLite: one writer thread that commits in groups, reads by key inline, lists in reader threads.

A group is one transaction on disk. Each unit of it is all or nothing by itself (`programs`).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Thread, local
from typing import Any, Literal

from framegate.store.migrate import scripts
from framegate.store.programs import Programs
from framegate.store.statements import load
from framegate.store.unit import Clock, Doubtful, Occupied, Row, Step, Unavailable

GROUP = 256
"""Units committed together at most."""
GATHER = 0.002
"""Seconds that a group waits for others when the last one had company: one flush to the disk then serves more."""
BUSY_SECONDS = 10.0
"""How long a write waits for another process's: the commands write in short transactions."""

OUTER = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL})
"""Errors of the world outside; any other is a defect of a statement."""

Act = Callable[[Programs, sqlite3.Connection], Any]
Work = tuple[Act, asyncio.Future[Any], asyncio.AbstractEventLoop]
Result = tuple[asyncio.Future[Any], asyncio.AbstractEventLoop, Any, BaseException | None]


class Sqlite:
    """One SQLite file. Opened by `Sqlite.open`."""

    kind: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, path: str, clock: Clock, lock: int | None) -> None:
        self._path = path
        self._clock = clock
        self._lock = lock
        self._statements = {name: s.text for name, s in load("sqlite").items()}
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._reader = connect_named(path)
        self._local = local()
        self._readers = [self._reader]  # with those of the reader threads, to be closed
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="framegate-read")
        self._writer = Thread(target=self._write_all, name="framegate-write", daemon=True)
        self._closed = False

    @classmethod
    async def open(cls, path: str, *, clock: Clock, exclusive: bool) -> Sqlite:
        """Migrate, and with `exclusive` take the lock and every lease. Raises `Occupied` or `Unavailable`."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        lock = take_lock(f"{path}.lock") if exclusive else None
        try:
            migrate(path)
            store = cls(path, clock, lock)
        except BaseException as error:
            if lock is not None:
                os.close(lock)
            if isinstance(error, sqlite3.DatabaseError):
                raise Unavailable(f"the database {path} cannot be opened: {error}") from error
            raise
        store._writer.start()
        try:
            if exclusive:
                await store.write(Step("reclaim_leases", {}, None), Step("end_leases", {}, None))
        except BaseException:
            await store.close()
            raise
        return store

    async def write(self, *steps: Step) -> None:
        """One unit. Raises `Unmet`, `Duplicate` or `Unavailable`: then nothing of it happened; `Doubtful` when the disk
        failed at the commit itself.
        """
        await self._submit(lambda programs, _: programs.run(steps))

    async def take(self, statement: str, /, **params: Any) -> list[Row]:  # noqa: ANN401
        text = self._statements[statement]
        return await self._submit(lambda _, connection: connection.execute(text, params).fetchall())

    async def row(self, statement: str, /, **params: Any) -> Row | None:  # noqa: ANN401
        # all rows, so that the statement ends: one left half-way would hold its snapshot, and later reads be stale
        rows = self._reader.execute(self._statements[statement], params).fetchall()
        return rows[0] if rows else None

    async def rows(self, statement: str, /, **params: Any) -> list[Row]:  # noqa: ANN401
        text = self._statements[statement]

        def read() -> list[Row]:
            if not hasattr(self._local, "connection"):
                self._local.connection = connect_named(self._path)
                self._readers.append(self._local.connection)
            return self._local.connection.execute(text, params).fetchall()

        return await asyncio.get_running_loop().run_in_executor(self._pool, read)

    async def now(self) -> int:
        return self._clock()

    async def scrub(self, *, whole: bool = False) -> None:
        """Empty the write-ahead log, which still has the pages of before; `whole` also rewrites the file itself."""

        def act() -> None:
            with contextlib.closing(connect(self._path)) as connection:
                if whole:
                    connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, act)
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the database could not be scrubbed: {error}") from error

    async def close(self) -> None:
        """Finish what was queued, then close."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._writer.join)
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)
        for reader in self._readers:
            reader.close()
        if self._lock is not None:
            os.close(self._lock)

    def _submit(self, act: Act) -> asyncio.Future[Any]:
        if self._closed:
            raise RuntimeError("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.put((act, future, loop))
        return future

    def _write_all(self) -> None:
        """The writer thread: take what has gathered, run each, commit once, tell all."""
        connection = connect_named(self._path)
        programs = Programs(connection, load("sqlite"))
        ending = False
        group: list[Work] = []
        while not ending:
            first = self._queue.get()
            if len(group) > 1:
                time.sleep(GATHER)
            group = []
            while first is not None:
                group.append(first)
                if len(group) >= GROUP or self._queue.empty():
                    break
                first = self._queue.get()
            ending = first is None
            if group:
                self._commit(connection, programs, group)
        connection.close()

    def _commit(self, connection: sqlite3.Connection, programs: Programs, group: list[Work]) -> None:
        results: list[Result] = []
        committing = committed = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            results = [(future, loop, *attempt(connection, programs, act)) for act, future, loop in group]
            committing = True
            connection.execute("COMMIT")
            committed = True
        except Exception as error:  # noqa: BLE001 - whatever it is: somebody waits for each of these, and the thread goes on
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            results = [(future, loop, None, refusal(error, doubtful=committing)) for _, future, loop in group]
        programs.ended(committed=committed)
        for loop in {loop for _, loop, _, _ in results}:
            with contextlib.suppress(RuntimeError):  # the loop may be closed: nobody waits any more
                loop.call_soon_threadsafe(tell, [r for r in results if r[1] is loop])


def attempt(connection: sqlite3.Connection, programs: Programs, act: Act) -> tuple[Any, BaseException | None]:
    """One unit: its result or its error. Raises what ends the whole group: a full or broken disk."""
    try:
        return act(programs, connection), None
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not connection.in_transaction:
            raise  # SQLite has rolled back all of it by itself
        outer = getattr(error, "sqlite_errorcode", 0) & 0xFF in OUTER
        return None, refusal(error, doubtful=False) if outer else error


def refusal(error: Exception, *, doubtful: bool) -> Exception:
    """What callers are told when SQLite could not write: an error of each caller's own, for its own traceback."""
    if doubtful:
        return Doubtful(f"the database could not be written to the end: {error}")
    return Unavailable(f"the database could not be written: {error}")


def tell(results: list[Result]) -> None:
    """Resolve the futures of a group; a caller that went away is passed over: its unit stays written."""
    for future, _, result, error in results:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def connect_named(path: str) -> sqlite3.Connection:
    """A connection whose rows are known by their columns' names."""
    connection = connect(path)
    connection.row_factory = named
    return connection


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False, cached_statements=512
    )
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
    )
    return connection


def named(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    """A row by its columns' names; `sqlite3.Row` looks through all of them for each."""
    return dict(zip([column[0] for column in cursor.description], values, strict=True))


def migrate(path: str) -> None:
    """Apply what is missing, each migration in one transaction; of several processes one does it, the others wait."""
    connection = connect(path)
    try:
        while scripts("sqlite", version_of(connection)):
            connection.execute("BEGIN IMMEDIATE")
            for number, text in scripts("sqlite", version_of(connection))[:1]:
                for statement in split(text):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")
            connection.execute("COMMIT")
    finally:
        connection.close()


def version_of(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def split(script: str) -> Iterator[str]:
    """The statements of a script whose statements end at line ends (`executescript` would commit first)."""
    text = ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            yield text
            text = ""


def take_lock(path: str) -> int:
    """The lock of the one process that serves. Raises `Occupied`."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Occupied(f"another process serves from {path.removesuffix('.lock')}; stop it first") from None
    return lock


# --- a database as a file --------------------------------------------------------------------------------------------


def copy_database(source: Path, target: Path) -> int:
    """One moment of a database, to a new file; its writers go on meanwhile. The number of its schema."""
    with (
        contextlib.closing(connect(str(source))) as there,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as here,
    ):
        there.backup(here)  # all pages in one step: a reader of the write-ahead log stands in no writer's way
        here.execute("PRAGMA journal_mode=DELETE")  # the copy is one file
        if here.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise Unavailable(f"the copy of {source} is damaged")
        return version_of(here)


def files_of(path: Path) -> Iterator[tuple[str, int]]:
    """The files that a database refers to: SHA-256 and size."""
    text, after = load("sqlite")["referred_files"].text, ""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        while rows := connection.execute(text, {"after": after, "limit": 1000}).fetchall():
            yield from rows
            after = rows[-1][0]


def version() -> int:
    """The number of the newest schema that this program knows."""
    return max(number for number, _ in scripts("sqlite", 0))
