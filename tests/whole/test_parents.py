"""A finished task can be gone on from for as long as its results are kept, whatever the sandbox has forgotten."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running import Gateway, running

LUMA = "/luma/dream-machine/v1/generations"


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[Gateway]:
    with running(tmp_path / "data") as gateway:
        yield gateway


def dreamed(gateway: Gateway, name: str) -> dict[str, Any]:
    """Luma's generation once it has ended."""
    end = time.monotonic() + 60
    while (found := gateway.call("GET", f"{LUMA}/{name}").json)["state"] not in {"completed", "failed"}:
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_a_film_is_enlarged_that_the_sandbox_no_longer_has(forgetful: Gateway) -> None:
    first = forgetful.call("POST", LUMA, {"model": "ray-2", "prompt": "waves", "resolution": "540p"}).json
    assert "completed" == dreamed(forgetful, first["id"])["state"]
    for folder in ("files", "done"):
        shutil.rmtree(forgetful.data / "sandbox" / folder)
        (forgetful.data / "sandbox" / folder).mkdir()
    upscale = {"generation_type": "upscale_video", "resolution": "720p"}
    child = forgetful.call("POST", f"{LUMA}/{first['id']}/upscale", upscale).json
    ended = dreamed(forgetful, child["id"])
    assert ("completed", None) == (ended["state"], ended["failure_reason"])
