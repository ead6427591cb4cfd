"""What `Prefer` may ask for (RFC 7240), and JSON's types in the words of people."""

from __future__ import annotations

import msgspec
import pytest

from framegate.core.dialect import Trouble
from framegate.web.bodies import typed
from framegate.web.handlers import preferred_wait


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("", None),
        ("wait=5", 5.0),
        ("wait", 60.0),
        ("wait=99999999999999", 60.0),
        ('respond-async, Wait = "7"; soon', 7.0),
        ("wait=abc", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=", None),
        ("waiter=5", None),
    ],
)
def test_what_cannot_be_understood_is_taken_for_not_there(prefer: str, seconds: float | None):
    assert seconds == preferred_wait(prefer)


class Body(msgspec.Struct):
    count: int = 0
    length: float | None = None
    names: list[str] = []
    sure: bool = False


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"count": "x"}, "count: must be a whole number, not a text"),
        ({"length": "x"}, "length: must be a number or null, not a text"),
        ({"names": {}}, "names: must be a list, not an object"),
        ({"names": [None]}, "names[0]: must be a text, not null"),
        ({"sure": 1}, "sure: must be true or false, not a whole number"),
        ([], "the body: must be an object, not a list"),
    ],
)
def test_a_wrong_type_is_said_without_a_languages_words(body: object, message: str):
    with pytest.raises(Trouble) as caught:
        typed(body, Body)
    assert message == caught.value.message
