"""Which field is wrong, in the native format's words."""

from __future__ import annotations

import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.dialects.native.tasks_encode import field_of


@pytest.mark.parametrize(
    ("place", "field", "said"),
    [(2, "first_frame", "inputs[2].url"), (None, "first_frame", "inputs"), (None, "seconds", "seconds")],
)
def test_a_medium_is_one_of_the_inputs(place: int | None, field: str, said: str) -> None:
    trouble = Trouble(Problem.INVALID, "it cannot be read", field=field)
    trouble.place = place
    assert said == field_of(trouble)
