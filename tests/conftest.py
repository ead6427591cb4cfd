"""What every test run shares."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from databases import Server

pytest_plugins = ["house.closing", "shared_fixtures"]


@pytest.fixture
def postgres_url(cluster: Server) -> Iterator[str]:
    """A new, empty PostgreSQL database."""
    url = asyncio.run(cluster.create())
    yield url
    asyncio.run(cluster.drop(url))
