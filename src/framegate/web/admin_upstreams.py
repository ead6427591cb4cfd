"""Upstreams at the operator's door: how each has been answering, and what is left on its account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from framegate.core.dialect import Problem, Trouble
from framegate.core.money import UNIT
from framegate.core.provider import Weather
from framegate.core.wire import Malformed
from framegate.engine.configuration import Watch
from framegate.engine.reach import POLL, Reach
from framegate.transport import NotSent, Refused, Unknown
from framegate.web.admin import AdminRoute


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
        table = watch.now.table
        upstream = table.upstreams.get(path["name"])
        if upstream is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no upstream {path['name'][:80]!r}")
        provider = table.providers.get(upstream.provider)
        if provider is None or provider.credits is None:
            raise Trouble(
                Problem.NOT_FOUND,
                f"the provider {upstream.provider!r} does not say what is left on an account",
            )
        try:
            request = provider.credits.encode(None)
            response = await reach.call("", "credits", upstream, provider, request, POLL)
            units = provider.credits.decode(None, response)
        except (NotSent, Unknown, Refused, Malformed, Weather) as error:
            raise Trouble(Problem.UNAVAILABLE, f"{upstream.name} did not say: {error}"[:300]) from None
        finally:
            reach.told("")
        return {"upstream": upstream.name, "credits": {unit: amount / UNIT for unit, amount in units.items()}}

    return (
        AdminRoute(
            "GET /admin/v1/health",
            "How every upstream has been answering",
            health,
            answer=list[UpstreamHealth],
        ),
        AdminRoute("GET /admin/v1/upstreams/{name}/credits", "What is left on an upstream's account", left),
    )
