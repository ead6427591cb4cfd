"""What `make` says of the set-up: how much had to be downloaded, as pip tells it."""

from __future__ import annotations

import importlib.util

from house.tree import ROOT

SAID = """\
Collecting av==14.0 (from -r requirements/run.txt (line 3))
  Downloading av-14.0-cp311-cp311-manylinux.whl.metadata (4.6 kB)
  Downloading av-14.0-cp311-cp311-manylinux.whl (33.2 MB)
  Using cached numpy-2.3-cp311.whl (16.6 MB)
Downloading tiny-1.0.whl (512 bytes)
Installing collected packages: av, numpy, tiny
"""


def test_what_was_downloaded_is_counted_and_what_lay_in_the_cache_is_not():
    spec = importlib.util.spec_from_file_location("environment", ROOT / ".ci" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    environment = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(environment)
    assert 33_205_112 == round(environment.downloaded(SAID))
