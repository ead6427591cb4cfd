"""Fixtures that several folders of tests share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator

import pytest

import running
from databases import Server, postgres_server


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Gateway]:
    """One gateway for all tests that only talk to it as its clients do: SQLite, tiny sandbox, no real upstream."""
    with running.running(tmp_path_factory.mktemp("gateway") / "data", bootstrap_credit="100000") as found:
        yield found


@pytest.fixture(scope="module")
def in_front(
    gateway: running.Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., running.Gateway]]:
    """Starts a gateway whose one upstream is `gateway`, spoken to as a vendor: `in_front(provider, models, path)`.

    `path` is what comes before the vendor's own paths, such as "/kling"; `more` is more of the configuration.
    """
    with contextlib.ExitStack() as stack:

        def start(provider: str, models: Iterable[str], path: str = "", more: str = "") -> running.Gateway:
            upstream = (
                f'[[upstreams]]\nname = "far"\nprovider = "{provider}"\nbase_url = "{gateway.url}{path}"\n'
                f'credential = {{ key = "{gateway.key}" }}\nallow_hosts = ["127.0.0.1"]\npoll_seconds = 0.5\n'
            )
            routes = [
                f'[[routes]]\nmodel = "{model}"\npolicy = "strict"\nto = [{{ upstream = "far" }}]\n'
                for model in models
            ]
            data = tmp_path_factory.mktemp(f"in-front-{provider}") / "data"
            return stack.enter_context(running.running(data, config="\n".join([upstream, *routes, more])))

        yield start


@pytest.fixture(scope="session")
def cluster() -> Iterator[Server]:
    """One PostgreSQL for all tests of a run that need databases of their own."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of a gateway on a new database of each kind."""
    if request.param == "sqlite":
        yield {}
        return
    server: Server = request.getfixturevalue("cluster")
    url = asyncio.run(server.create())
    yield {"database_url": url}
    asyncio.run(server.drop(url))
