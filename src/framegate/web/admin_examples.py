"""A body for every operation of the operator's door that takes one: for its description, and for the tests."""

from __future__ import annotations

from typing import Any

UPSTREAM = {
    "name": "own-gpu",
    "provider": "openai-videos",
    "base_url": "http://127.0.0.1:9000",
    "credential": {"key": "env:OWN_GPU_KEY"},
}
ROUTE = {"model": "gen3a_turbo", "to": [{"upstream": "own-gpu", "model": "wan2.2"}]}
PRICE = {"model": "gen3a_turbo", "unit": "second", "usd": "0.06", "when": {"resolution": "720p"}}
COST = {"provider": "runway", "model": "gen4_turbo", "unit": "second", "usd": "0.05"}
PLAN = {"name": "resale", "multiplier": "1.2", "models": ["gen*", "kling-*"]}

EXAMPLES: dict[str, dict[str, Any]] = {
    "POST /admin/v1/sandbox/next": {"directives": ["fail=internal"], "times": 2},
    "POST /admin/v1/upstreams": UPSTREAM,
    "PUT /admin/v1/upstreams/{name}": {**UPSTREAM, "concurrency": 10},
    "PATCH /admin/v1/upstreams/{name}": {"paused": True},
    "POST /admin/v1/routes": ROUTE,
    "PUT /admin/v1/routes/{name}": {**ROUTE, "policy": "strict"},
    "PATCH /admin/v1/routes/{name}": {"paused": True},
    "POST /admin/v1/prices": PRICE,
    "PUT /admin/v1/prices/{name}": {**PRICE, "usd": "0.07"},
    "PATCH /admin/v1/prices/{name}": {"paused": True},
    "POST /admin/v1/costs": COST,
    "PUT /admin/v1/costs/{name}": {**COST, "usd": "0.04"},
    "PATCH /admin/v1/costs/{name}": {"paused": True},
    "POST /admin/v1/plans": PLAN,
    "PUT /admin/v1/plans/{name}": {**PLAN, "multiplier": "1.1"},
    "PATCH /admin/v1/plans/{name}": {"paused": True},
    "POST /admin/v1/accounts": {"name": "studio", "credit": "20.00"},
    "PATCH /admin/v1/accounts/{id}": {"floor": "-5.00"},
    "POST /admin/v1/accounts/{id}/credit": {"usd": "5.00", "note": "invoice 1042"},
    "POST /admin/v1/keys": {"account": "studio", "name": "website", "scopes": {"models": ["gen*"]}},
    "PATCH /admin/v1/keys/{id}": {"paused": True},
    "POST /admin/v1/tasks/{id}/decision": {"decision": "adopt", "handle": {"id": "the id it has there"}},
}
