"""Where two finished tasks are joined by their ids, where their pictures stand in for them, and where neither does."""

from __future__ import annotations

import pytest

from engine.test_quoting import CATALOGUE, PROVIDERS
from framegate.access import Caller, Plan
from framegate.core.dialect import Trouble
from framegate.core.money import Quote
from framegate.core.task import Action, Kind, Role, Spec, State
from framegate.engine.configuration import Configuration
from framegate.engine.job import Job
from framegate.engine.submit import choose, joined
from framegate.ledger import Rates
from framegate.routing import Route, Table, Target, Upstream

CALLER = Caller(account_id="acct_1", account_name="default", key_id="key_1", plan=Plan(name="default"))
ASKED = Spec(
    kind=Kind.VIDEO, model="ray-2", action=Action.EXTEND, seconds=5.0, parent="task_1", sequel="task_2"
)


def configuration(*upstreams: str, policy: str = "adapt") -> Configuration:
    """The model ray-2 leads to upstreams named after their provider, as in "luma/one", in order."""
    rows = {name: Upstream(name=name, provider=name.partition("/")[0]) for name in upstreams}
    to = tuple(
        Target(upstream=name, model="gen4.5" if name.startswith("runway") else "ray-2") for name in upstreams
    )
    table = Table(rows, {"ray-2": Route(model="ray-2", to=to, policy=policy)}, PROVIDERS, CATALOGUE.models)  # type: ignore[arg-type]
    return Configuration(0, table, Rates(CATALOGUE.prices, CATALOGUE.costs), {})


def made_at(upstream: str) -> Job:
    return Job(
        id=f"task_at_{upstream}",
        public_id="",
        dialect="luma-dream-machine",
        account_id="acct_1",
        key_id="key_1",
        model="ray-2",
        state=State.SUCCEEDED,
        spec=Spec(kind=Kind.VIDEO, model="ray-2"),
        quote=Quote(),
        candidates=(),
        upstream=upstream,
    )


def by_ids(conf: Configuration, parent: str | None, sequel: str) -> bool:
    """Whether both go by their ids; else that pictures of just these tasks stand in."""
    before, after = made_at(parent) if parent else None, made_at(sequel)
    spec = ASKED if parent else Spec(kind=Kind.VIDEO, model="ray-2", action=Action.EXTEND, sequel="task_2")
    found, frames, notes = joined(conf, spec, before, after, [])
    if not frames:
        assert (spec, ()) == (found, notes)
        return True
    assert {Role.LAST_FRAME: after, **({Role.FIRST_FRAME: before} if before else {})} == frames
    assert (Action.GENERATE, None, None) == (found.action, found.parent, found.sequel)
    assert set(frames) == {item.role for item in found.inputs}
    assert 1 == len(notes)
    return False


@pytest.mark.parametrize(
    ("upstreams", "parent", "sequel", "ids"),
    [
        (["luma/one"], "luma/one", "luma/one", True),
        (["luma/one"], None, "luma/one", True),
        (["luma/one", "luma/two"], "luma/two", "luma/two", True),
        (["luma/one", "luma/two"], "luma/one", "luma/two", False),
        (["luma/two"], "luma/one", "luma/one", False),
        (["luma/two"], None, "luma/one", False),
        (["luma-agents/one"], "luma-agents/one", "luma-agents/one", True),
        (["runway/one"], "runway/one", "runway/one", False),
        (["runway/one", "luma/one"], "runway/one", "runway/one", False),
    ],
)
def test_ids_go_where_both_were_made(
    upstreams: list[str], parent: str | None, sequel: str, ids: bool
) -> None:
    if upstreams == ["runway/one"]:  # takes a first frame, and no last one
        with pytest.raises(Trouble, match="takes no last_frame"):
            by_ids(configuration(*upstreams), parent, sequel)
        return
    assert ids == by_ids(configuration(*upstreams), parent, sequel)


def test_a_strict_route_takes_no_pictures_for_them() -> None:
    conf = configuration("luma/one", "luma/two", policy="strict")
    assert by_ids(conf, "luma/one", "luma/one")
    with pytest.raises(Trouble, match=r"given in its place \(the route is strict\)") as caught:
        by_ids(conf, "luma/one", "luma/two")
    assert "sequel" == caught.value.field


def test_by_their_ids_they_stay_at_their_upstream_and_by_pictures_they_may_go_anywhere() -> None:
    conf = configuration("luma/one", "luma/two")
    one, two = made_at("luma/one"), made_at("luma/two")
    _, ways = choose(conf, CALLER, ASKED, two, [])
    assert ["luma/two"] == [way.upstream for way in ways]
    spec, _, _ = joined(conf, ASKED, one, two, [])
    _, ways = choose(conf, CALLER, spec, None, [])
    assert ["luma/one", "luma/two"] == [way.upstream for way in ways]
    plain = Spec(kind=Kind.VIDEO, model="ray-2", seconds=5.0)
    assert choose(conf, CALLER, plain, None, [])[1][0].quote == ways[0].quote, "it costs what any video costs"
