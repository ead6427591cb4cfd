"""The server: one raw ASGI app over the route tables. Every error is answered in the form of the dialect it was for."""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from framegate.artifacts import Shelf
from framegate.artifacts.links import Links
from framegate.core.dialect import Dialect, Problem, Trouble
from framegate.core.wire import Response
from framegate.engine.admin import Admin
from framegate.web import openapi, pages
from framegate.web.admin import AdminDoor, AdminRoute
from framegate.web.exchange import OPEN, Gone, Message, Receive, Send, Visit
from framegate.web.files import Files
from framegate.web.gateway import Gateway
from framegate.web.handlers import handler
from framegate.web.measures import Measures
from framegate.web.table import Paths

log = structlog.get_logger("framegate.web")
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

    async def callback(visit: Visit, path: Mapping[str, str], _address: str) -> None:
        await files.callback(visit, path)

    return {
        "POST /v1/callbacks/{name}": callback,
        "GET /v1/artifacts/{name}": get("artifacts"),
        "GET /v1/media/{name}": get("media"),
        "PUT /v1/uploads/{name}": put,
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
        self._native = dialects["native"]
        self._families = families(dialects)

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http":
            return
        visit = Visit(scope, receive, send, secrets.token_hex(8))
        began = time.perf_counter()
        dialect, name = self._native, "unknown"
        try:
            found = self._paths.find(visit.route)
            if found is None:
                dialect = self._by_prefix(visit.path)
                raise self._unknown_path(visit.path)
            method = "GET" if visit.method == "HEAD" and "HEAD" not in found.methods else visit.method
            if method == "OPTIONS":
                await self._preflight(visit, found.methods)
                return
            entry = found.methods.get(method)
            if entry is None:
                dialect = self._by_prefix(visit.path)
                raise self._wrong_method(visit, found.methods)
            dialect, name = (
                entry[0] or self._by_prefix(visit.path),
                (entry[0].name if entry[0] else "gateway"),
            )
            check_text(found.variables)
            await entry[1](visit, found.variables, visit.address(self._trusted))
        except Gone:
            log.debug("client hung up", request=visit.request_id)
        except Trouble as trouble:
            await self._say(visit, dialect, trouble)
        except Exception:
            log.exception("request failed", request=visit.request_id, path=visit.path)
            message = f"the gateway failed; tell its operator the request id {visit.request_id}"
            await self._say(visit, dialect, Trouble(Problem.INTERNAL, message))
        finally:
            self._measures.count(name, visit.method, time.perf_counter() - began)

    async def _say(self, visit: Visit, dialect: Dialect, trouble: Trouble) -> None:
        if visit.started:
            return  # the answer is under way already: cutting it off is all that is left
        response: Response = dialect.encode_trouble(trouble)
        extra = {} if visit.path.startswith("/admin/") else dict(OPEN)
        if trouble.retry_after is not None:
            extra["retry-after"] = str(trouble.retry_after)
        if trouble.problem.status < 500 and trouble.problem is not Problem.BUSY:
            extra["x-should-retry"] = "false"
        if trouble.problem is Problem.UNAUTHENTICATED:
            extra["www-authenticate"] = "Bearer"
        await visit.answer(response, extra)

    async def _preflight(self, visit: Visit, methods: Mapping[str, Any]) -> None:
        headers = {"allow": ", ".join(sorted({*methods, "OPTIONS"})), "content-length": "0"}
        if not visit.path.startswith("/admin/"):
            headers |= {
                "access-control-allow-origin": "*",
                "access-control-allow-methods": headers["allow"],
                "access-control-allow-headers": visit.headers.get("access-control-request-headers", "*"),
                "access-control-max-age": "86400",
            }
        await visit.answer(Response(status=204, headers=headers))

    def _by_prefix(self, path: str) -> Dialect:
        """The dialect whose paths begin like this one: its words are what the client understands."""
        steps = path.split("/")[1:3]
        return self._families.get("/".join(steps)) or self._families.get(steps[0]) or self._native

    def _unknown_path(self, path: str) -> Trouble:
        near = self._paths.nearest(path)
        hint = f"; the nearest is {near}" if near else ""
        return Trouble(
            Problem.NOT_FOUND,
            f"there is no path {path[:200]!r}{hint}. The base URL is {self._public_url}; see /docs",
        )

    def _wrong_method(self, visit: Visit, methods: Mapping[str, Any]) -> Trouble:
        allowed = ", ".join(sorted(methods))
        return Trouble(Problem.METHOD_NOT_ALLOWED, f"{visit.path[:200]} takes {allowed}, not {visit.method}")


def families(dialects: Mapping[str, Dialect]) -> dict[str, Dialect]:
    """Dialects by the first one and two segments of their paths; a segment that several share stands for none."""
    found: dict[str, set[str]] = {}
    for dialect in dialects.values():
        for route in dialect.routes:
            steps = route.path.partition(" ")[2].split("/")[1:3]
            for beginning in (steps[0], "/".join(steps)):
                found.setdefault(beginning, set()).add(dialect.name)
    return {beginning: dialects[min(names)] for beginning, names in found.items() if len(names) == 1}


def check_text(variables: Mapping[str, str]) -> None:
    """Control characters in a path can only be a mistake, or worse."""
    for value in variables.values():
        if not value.isprintable() or len(value) > 200:
            raise Trouble(Problem.NOT_FOUND, "there is no such thing")
