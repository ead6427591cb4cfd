"""Upstreams and routes as rows, and the choice of candidates for one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import Quote
from framegate.core.provider import Provider
from framegate.core.task import Spec
from framegate.routing.adapt import Refusal, adapt, called, offer_for


class Upstream(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """A configured account at a provider. `credential` maps "key" (and "secret") to a plain value, `env:NAME`,
    `file:PATH` or `sealed:…` (encrypted at rest). `concurrency` 0 means that the gateway sets no limit; `poll_seconds`
    is how often a task may be asked after, 0 as its provider says.
    """

    name: str
    provider: str
    base_url: str = ""
    credential: dict[str, str] = {}
    concurrency: int = 0
    poll_seconds: float = 0.0
    allow_hosts: tuple[str, ...] = ()
    proxy: str = ""
    paused: bool = False


class Target(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """One place a route leads to. Targets are tried in the order written; those of the same `order` share by weight."""

    upstream: str
    model: str = ""
    weight: int = 1
    order: int | None = None


class Route(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """A public model name and where it leads. `deadline` in seconds (default 6 hours, 15 minutes for the sandbox)."""

    model: str
    to: tuple[Target, ...] = ()
    policy: Literal["adapt", "strict"] = "adapt"
    sandbox_fallback: bool = False
    deadline: int | None = None
    on_cancel: Literal["charge_if_billed", "free"] = "charge_if_billed"
    on_moderated: Literal["charge_if_billed", "free"] = "charge_if_billed"
    paused: bool = False


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to serve a request: the spec adapted for this upstream, its quote, what the vendor bills anyway, and
    whether the result `follows` what is given in its length.
    """

    upstream: str
    provider: str
    model: str
    spec: Spec
    adapted: tuple[str, ...] = ()
    quote: Quote = Quote()
    follows: bool = False
    bills_cancelled: bool = False
    bills_moderated: bool = False
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One consistent reading of the configuration."""

    upstreams: Mapping[str, Upstream]
    routes: Mapping[str, Route]
    providers: Mapping[str, Provider]
    known: Mapping[
        str, str
    ]  # model names that lead to the sandbox while nothing real is configured → their vendor
    sandbox: str = "sandbox"

    @property
    def real(self) -> bool:
        """Whether any upstream but an engine of ours is configured."""
        return any(not self.local(u) for u in self.upstreams.values())

    def local(self, upstream: Upstream) -> bool:
        provider = self.providers.get(upstream.provider)
        return provider is not None and provider.local

    def route(self, model: str) -> Route | None:
        """The route of a model; while no real upstream exists, every known name leads to the sandbox."""
        if found := self.routes.get(model):
            return found
        if not self.real and model in self.known and self.sandbox in self.upstreams:
            return Route(model=model, to=(Target(upstream=self.sandbox, model=model),))
        return None


def candidates(
    spec: Spec,
    table: Table,
    *,
    draw: Callable[[], float],
    unhealthy: Iterable[str] = (),
) -> tuple[Route, tuple[Candidate, ...]]:
    """The ways to serve `spec`, best first. `draw` gives a number in [0, 1) for weights.

    Raises `Trouble`: INVALID with the refused field when no target can express the request, UNAVAILABLE when the
    model's upstreams are paused or missing.
    """
    route = table.route(spec.model)
    if route is None or route.paused:
        raise Trouble(
            Problem.UNAVAILABLE,
            f"no upstream is configured for the model {spec.model!r}",
            field="model",
        )
    sick = set(unhealthy)
    found: list[Candidate] = []
    refusal: Refusal | None = None
    for target in _ordered(route, draw):
        upstream = table.upstreams.get(target.upstream)
        provider = table.providers.get(upstream.provider) if upstream else None
        if upstream is None or provider is None or upstream.paused:
            continue
        if provider.local and table.real and not route.sandbox_fallback:
            continue  # nobody is ever sold a fake
        model = target.model or spec.model
        offer = offer_for(provider, model, spec)
        if offer is None:
            refusal = refusal or Refusal("model", f"{upstream.name} makes no {spec.kind} with {model}")
            continue
        try:
            fitted, notes = adapt(
                spec,
                called(offer, model),
                route.policy,
                same_vendor=provider.local or provider.vendor == spec.vendor,
            )
        except Refusal as no:
            refusal = refusal or no
            continue
        found.append(
            Candidate(
                upstream=upstream.name,
                provider=provider.name,
                model=model,
                spec=fitted,
                adapted=notes,
                follows=offer.follows,
                bills_cancelled=offer.bills_cancelled,
                bills_moderated=offer.bills_moderated,
                sandbox=provider.local,
            )
        )
    if not found and refusal:
        raise Trouble(Problem.INVALID, refusal.message, field=refusal.field)
    if not found:
        raise Trouble(
            Problem.UNAVAILABLE,
            f"every upstream of the model {spec.model!r} is paused or missing",
        )
    return route, tuple(sorted(found, key=lambda c: c.upstream in sick))


def _ordered(route: Route, draw: Callable[[], float]) -> list[Target]:
    """Targets by order; within one order drawn without replacement by weight."""
    groups: dict[int, list[Target]] = {}
    for place, target in enumerate(route.to):
        groups.setdefault(place if target.order is None else target.order, []).append(target)
    result: list[Target] = []
    for _, group in sorted(groups.items()):
        rest = list(group)
        while len(rest) > 1:
            point = draw() * sum(max(0, t.weight) for t in rest)
            for target in rest:
                point -= max(0, target.weight)
                if point < 0:
                    break
            else:
                target = rest[0]
            rest.remove(target)
            result.append(target)
        result.extend(rest)
    return result
