"""Fixtures that several folders of tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import running
from databases import Server, postgres_server


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Gateway]:
    """One gateway for all tests that only talk to it as its clients do: SQLite, tiny sandbox, no real upstream."""
    with running.running(tmp_path_factory.mktemp("gateway") / "data", bootstrap_credit="100000") as found:
        yield found


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
