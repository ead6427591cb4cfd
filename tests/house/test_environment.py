"""What `make` says of the set-up: what had to be downloaded, as pip tells it, and what is missing."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from house.tree import ROOT

SAID = """\
Collecting av==14.0 (from -r requirements/run.txt (line 3))
  Downloading av-14.0-cp311-cp311-manylinux.whl.metadata (4.6 kB)
  Downloading av-14.0-cp311-cp311-manylinux.whl (33.2 MB)
  Using cached numpy-2.3-cp311.whl (16.6 MB)
Downloading tiny-1.0.whl (512 bytes)
Installing collected packages: av, numpy, tiny
"""


@pytest.fixture
def environment() -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / ".ci" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_was_downloaded_is_counted_and_what_lay_in_the_cache_is_not(environment: ModuleType):
    assert 33_205_112 == round(environment.downloaded(SAID))


def test_a_python_that_is_too_old_is_said_with_what_helps(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"is Python 3\.9; 3\.11 or newer is needed"):
        environment.main(["run"])


def test_a_full_disk_is_said_before_anything_is_made(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(environment.FREE, "run", 10**18)
    with pytest.raises(SystemExit, match=r"GB free for .*GB are needed"):
        environment.need("run")
