"""When a running task is looked at again: by a plan, by what was learned, as often as the operator says."""

from __future__ import annotations

from framegate.engine.paces import Paces
from store.rows import job

SENT = 1_000_000


def next_look(paces: Paces, *, polls: int = 0, every: float = 0.0) -> float:
    """Seconds from a look, a second after the order, to the next."""
    at = SENT + 1000
    looked_at = job("task_1", upstream="up", sent_at=SENT, updated_at=SENT, polls=polls)
    return (paces.next(looked_at, at, 5.0, every) - at) / 1000


def learned() -> Paces:
    """Of an upstream whose tasks take two seconds, all of them."""
    paces = Paces()
    for _ in range(30):
        paces.ended(job("task_0", upstream="up", sent_at=SENT, updated_at=SENT + 2_000), SENT + 2_000)
    return paces


def test_of_a_new_upstream_the_plan_is_asked():
    assert [5, 5, 6, 8, 10, 10] == [int(next_look(Paces(), polls=n)) for n in range(6)]


def test_the_operator_may_ask_more_often():
    assert [0.5, 0.5, 0.6, 0.8, 1.0] == [
        int(10 * next_look(Paces(), polls=n, every=0.5)) / 10 for n in range(5)
    ]


def test_what_was_learned_never_asks_more_often_than_it_may():
    assert 5.0 <= next_look(learned())
    assert 0.5 <= next_look(learned(), every=0.5) < 5.0
