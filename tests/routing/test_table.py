"""Which upstreams may serve a request, and in what order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec
import pytest

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import Facts
from framegate.core.provider import Exchange, Offer, Provider, bearer
from framegate.core.task import Kind, Order, Report, Spec, State
from framegate.core.wire import get
from framegate.routing import Route, Table, Target, Upstream, candidates

SPEC = Spec(kind=Kind.VIDEO, model="fast")


def provider(name: str, *, local: bool = False) -> Provider:
    submit: Exchange[Order, Report] = Exchange(lambda _: get("/"), lambda _, __: Report(state=State.QUEUED))
    return Provider(
        name=name,
        docs="https://example.com",
        base_url="https://example.com",
        hosts=(),
        sign=bearer,
        facts=lambda _: Facts({}),
        submit=submit,
        poll=None,
        offers=(Offer(model="*", kind=Kind.VIDEO),),
        local=local,
    )


PROVIDERS = {"vendor": provider("vendor"), "sandbox": provider("sandbox", local=True)}
SANDBOX = Upstream(name="sandbox", provider="sandbox")
REAL = Upstream(name="real", provider="vendor")


def table(upstreams: tuple[Upstream, ...], *routes: Route) -> Table:
    return Table({u.name: u for u in upstreams}, {r.model: r for r in routes}, PROVIDERS, {"fast": "vendor"})


def zero() -> float:
    return 0.0


def names(of: Table, draw: Callable[[], float] = zero, unhealthy: tuple[str, ...] = ()) -> list[str]:
    return [c.upstream for c in candidates(SPEC, of, draw=draw, unhealthy=unhealthy)[1]]


def test_an_offer_for_any_model_goes_by_the_name_of_the_upstreams_model():
    asked = msgspec.structs.replace(SPEC, seed=7)
    route = Route(model="fast", to=(Target(upstream="real", model="fast-2"),))
    [way] = candidates(asked, table((REAL,), route), draw=zero)[1]
    assert way.adapted == ("seed was left out: fast-2 has no such option",)


def test_while_nothing_real_exists_a_known_model_leads_to_the_sandbox():
    assert names(table((SANDBOX,))) == ["sandbox"]


def test_as_soon_as_a_real_upstream_exists_nobody_is_sold_a_fake():
    with pytest.raises(Trouble) as trouble:
        names(table((SANDBOX, REAL)))
    assert trouble.value.problem is Problem.UNAVAILABLE


def test_a_route_to_the_sandbox_is_passed_over_beside_a_real_upstream():
    route = Route(model="fast", to=(Target(upstream="real"), Target(upstream="sandbox")))
    assert names(table((SANDBOX, REAL), route)) == ["real"]


def test_a_paused_real_upstream_does_not_bring_the_sandbox_back():
    paused = Upstream(name="real", provider="vendor", paused=True)
    route = Route(model="fast", to=(Target(upstream="real"), Target(upstream="sandbox")))
    with pytest.raises(Trouble) as trouble:
        names(table((SANDBOX, paused), route))
    assert trouble.value.problem is Problem.UNAVAILABLE


def test_sandbox_fallback_is_a_choice():
    route = Route(
        model="fast", to=(Target(upstream="real"), Target(upstream="sandbox")), sandbox_fallback=True
    )
    assert names(table((SANDBOX, REAL), route)) == ["real", "sandbox"]


def test_an_unhealthy_upstream_is_tried_last():
    other = Upstream(name="other", provider="vendor")
    route = Route(model="fast", to=(Target(upstream="real"), Target(upstream="other")))
    assert names(table((REAL, other), route), unhealthy=("real",)) == ["other", "real"]


def test_weights_share_what_has_the_same_order():
    other = Upstream(name="other", provider="vendor")
    route = Route(
        model="fast",
        to=(Target(upstream="real", weight=3, order=0), Target(upstream="other", weight=1, order=0)),
    )
    random = Random(1)
    first = Counter(names(table((REAL, other), route), random.random)[0] for _ in range(2000))
    assert 0.70 < first["real"] / 2000 < 0.80


def test_a_paused_route_is_unavailable():
    with pytest.raises(Trouble):
        names(table((REAL,), Route(model="fast", to=(Target(upstream="real"),), paused=True)))


def test_a_weight_drawn_at_the_very_end_is_somebodys():
    route = Route(model="fast", to=(Target(upstream="real", order=0), Target(upstream="sandbox", order=0)))
    route = msgspec.structs.replace(route, sandbox_fallback=True)
    assert {"real", "sandbox"} == set(names(table((SANDBOX, REAL), route), draw=lambda: 1.0))


def test_what_an_upstream_does_not_make_is_said():
    with pytest.raises(Trouble, match="real makes no music with song") as trouble:
        candidates(
            Spec(kind=Kind.MUSIC, model="fast"),
            table((REAL,), Route(model="fast", to=(Target(upstream="real", model="song"),))),
            draw=zero,
        )
    assert Problem.INVALID is trouble.value.problem
