"""Bracketed names of a form's fields, as SDKs write lists and objects."""

from __future__ import annotations

from typing import Any

import pytest

from framegate.core.dialect import Trouble
from framegate.web.forms import fold


@pytest.mark.parametrize(
    ("fields", "folded"),
    [
        ([("who[][id]", "a"), ("who[][id]", "b")], {"who": [{"id": "a"}, {"id": "b"}]}),
        ([("who[0][id]", "a"), ("who[1][id]", "b")], {"who": [{"id": "a"}, {"id": "b"}]}),
        (
            [("who[][id]", "a"), ("who[][as]", "x"), ("who[][id]", "b")],
            {"who": [{"id": "a", "as": "x"}, {"id": "b"}]},
        ),
        ([("tags[]", "x"), ("tags[]", "y")], {"tags": ["x", "y"]}),
        ([("a[b][][c]", "1"), ("a[b][][c]", "2")], {"a": {"b": [{"c": "1"}, {"c": "2"}]}}),
    ],
)
def test_names_make_lists_and_objects(fields: list[tuple[str, str]], folded: dict[str, Any]) -> None:
    assert folded == fold(fields)


@pytest.mark.parametrize(
    "fields",
    [[("who", "a"), ("who[][id]", "b")], [("tags[]", "id"), ("tags[][id]", "x"), ("tags[0][id]", "y")]],
)
def test_names_that_contradict_one_another_are_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(Trouble):
        fold(fields)
