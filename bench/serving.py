"""`framegate serve`, but for two things: it knows the upstream of `bench.engine`, and it may leave tasks undriven.

python -m bench.serving --data DIR --config FILE [--idle]
"""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

import uvicorn
import uvloop

from bench import engine
from framegate.app import open_app
from framegate.cli.serve import announce
from framegate.settings import from_environment
from framegate.telemetry import configure
from framegate.web import server


async def serve(data: Path, config: Path, *, idle: bool) -> None:
    settings = from_environment(os.environ, data=data)
    configure(settings.log_level)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with open_app(settings, public_url=url, config=config, work=not idle) as app:
        if not idle:
            app.worker.reach._transport.mount("bench", engine.create(engine.picture()))  # noqa: SLF001 - nobody else needs it
        asgi = server.create(
            app.gateway,
            app.dialects,
            admin=app.admin,
            admin_token=app.admin_token,
            shelf=app.shelf,
            links=app.links,
            public_url=url,
        )
        options = uvicorn.Config(
            asgi,
            interface="asgi3",
            http="httptools",
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        announce(url, settings.data, app.first_key)
        await uvicorn.Server(options).serve(sockets=[listener])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--idle", action="store_true")
    given = parser.parse_args()
    engine.known()
    uvloop.run(serve(given.data, given.config, idle=given.idle))
