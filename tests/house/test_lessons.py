"""Each defect on the list of lessons, A1 to A22 and B1 to B6, has a test that is named after it."""

from __future__ import annotations

import re

from house.tree import ROOT

NAMED = re.compile(r'(?:def test_|id=")([ab]\d+)_\w')
LESSONS = {f"a{n}" for n in range(1, 23)} | {f"b{n}" for n in range(1, 7)}


def test_every_lesson_has_a_test_of_its_name():
    found = {name for path in (ROOT / "tests").rglob("test_*.py") for name in NAMED.findall(path.read_text())}
    assert (set(), set()) == (LESSONS - found, found - LESSONS)
