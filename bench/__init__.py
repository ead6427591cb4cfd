"""Measurements of this machine: `python -m bench [name ...]`. See `docs/measurements/performance.md`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # the gateways and databases of the tests are the ones measured here
