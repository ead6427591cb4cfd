"""Gateways to be measured, each a process of its own over a new data folder and database."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import running
from bench import ROOT
from databases import postgres_server

DATABASES = ("sqlite", "postgres")
DURABLE = ("fsync=on", "full_page_writes=on")
"""Settings with which PostgreSQL survives a power cut, as SQLite does here."""

CREDIT = "100000000"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="framegate-bench-") as name:
        yield Path(name)


@contextlib.contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The settings of a gateway on a new database of this kind."""
    if kind == "sqlite":
        yield {}
        return
    with postgres_server(*DURABLE) as server:
        yield {"database_url": asyncio.run(server.create())}


def start(
    data: Path, *, module: str = "framegate", config: str = "", options: tuple[str, ...] = (), **settings: str
) -> running.Gateway:
    """Start `framegate serve`, or `bench.serving`, which knows an upstream in its own process; ready on return."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "log"
    command = [sys.executable, "-m", module]
    command += ["serve", "--port", "0"] if module == "framegate" else []
    command += ["--data", str(data), *options]
    if config:
        (data / "framegate.toml").write_text(config)
        command += ["--config", str(data / "framegate.toml")]
    with log.open("ab") as out:
        before = out.tell()
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=out, env=environment(settings), start_new_session=True
        )
    return running.Gateway(ready(process, log, before), data, process, log)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The variables of a gateway that is measured: known secrets, credit enough; compiled modules are kept."""
    given = {"bootstrap_credit": CREDIT, "log_level": "error", **settings}
    found = running.environment({f"FRAMEGATE_{name.upper()}": value for name, value in given.items()})
    return {name: value for name, value in found.items() if name != "PYTHONDONTWRITEBYTECODE"}


def ready(process: subprocess.Popen[bytes], log: Path, before: int, within: float = 60) -> str:
    """The URL of a gateway, once it is healthy."""
    end = time.monotonic() + within
    while True:
        text = log.read_bytes()[before:].decode(errors="replace")
        if "Framegate listens on " in text:
            url = text.partition("Framegate listens on ")[2].split()[0]
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - our own
                if answer.status == 200:
                    return url
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise RuntimeError(f"the gateway did not start:\n{text}")
        time.sleep(0.005)


@contextlib.contextmanager
def gateway(
    data: Path, *, module: str = "framegate", config: str = "", options: tuple[str, ...] = (), **settings: str
) -> Iterator[running.Gateway]:
    found = start(data, module=module, config=config, options=options, **settings)
    try:
        yield found
    finally:
        found.stop()


def books(data: Path, settings: Mapping[str, str]) -> str:
    """What `framegate ledger check` says."""
    command = [sys.executable, "-m", "framegate", "ledger", "check", "--data", str(data)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(settings), timeout=120
    )
    return done.stdout.strip() or done.stderr.strip()
