"""Upstreams at the operator's door: how each has been answering, what is left on its account, which models it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import UNIT
from framegate.core.provider import Exchange, Provider, Weather
from framegate.core.wire import Malformed
from framegate.engine.configuration import Watch
from framegate.engine.reach import POLL, Reach
from framegate.routing import Upstream
from framegate.transport import NotSent, Refused, Unknown
from framegate.web.admin import AdminRoute

T = TypeVar("T")


class UpstreamHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What this process knows of one upstream. `sick`: left alone until `probe_at` (Unix milliseconds), then probed."""

    name: str
    provider: str
    paused: bool
    sick: bool
    misses: int
    because: str
    probe_at: int
    quiet_until: int


def upstream_routes(watch: Watch, reach: Reach) -> tuple[AdminRoute, ...]:
    """The lines of the table."""

    async def health(_: Mapping[str, str], __: None) -> list[UpstreamHealth]:
        found: list[UpstreamHealth] = []
        for name, upstream in sorted(watch.now.table.upstreams.items()):
            seen = reach.health(name)
            found.append(
                UpstreamHealth(
                    name=name,
                    provider=upstream.provider,
                    paused=upstream.paused,
                    sick=seen.sick,
                    misses=seen.misses,
                    because=seen.why,
                    probe_at=seen.probe_at,
                    quiet_until=seen.quiet_until,
                )
            )
        return found

    async def left(path: Mapping[str, str], _: None) -> dict[str, Any]:
        upstream, provider = known(watch, path["name"])
        if provider.credits is None:
            message = f"the provider {upstream.provider!r} does not say what is left on an account"
            raise Trouble(Problem.NOT_FOUND, message)
        units = await told(reach, "credits", upstream, provider, provider.credits)
        return {"upstream": upstream.name, "credits": {unit: amount / UNIT for unit, amount in units.items()}}

    async def models(path: Mapping[str, str], _: None) -> dict[str, Any]:
        upstream, provider = known(watch, path["name"])
        if provider.models is None:
            message = f"the provider {upstream.provider!r} does not say which models there are"
            raise Trouble(Problem.NOT_FOUND, message)
        found = await told(reach, "models", upstream, provider, provider.models)
        asked = {
            target.model or route.model
            for route in watch.now.table.routes.values()
            for target in route.to
            if target.upstream == upstream.name
        }
        return {"upstream": upstream.name, "models": found, "missing": sorted(asked.difference(found))}

    return (
        AdminRoute(
            "GET /admin/v1/health",
            "How every upstream has been answering",
            health,
            answer=list[UpstreamHealth],
        ),
        AdminRoute("GET /admin/v1/upstreams/{name}/credits", "What is left on an upstream's account", left),
        AdminRoute(
            "GET /admin/v1/upstreams/{name}/models",
            "The models that an upstream has, and those that routes ask it for in vain",
            models,
        ),
    )


def known(watch: Watch, name: str) -> tuple[Upstream, Provider]:
    """An upstream of that name and what speaks to it. Raises `Trouble`."""
    upstream = watch.now.table.upstreams.get(name)
    provider = watch.now.table.providers.get(upstream.provider) if upstream else None
    if upstream is None or provider is None:
        raise Trouble(Problem.NOT_FOUND, f"there is no upstream {name[:80]!r}")
    return upstream, provider


async def told(
    reach: Reach, what: str, upstream: Upstream, provider: Provider, exchange: Exchange[None, T]
) -> T:
    """What an upstream says when asked about itself. Raises `Trouble` when it does not."""
    try:
        response = await reach.call("", what, upstream, provider, exchange.encode(None), POLL)
        return exchange.decode(None, response)
    except (NotSent, Unknown, Refused, Malformed, Weather) as error:
        raise Trouble(Problem.UNAVAILABLE, f"{upstream.name} did not say: {error}"[:300]) from None
    finally:
        reach.told("")
