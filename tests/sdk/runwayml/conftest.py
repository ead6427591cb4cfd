"""Runway's own SDK, unmodified, pointed at the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from runwayml import AsyncRunwayML, RunwayML

from running import Gateway


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[RunwayML]:
    with RunwayML(base_url=f"{gateway.url}/runwayml", api_key=gateway.key, max_retries=0) as found:
        yield found


@pytest_asyncio.fixture
async def async_client(gateway: Gateway) -> AsyncIterator[AsyncRunwayML]:
    async with AsyncRunwayML(base_url=f"{gateway.url}/runwayml", api_key=gateway.key) as found:
        yield found
