"""Sending. See the package's page for what each failure means."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import msgspec
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PoolTimeoutError, PyreqwestError
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import RequestBuilder
from pyreqwest.response import Response as Streamed

from framegate.core.wire import Blob, Request, Response
from framegate.transport.expand import body_of, stream
from framegate.transport.guard import Resolve, check, plain_host, resolve
from framegate.transport.local import App, call
from framegate.transport.outcome import NotSent, Refused, TooLarge, Unknown
from framegate.transport.pinned import Pins
from framegate.transport.spool import Spool, spool

Sign = Callable[[Request], Request]
MEMORY = 1_000_000
"""Bytes of an answer that are kept in memory; what is larger becomes a file."""
LARGEST = 4_000_000_000
CONNECT = 10.0
REDIRECTS = 3
LOCAL = "local://"
IDLE = 15.0
"""Seconds for which a connection to a stranger is kept open after a call."""


class Transport:
    """One for a process. Each upstream has its own pool of connections, so that one that hangs slows nobody else."""

    def __init__(
        self, *, spool: Path, resolver: Resolve = resolve, allow_hosts: tuple[str, ...] = ()
    ) -> None:
        self._folder = spool
        self._resolver = resolver
        self._allow_hosts = allow_hosts
        self._pools: dict[tuple[str, str | None], Client] = {}
        self._pins = Pins(pinned)
        self._apps: dict[str, App] = {}

    def mount(self, name: str, app: App) -> None:
        """Serve `local://<name>` by an app in this process."""
        self._apps[name] = app

    async def close(self) -> None:
        pools, self._pools = list(self._pools.values()), {}
        await asyncio.gather(*(pool.close() for pool in pools), self._pins.close())

    async def send(  # noqa: PLR0913 - a call has this many sides
        self,
        request: Request,
        *,
        base_url: str,
        hosts: tuple[str, ...] = (),
        sign: Sign | None = None,
        deadline: float,
        allow_hosts: tuple[str, ...] = (),
        proxy: str | None = None,
        pool: str = "",
        spool_over: int = MEMORY,
        since: float | None = None,
    ) -> Response:
        """One call to an upstream within `deadline` seconds. Raises `NotSent`, `Unknown` or `Refused`.

        They count from now, or from `since` (monotonic seconds): what this process has stood still since then is of
        them, wherever it stood, and of a body nothing is handed over after them.

        The credential goes only to the base URL's own host and to `hosts`; an absolute URL elsewhere is sent without
        it, under the guard. No redirect is followed. An answer larger than `spool_over` bytes becomes a `Blob`.
        """
        until = (time.monotonic() if since is None else since) + deadline
        absolute = "://" in request.url.partition("?")[0]
        url = request.url if absolute else base_url.rstrip("/") + "/" + request.url.lstrip("/")
        request = msgspec.structs.replace(request, url=url)
        own = not absolute or may_sign(url, base_url, hosts)
        if own and sign is not None:
            request = sign(request)
        pulled: list[bool] = []
        try:
            async with asyncio.timeout(until - time.monotonic()):
                if url.startswith(LOCAL):
                    return await self._call_local(request, pulled, spool_over, until)
                if own:
                    return await self._exchange(self._pool(pool, proxy), request, pulled, spool_over, until)
                target = await check(
                    url, allow_hosts=(*self._allow_hosts, *allow_hosts), resolver=self._resolver
                )
                async with self._pins.client(target.host, target.address, target.port) as client:
                    return await self._exchange(client, request, pulled, spool_over, until)
        except PoolTimeoutError:
            raise NotSent(f"too many calls to {place(url)} are under way") from None
        except TimeoutError:
            raise failure(
                pulled,
                streamed=has_body(request),
                message=f"no answer from {place(url)} within {deadline:g} seconds",
            ) from None
        except PyreqwestError as error:
            raise failure(
                pulled, f"{place(url)}: {type(error).__name__}", streamed=has_body(request)
            ) from None

    async def post_guarded(
        self, request: Request, *, deadline: float, allow_hosts: tuple[str, ...] = ()
    ) -> Response:
        """A call to a stranger's address, as notices make. Raises like `send`."""
        return await self.send(
            request,
            base_url="framegate://none",
            deadline=deadline,
            allow_hosts=allow_hosts,
            spool_over=MEMORY,
        )

    async def fetch(  # noqa: PLR0913 - each is a bound
        self,
        url: str,
        *,
        folder: Path,
        max_bytes: int,
        deadline: float,
        allow_hosts: tuple[str, ...] = (),
        accept: tuple[str, ...] = ("image/", "video/", "audio/"),
        over: int = 0,
    ) -> bytes | Blob:
        """A file from a stranger's URL, under the guard: its bytes while at most `over`. Raises `Refused` (in words for
        the customer) or `Unknown`.
        """
        allowed = (*self._allow_hosts, *allow_hosts)
        try:
            async with asyncio.timeout(deadline):
                for _ in range(REDIRECTS + 1):
                    target = await check(url, allow_hosts=allowed, resolver=self._resolver)
                    async with (
                        self._pins.client(target.host, target.address, target.port) as client,
                        asking(client, "GET", url).build_streamed() as response,
                    ):
                        if response.status in {301, 302, 303, 307, 308} and (
                            to := response.get_header("location")
                        ):
                            url = joined(url, to)
                            continue
                        if response.status != 200:
                            raise Refused(f"{place(url)} answered with status {response.status}")
                        if int(response.get_header("content-length") or 0) > max_bytes:
                            raise TooLarge(f"larger than {max_bytes / 1e6:g} MB")
                        return await spool(
                            reading(response), folder, limit=max_bytes, accept=accept, over=over
                        )
                raise Refused(f"{place(url)} redirects too often")
        except TimeoutError:
            raise Unknown(f"{place(url)} did not deliver within {deadline:g} seconds") from None
        except PyreqwestError as error:
            raise Unknown(f"{place(url)} could not be read: {type(error).__name__}") from None

    def _pool(self, name: str, proxy: str | None) -> Client:
        key = (name, proxy)
        if key not in self._pools:
            builder = builder_of().pool_timeout(timedelta(seconds=10)).max_connections(1000)
            self._pools[key] = (
                builder.proxy(ProxyBuilder.all(proxy)) if proxy else builder.no_proxy()
            ).build()
        return self._pools[key]

    async def _exchange(
        self, client: Client, request: Request, pulled: list[bool], over: int, until: float
    ) -> Response:
        built = asking(client, request.method, request.url).headers(dict(request.headers))
        body = body_of(request)
        if body is not None:
            if body.media_type is not None and "content-type" not in request.headers:
                built = built.header("content-type", body.media_type)
            built = built.header("content-length", str(body.length)).body_stream(stream(body, pulled, until))
        async with built.build_streamed() as response:
            got = await spool(reading(response), self._folder, limit=LARGEST, over=over)
            return Response(status=response.status, headers=dict(response.headers), body=got)

    async def _call_local(self, request: Request, pulled: list[bool], over: int, until: float) -> Response:
        name, _, target = request.url.removeprefix(LOCAL).partition("/")
        app = self._apps.get(name)
        if app is None:
            raise NotSent(f"no engine {name!r} runs here")
        headers = [(k.encode(), v.encode("latin-1")) for k, v in request.headers.items()]
        body = body_of(request)
        if body is not None:
            if body.media_type is not None:
                headers.append((b"content-type", body.media_type.encode()))
            headers.append((b"content-length", str(body.length).encode()))
        taken = Spool(self._folder, limit=LARGEST, over=over)
        return await call(
            app,
            request.method,
            f"/{target}",
            headers,
            stream(body, pulled, until) if body else nothing(),
            taken,
        )


def builder_of() -> ClientBuilder:
    return (
        ClientBuilder()
        .follow_redirects(False)  # noqa: FBT003 - their signature
        .default_cookie_store(False)  # noqa: FBT003
        .connect_timeout(timedelta(seconds=CONNECT))
        .user_agent("framegate")
    )


def asking(client: Client, method: str, url: str) -> RequestBuilder:
    """A request to be. Raises `Refused` for what the client does not take for a URL, although the guard did."""
    try:
        return client.request(method, url)
    except ValueError:
        raise Refused("this is not a URL that can be fetched") from None


def pinned(host: str, address: str, port: int) -> Client:
    """A client for guarded calls: it connects to the address that was checked, and to no other."""
    idle = timedelta(seconds=IDLE)
    return builder_of().no_proxy().resolve(host, address, port).pool_idle_timeout(idle).build()


async def reading(response: Streamed) -> AsyncIterator[bytes]:
    while (chunk := await response.body_reader.read_chunk()) is not None:
        yield bytes(chunk)


async def nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def joined(url: str, to: str) -> str:
    """Where a redirect leads. Raises `Refused`."""
    try:
        return urljoin(url, to)
    except ValueError:
        raise Refused(f"{place(url)} redirects to what is no URL") from None


def may_sign(url: str, base_url: str, hosts: tuple[str, ...]) -> bool:
    """Whether a credential may go to this URL: the base URL's own origin, or a host of the provider's, over TLS."""
    to, base = urlsplit(url), urlsplit(base_url)
    if (to.scheme, to.netloc) == (base.scheme, base.netloc):
        return True
    host = to.hostname or ""
    return (
        to.scheme == "https"
        and plain_host(host) == "name"
        and to.username is None
        and to.port in {None, 443}
        and any(fnmatchcase(host, h) for h in hosts)
    )


def has_body(request: Request) -> bool:
    return request.json is not None or bool(request.parts) or request.content is not None


def failure(pulled: list[bool], message: str, *, streamed: bool) -> NotSent | Unknown:
    """Not sent only when there was a body and not one piece of it was pulled."""
    return NotSent(message) if streamed and not pulled else Unknown(message)


def place(url: str) -> str:
    """A URL as it may be shown: without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")
