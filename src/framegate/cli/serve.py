"""`framegate serve`, `work` and `migrate`."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from framegate.cli.plainly import plainly
from framegate.cli.running import Data, settings_for


def add(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(work)
    app.command()(migrate)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65_535)
    ] = 8787,
    data: Data = None,
    config: Annotated[Path | None, typer.Option(help="A framegate.toml to apply at start-up.")] = None,
    workers: Annotated[int, typer.Option(help="Server processes; more than 1 needs PostgreSQL.")] = 1,
) -> None:
    """Serve. Ready when GET /health answers 200."""
    settings = settings_for(data)
    if workers > 1 and not settings.database_url.startswith("postgres"):
        sys.exit(
            "framegate: SQLite is served by one process; set FRAMEGATE_DATABASE_URL=postgresql://… for --workers"
        )
    listener = listen(host, port, shared=workers > 1)
    port = listener.getsockname()[1]
    os.environ["FRAMEGATE_DATA"] = str(settings.data)
    if workers > 1:
        listener.close()
        fork(workers, host, port, config)
        return
    run(host, port, listener, config)


def listen(host: str, port: int, *, shared: bool) -> socket.socket:
    """The socket that is served from. Exits with the reason where there can be none."""
    try:
        return socket.create_server((host, port), reuse_port=shared, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"framegate: port {port} of {host} is in use already; choose another one with --port")
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else "this name is not known"
        sys.exit(f"framegate: cannot listen on {host}:{port}: {reason}")


def fork(workers: int, host: str, port: int, config: Path | None) -> None:
    """Several serving processes on one port; the first to fail ends them all."""
    import multiprocessing.connection  # noqa: PLC0415 - only where it is used

    spawn = multiprocessing.get_context("spawn")
    children = [spawn.Process(target=run, args=(host, port, None, config)) for _ in range(workers)]
    for child in children:
        child.start()
    with contextlib.suppress(KeyboardInterrupt):
        multiprocessing.connection.wait([child.sentinel for child in children])
    for child in children:
        child.terminate()
    for child in children:
        child.join(10)


def run(host: str, port: int, listener: socket.socket | None, config: Path | None) -> None:
    """One serving process."""
    import uvloop  # noqa: PLC0415 - start-up time counts

    with plainly():
        listener = listener or listen(host, port, shared=True)
        uvloop.run(_serve(host, port, listener, config))


async def _serve(host: str, port: int, listener: socket.socket, config: Path | None) -> None:
    import uvicorn  # noqa: PLC0415 - start-up time counts

    from framegate.app import open_app, tune_memory  # noqa: PLC0415
    from framegate.telemetry import configure  # noqa: PLC0415
    from framegate.web import server  # noqa: PLC0415
    from framegate.web.admin_retention import retention_routes  # noqa: PLC0415
    from framegate.web.admin_sandbox import sandbox_routes  # noqa: PLC0415
    from framegate.web.admin_tasks import task_routes  # noqa: PLC0415
    from framegate.web.admin_upstreams import upstream_routes  # noqa: PLC0415
    from framegate.web.patience import Patient  # noqa: PLC0415

    settings = settings_for(None)
    configure(settings.log_level)
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    url = f"http://{shown}:{port}"
    async with open_app(settings, public_url=url, config=config) as app:
        announce(url, settings.data, app.first_key)
        asgi = server.create(
            app.gateway,
            app.dialects,
            admin=app.admin,
            admin_token=app.admin_token,
            admin_routes=(
                *task_routes(app.admin, app.worker.notices, app.worker.pumps.wake),
                *sandbox_routes(app.misbehaviour.ask, app.misbehaviour.forget, app.misbehaviour.real),
                *retention_routes(app.admin),
                *upstream_routes(app.watch, app.worker.reach),
            ),
            shelf=app.shelf,
            links=app.links,
            public_url=settings.public_url or url,
            trusted_proxies=settings.trusted_proxies,
        )
        options = uvicorn.Config(
            asgi,
            interface="asgi3",
            http=Patient,
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        tune_memory()
        await uvicorn.Server(options).serve(sockets=[listener])


def announce(url: str, data: Path, first_key: str | None) -> None:
    """Say where it listens; show the first key once, on a terminal, or keep it in a file."""
    print(f"Framegate listens on {url}  (documents: {url}/docs)", file=sys.stderr, flush=True)
    if first_key is None:
        return
    if sys.stderr.isatty():
        print(f"Your first key (shown once): {first_key}", file=sys.stderr, flush=True)
        return
    path = data / "first-key"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(first_key + "\n")
    print(f"The first key is in {path}", file=sys.stderr, flush=True)


def work(data: Data = None) -> None:
    """Drive tasks without serving (PostgreSQL only): any number of these beside any number of `serve`."""
    settings = settings_for(data)
    if not settings.database_url.startswith("postgres"):
        sys.exit("framegate: SQLite has one process, `framegate serve`, which drives the tasks too")

    async def run_worker() -> None:
        from framegate.app import open_app, tune_memory  # noqa: PLC0415

        done = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, done.set)
        async with open_app(settings, public_url=settings.public_url or "http://127.0.0.1:8787"):
            tune_memory()
            print("Framegate works; stop it with Ctrl-C", file=sys.stderr, flush=True)
            await done.wait()

    asyncio.run(run_worker())


def migrate(data: Data = None) -> None:
    """Bring the database to this version's schema."""
    from framegate.app import open_admin  # noqa: PLC0415

    async def run_migration() -> None:
        async with open_admin(settings_for(data)):
            print("the database is up to date")

    asyncio.run(run_migration())
