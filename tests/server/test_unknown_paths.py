"""A path that nobody knows is answered in the words of the dialect it was most likely meant for."""

from __future__ import annotations

import time

import pytest

from framegate.dialects import load
from framegate.web.server import nearest_dialect
from framegate.web.table import Paths

DIALECTS = load()


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/kling/x", "kling"),
        ("/kling/v1/videos/nothing", "kling"),
        ("/luma/x", "luma"),
        ("/luma/dream-machine/x", "luma-dream-machine"),
        ("/runway/x", "runway"),
        ("/v1/videos/1/nothing", "openai-videos"),
        ("/v1/nothing", "native"),
        ("/nothing", "native"),
        ("/", "native"),
        ("//", "native"),
    ],
)
def test_the_dialect_that_shares_most_of_the_path_answers(path: str, dialect: str) -> None:
    assert dialect == nearest_dialect(DIALECTS, path).name
    backwards = dict(reversed(DIALECTS.items()))
    assert dialect == nearest_dialect(backwards, path).name, "whatever the order"


def test_a_very_long_path_is_not_compared_with_all_the_others() -> None:
    paths = Paths([(f"GET /some/path/{n}/{{id}}", n) for n in range(300)])
    began = time.process_time()
    assert paths.nearest("/some/path" + "/x" * 30_000) is None
    assert time.process_time() - began < 0.02
    assert paths.nearest("/some/path/1x") is not None
