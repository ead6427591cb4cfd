"""The pytest plugin: `framegate` is a gateway to test clients against, offline. Started at first use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from framegate.testing.gateway import Gateway, serving


@pytest.fixture(scope="session")
def framegate_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The gateway itself, for fixtures that live as long as the session."""
    with serving(tmp_path_factory.mktemp("framegate")) as found:
        yield found


@pytest.fixture
def framegate(framegate_gateway: Gateway) -> Iterator[Gateway]:
    """The session's gateway; what a test asked of it with `fail_next` and did not use ends with the test."""
    yield framegate_gateway
    framegate_gateway.behave()
