"""A short campaign of odd requests against every operation: `make fuzz` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.campaign import WAYS, campaign


@pytest.mark.timeout(400)
def test_the_gateway_keeps_what_its_openapi_promises(tmp_path: Path) -> None:
    outcomes = list(campaign(tmp_path, cases=1500, seconds=300))
    assert [""] * len(WAYS) == [outcome.findings for _, outcome in outcomes]
    assert 700 < sum(outcome.cases for _, outcome in outcomes)
