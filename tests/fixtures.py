"""Fixtures that several folders of tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import running


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Gateway]:
    """One gateway for all tests that only talk to it as its clients do: SQLite, tiny sandbox, no real upstream."""
    with running.running(tmp_path_factory.mktemp("gateway") / "data", bootstrap_credit="100000") as found:
        yield found
