"""What is open to all: health, metrics, models, prices, the reference, the first page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from typing import Any

import msgspec

from framegate.access import Caller
from framegate.core.dialect import Dialect, Problem, Trouble
from framegate.core.wire import Request, Response, answer
from framegate.web import assets
from framegate.web.assets import TYPES, Asset
from framegate.web.exchange import OPEN, Visit
from framegate.web.gateway import Gateway
from framegate.web.measures import Measures

Serve = Callable[[Visit, Mapping[str, str], str], Awaitable[None]]
STATIC = files("framegate.web") / "static"
PAGES = {"/": "index.html", "/docs": "docs.html", "/prices": "prices.html"}
PAGE_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}


def routes(gateway: Gateway, native: Dialect | None, document: Any, measures: Measures) -> dict[str, Serve]:  # noqa: ANN401 - a table
    """The open routes: "METHOD /path" → handler."""
    described = assets.ready(msgspec.json.encode(document), "application/json", OPEN)

    async def health(visit: Visit, _path: Mapping[str, str], _address: str) -> None:
        ready = await gateway.ready()
        await visit.answer(answer(200 if ready else 503, {"status": "ok" if ready else "starting"}))

    async def metrics(visit: Visit, _path: Mapping[str, str], _address: str) -> None:
        await visit.answer(
            Response(status=200, headers={"content-type": "text/plain; version=0.0.4"}, body=measures.text())
        )

    async def prices(visit: Visit, _path: Mapping[str, str], _address: str) -> None:
        await visit.answer(answer(200, {"currency": "USD", "data": gateway.prices()}, OPEN))

    async def caller_of(visit: Visit, address: str) -> Caller:
        if native is None:
            raise Trouble(Problem.UNAUTHENTICATED, "no dialect can read a key here")
        identity = native.identify(Request(method="GET", url=visit.path, headers=visit.headers))
        return await gateway.authenticate(identity, dialect="native", address=address)

    async def models(visit: Visit, _path: Mapping[str, str], address: str) -> None:
        found = gateway.models(await caller_of(visit, address))
        claude = "anthropic-version" in visit.headers
        await visit.answer(answer(200, claude_models(found) if claude else openai_models(found), OPEN))

    async def model(visit: Visit, path: Mapping[str, str], address: str) -> None:
        found = [m for m in gateway.models(await caller_of(visit, address)) if m["id"] == path["id"]]
        if not found:
            raise Trouble(Problem.NOT_FOUND, f"there is no model {path['id']!r}")
        form = claude_models if "anthropic-version" in visit.headers else openai_models
        await visit.answer(answer(200, form(found)["data"][0], OPEN))

    return {
        "GET /health": health,
        "GET /metrics": metrics,
        "GET /openapi.json": fixed(described),
        "GET /api/prices": prices,
        "GET /v1/models": models,
        "GET /v1/models/{id}": model,
        **{f"GET {path}": fixed(page) for path, page in pages().items()},
        **{f"GET {path}/": moved(path) for path in PAGES if path != "/"},
    }


def pages() -> dict[str, Asset]:
    """Path → page or file, read once. The paths are exact, so no request can name a file that is not in the table."""
    ends = tuple(f".{ending}" for ending in assets.TYPES)
    names = sorted(entry.name for entry in STATIC.iterdir() if entry.name.endswith(ends))
    content = {name: (STATIC / name).read_bytes() for name in names}
    found = {path: assets.ready(content[name], TYPES["html"], PAGE_HEADERS) for path, name in PAGES.items()}
    return found | {
        f"/static/{name}": assets.ready(body, TYPES[name.rpartition(".")[2]])
        for name, body in content.items()
        if name not in PAGES.values()
    }


def fixed(asset: Asset) -> Serve:
    """The handler of an answer that never changes."""

    async def serve(visit: Visit, _path: Mapping[str, str], _address: str) -> None:
        await assets.send(visit, asset)

    return serve


def moved(path: str) -> Serve:
    """The handler of a page's path with a slash too many, as people type it."""

    async def serve(visit: Visit, _path: Mapping[str, str], _address: str) -> None:
        await visit.answer(Response(status=308, headers={"location": path}))

    return serve


def openai_models(models: list[dict[str, Any]]) -> dict[str, Any]:
    """The list as OpenAI's SDK reads it, with what we know beside."""
    data = [{"object": "model", "created": 1_700_000_000, "owned_by": m["vendor"], **m} for m in models]
    return {"object": "list", "data": data}


def claude_models(models: list[dict[str, Any]]) -> dict[str, Any]:
    """The list as Anthropic's SDK reads it."""
    data = [
        {"type": "model", "id": m["id"], "display_name": m["id"], "created_at": "2023-11-14T22:13:20Z"}
        for m in models
    ]
    return {
        "data": data,
        "has_more": False,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }
