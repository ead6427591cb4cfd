"""A gateway behind a gateway: what it can only be asked for by its own ids."""

from __future__ import annotations

import pytest

from framegate.core.task import Action, Kind, Order, Parent, Spec
from framegate.providers.framegate import PROVIDER


def test_a_task_that_got_no_id_there_cannot_be_continued() -> None:
    spec = Spec(kind=Kind.VIDEO, model="m", prompt="on", action=Action.EXTEND, parent="task_1")
    order = Order(spec=spec, model="m", task_id="task_2", parent=Parent(handle={}, spec=spec, media=()))
    with pytest.raises(ValueError, match="is not known to the other gateway"):
        PROVIDER.submit.encode(order)
