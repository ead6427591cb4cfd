"""The server: one raw ASGI app over the route tables. Every error is answered in the form of the dialect it was for."""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog

from framegate.artifacts import Shelf
from framegate.artifacts.links import Links
from framegate.core.dialect import Dialect, Problem, Trouble
from framegate.core.wire import Response
from framegate.engine.admin import Admin
from framegate.store import Doubtful, Unavailable
from framegate.web import openapi, pages
from framegate.web.admin import AdminDoor, AdminRoute
from framegate.web.exchange import OPEN, Gone, Message, Receive, Send, Visit
from framegate.web.files import Files
from framegate.web.gateway import Gateway
from framegate.web.handlers import handler
from framegate.web.measures import Measures
from framegate.web.table import Paths

log = structlog.get_logger("framegate.web")
RETRY_AFTER = 5
"""Seconds after which a client may ask again while the database is out of reach."""
App = Callable[[Message, Receive, Send], Awaitable[None]]
Serve = Callable[[Visit, Mapping[str, str], str], Awaitable[None]]


def create(  # noqa: PLR0913 - wired once
    gateway: Gateway,
    dialects: Mapping[str, Dialect],
    *,
    admin: Admin,
    admin_token: str,
    admin_routes: Sequence[AdminRoute] = (),
    shelf: Shelf,
    links: Links,
    public_url: str,
    trusted_proxies: str = "",
) -> App:
    """The whole server. Raises `ValueError` when two routes claim one path."""
    files = Files(gateway, shelf, links)
    door = AdminDoor(admin, admin_token, admin_routes)
    entries: list[tuple[str, tuple[Dialect | None, Serve]]] = []
    for dialect in dialects.values():
        entries += [
            (route.path, (dialect, handler(gateway, dialect, route, files))) for route in dialect.routes
        ]
    document = openapi.document(dialects, door.routes, public_url)
    native = dialects.get("native")
    measures = Measures()
    entries += [
        (key, (None, serve)) for key, serve in pages.routes(gateway, native, document, measures).items()
    ]
    entries += [(key, (None, serve)) for key, serve in file_routes(files).items()]
    entries += [(key, (None, serve)) for key, serve in door.handlers().items()]
    server = Server(Paths(entries), dialects, public_url, networks(trusted_proxies), measures)
    return server.serve


def file_routes(files: Files) -> dict[str, Serve]:
    def get(bucket: str) -> Serve:
        async def serve(visit: Visit, path: Mapping[str, str], _address: str) -> None:
            await files.get(visit, path, bucket)

        return serve

    async def put(visit: Visit, path: Mapping[str, str], _address: str) -> None:
        await files.put(visit, path)

    async def post(visit: Visit, path: Mapping[str, str], _address: str) -> None:
        await files.post(visit, path)

    async def callback(visit: Visit, path: Mapping[str, str], _address: str) -> None:
        await files.callback(visit, path)

    return {
        "POST /v1/callbacks/{name}": callback,
        "GET /v1/artifacts/{name}": get("artifacts"),
        "GET /v1/media/{name}": get("media"),
        "PUT /v1/uploads/{name}": put,
        "POST /v1/uploads/{name}": post,
    }


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


class Server:
    """Finds the route, runs it, and turns whatever goes wrong into an answer."""

    def __init__(
        self,
        paths: Paths[tuple[Dialect | None, Serve]],
        dialects: Mapping[str, Dialect],
        public_url: str,
        trusted: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...],
        measures: Measures,
    ) -> None:
        self._paths = paths
        self._public_url = public_url
        self._trusted = trusted
        self._measures = measures
        self._dialects = dialects

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http":
            return
        visit = Visit(scope, receive, send, f"{random.getrandbits(64):016x}")
        began = time.perf_counter()
        dialect: Dialect | None = None
        name = "unknown"
        try:
            found = self._paths.find(visit.route)
            if found is None:
                raise self._unknown_path(visit.path)
            method = "GET" if visit.method == "HEAD" and "HEAD" not in found.methods else visit.method
            if method == "OPTIONS":
                await self._preflight(visit, found.methods)
                return
            entry = found.methods.get(method)
            if entry is None:
                trouble = self._wrong_method(visit, found.methods)
                await self._say(visit, None, trouble, {"allow": allowed(found.methods)})
                return
            dialect = entry[0]
            name = dialect.name if dialect else "gateway"
            check_text(found.variables)
            await entry[1](visit, found.variables, visit.address(self._trusted))
        except Gone:
            log.debug("client hung up", request=visit.request_id)
        except Trouble as trouble:
            await self._say(visit, dialect, trouble)
        except Unavailable as error:
            log.warning("the database is out of reach", request=visit.request_id, error=str(error))
            await self._say(visit, dialect, out_of_reach(error))
        except Exception:
            log.exception("request failed", request=visit.request_id, path=visit.path)
            message = f"the gateway failed; tell its operator the request id {visit.request_id}"
            await self._say(visit, dialect, Trouble(Problem.INTERNAL, message))
        finally:
            self._measures.count(name, visit.method, time.perf_counter() - began)

    async def _say(
        self,
        visit: Visit,
        dialect: Dialect | None,
        trouble: Trouble,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if visit.started:
            return  # the answer is under way already: cutting it off is all that is left
        speaker = dialect or nearest_dialect(self._dialects, visit.path)
        response: Response = speaker.encode_trouble(trouble)
        extra = {**({} if visit.path.startswith("/admin/") else OPEN), **(headers or {})}
        if trouble.retry_after is not None:
            extra["retry-after"] = str(trouble.retry_after)
        if trouble.problem.status < 500 and trouble.problem is not Problem.BUSY:
            extra["x-should-retry"] = "false"
        if trouble.problem is Problem.UNAUTHENTICATED:
            extra["www-authenticate"] = "Bearer"
        await visit.answer(response, extra)

    async def _preflight(self, visit: Visit, methods: Mapping[str, Any]) -> None:
        headers = {"allow": allowed(methods), "content-length": "0"}
        if not visit.path.startswith("/admin/"):
            headers |= {
                "access-control-allow-origin": "*",
                "access-control-allow-methods": headers["allow"],
                "access-control-allow-headers": visit.headers.get("access-control-request-headers", "*"),
                "access-control-max-age": "86400",
            }
        await visit.answer(Response(status=204, headers=headers))

    def _unknown_path(self, path: str) -> Trouble:
        near = self._paths.nearest(path)
        hint = f"; the nearest is {near}" if near else ""
        return Trouble(
            Problem.NOT_FOUND,
            f"there is no path {path[:200]!r}{hint}. The base URL is {self._public_url}; see /docs",
        )

    def _wrong_method(self, visit: Visit, methods: Mapping[str, Any]) -> Trouble:
        takes = ", ".join(sorted(methods))
        message = f"{visit.path[:200]} takes {takes}, not {visit.method[:20]}"
        return Trouble(Problem.METHOD_NOT_ALLOWED, message)


def nearest_dialect(dialects: Mapping[str, Dialect], path: str) -> Dialect:
    """The dialect whose words the client of an unknown path understands: of those that have the most leading segments
    in common with it the first by name; the native one where it is among them, or where there are none.
    """
    steps = path.split("/")[1:]

    def common(dialect: Dialect) -> int:
        return max(shared(steps, route.path.split("/")[1:]) for route in dialect.routes)

    native = dialects["native"]
    best = min(dialects.values(), key=lambda d: (-common(d), d is not native, d.name))
    return best if common(best) else native


def shared(steps: Sequence[str], pattern: Sequence[str]) -> int:
    """How many leading segments agree; a variable agrees with anything, but a path does not begin with one."""
    pairs = zip(steps, pattern, strict=False)
    return next(
        (n for n, (a, b) in enumerate(pairs) if a != b and not (n and b.startswith("{"))),
        min(len(steps), len(pattern)),
    )


def out_of_reach(error: Unavailable) -> Trouble:
    """What clients hear while the database cannot be used."""
    message = (
        "the gateway's database is out of reach; nothing was changed, so send the request again in a while"
    )
    if isinstance(error, Doubtful):
        message = (
            "the gateway lost its database while it wrote: whether the request took effect is not known; look first, "
            "or send it again with the same Idempotency-Key"
        )
    return Trouble(Problem.UNAVAILABLE, message, retry_after=RETRY_AFTER)


def allowed(methods: Iterable[str]) -> str:
    """The `Allow` header of a path."""
    named = set(methods)
    return ", ".join(sorted(named | {"OPTIONS"} | ({"HEAD"} if "GET" in named else set())))


def check_text(variables: Mapping[str, str]) -> None:
    """Control characters in a path can only be a mistake, or worse."""
    for value in variables.values():
        if not value.isprintable() or len(value) > 200:
            raise Trouble(Problem.NOT_FOUND, "there is no such thing")
