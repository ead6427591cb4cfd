"""What happens at each kind of route, for every dialect alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from framegate.access import Caller
from framegate.core import dialect as routes
from framegate.core.dialect import Call, Dialect, Problem, Slot, Trouble
from framegate.core.task import Spec, Task
from framegate.core.wire import Request, Response
from framegate.web.bodies import JSON_LIMIT, read_json, typed
from framegate.web.exchange import OPEN, Visit
from framegate.web.files import UPLOAD_LIMIT, Files
from framegate.web.forms import is_form, read_form
from framegate.web.gateway import Gateway
from framegate.web.streams import converse, follow

LONGEST_WAIT = 60.0
COUNT = re.compile(r"[0-9]{1,6}")
SHEET = ".sheet"
"""How the name of a film's many pictures ends: they are made when they are asked for."""

Variables = Mapping[str, str]
Handle = Callable[[Visit, Variables, str], Awaitable[None]]


def handler(gateway: Gateway, dialect: Dialect, route: routes.Route, files: Files) -> Handle:
    """The function that serves one route: (visit, path variables, client's address)."""
    serve = KINDS[type(route)]

    async def handle(visit: Visit, path: Variables, address: str) -> None:
        request = Request(method="GET", url=visit.path, headers=visit.headers)
        identity = dialect.identify(request)
        caller = await gateway.authenticate(identity, dialect=dialect.name, address=address)
        if dialect.check:
            dialect.check(request)
        await serve(Turn(gateway, dialect, files, caller, visit, path), route)

    return handle


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of a known caller at one route."""

    gateway: Gateway
    dialect: Dialect
    files: Files
    caller: Caller
    visit: Visit
    path: Variables

    @property
    def bare(self) -> Call:
        """The call of a request without a body."""
        return Call(path=self.path, query=self.visit.query, headers=self.visit.headers)

    async def call(self, body: type[Any]) -> Call:
        """The call with its body, JSON or a form; a form's files are uploads by then."""
        kind = self.visit.headers.get("content-type", "")
        form = is_form(kind)
        if form:
            raw: Any = await read_form(self.visit.chunks(UPLOAD_LIMIT), kind, self.keep)
        else:
            raw = read_json(await self.visit.body(JSON_LIMIT), kind)
        return Call(
            path=self.path,
            query=self.visit.query,
            headers=self.visit.headers,
            body=typed(raw, body, strict=not form),
            raw=raw,
        )

    async def keep(self, filename: str, media_type: str, chunks: AsyncIterator[bytes]) -> str:
        """Store a file that came in a form; what stands for it."""
        return (await self.receive(filename, media_type, chunks)).url

    async def receive(self, filename: str, media_type: str, chunks: AsyncIterator[bytes]) -> Slot:
        slot = await self.gateway.open_upload(self.caller, filename)
        await self.gateway.receive_upload(slot.id, chunks, media_type)
        return await self.gateway.finish_upload(self.caller, slot.id)

    async def submit(self, spec: Spec) -> Task:
        retries = self.visit.headers.get("x-stainless-retry-count", "")
        return await self.gateway.submit(
            self.caller,
            self.dialect.name,
            spec,
            idempotency_key=idempotency_key(self.visit),
            retry_count=int(retries) if COUNT.fullmatch(retries) else None,
        )

    async def show(self, any_id: str, family: str = "") -> Task:
        return await self.gateway.show(self.caller, self.dialect.name, any_id, family)


async def serve_submit(turn: Turn, route: routes.Submit) -> None:
    call = await turn.call(route.body)
    spec = route.decode(call)
    try:
        task = await turn.submit(spec)
    except Trouble as trouble:
        if route.field and trouble.field:
            trouble.field = route.field(call, spec, trouble.field)
        raise
    extra: dict[str, str] = {}
    preferred = preferred_wait(turn.visit.headers.get("prefer", ""))
    seconds = route.wait(call) if preferred is None and route.wait else preferred
    if seconds is not None:
        task = await turn.gateway.wait(turn.caller, turn.dialect.name, task.id, seconds)
    if preferred is not None:
        extra["preference-applied"] = f"wait={preferred:g}"
    await turn.visit.answer(route.encode(task), {**told(task), **extra})


async def serve_show(turn: Turn, route: routes.Show) -> None:
    task = await turn.show(route.find(turn.bare) if route.find else turn.path["id"], route.family)
    await turn.visit.answer(route.encode(task), told(task))


async def serve_cancel(turn: Turn, route: routes.Cancel) -> None:
    task = await turn.gateway.cancel(turn.caller, turn.dialect.name, turn.path["id"])
    await turn.visit.answer(route.encode(task), told(task))


async def serve_delete(turn: Turn, route: routes.Delete) -> None:
    if route.aborts:
        task = await turn.gateway.cancel(turn.caller, turn.dialect.name, turn.path["id"])
        if not task.state.final:  # the upstream takes its time: the client need not wait for it
            await turn.visit.answer(route.encode(task), told(task))
            return
    task = await turn.gateway.delete(turn.caller, turn.dialect.name, turn.path["id"], route.check)
    await turn.visit.answer(route.encode(task), told(task))


async def serve_list(turn: Turn, route: routes.List) -> None:
    wanted = route.decode(await turn.call(route.body) if route.body else turn.bare)
    page = await turn.gateway.list(turn.caller, turn.dialect.name, wanted)
    await turn.visit.answer(route.encode(msgspec.structs.replace(page, asked=wanted)), OPEN)


async def serve_watch(turn: Turn, route: routes.Watch) -> None:
    task = await turn.show(turn.path["id"])
    tasks = turn.gateway.watch_task(turn.caller, turn.dialect.name, task.id)
    await follow(turn.visit, tasks, route.encode, told(task))


async def serve_converse(turn: Turn, route: routes.Converse) -> None:
    call = await turn.call(route.body)
    task = await turn.submit(route.decode(call))
    if not route.streams(call):
        task = await turn.gateway.wait(turn.caller, turn.dialect.name, task.id, CONVERSATION)
        await turn.visit.answer(route.encode(call, task), told(task))
        return
    tasks = turn.gateway.watch_task(turn.caller, turn.dialect.name, task.id)
    await converse(turn.visit, tasks, lambda now, last: route.pieces(call, now, last), told(task))


CONVERSATION = 3600.0
"""Seconds for which a conversation waits for its task; after that the answer says where to find it."""


async def serve_upload(turn: Turn, route: routes.Upload) -> None:
    filename = route.decode(await turn.call(route.body))
    await turn.visit.answer(route.encode(await turn.gateway.open_upload(turn.caller, filename)), OPEN)


async def serve_uploaded(turn: Turn, route: routes.Uploaded) -> None:
    async for _ in turn.visit.chunks(JSON_LIMIT):
        pass  # some clients send the parts they uploaded; there is one
    if not turn.path["id"].startswith(route.prefix):
        raise Trouble(Problem.NOT_FOUND, f"there is no {turn.path['id'][:80]!r} here")
    await turn.visit.answer(
        route.encode(await turn.gateway.finish_upload(turn.caller, turn.path["id"])), OPEN
    )


async def serve_receive(turn: Turn, route: routes.Receive) -> None:
    kind = turn.visit.headers.get("content-type", "")
    slots: list[Slot] = []

    async def keep(filename: str, media_type: str, chunks: AsyncIterator[bytes]) -> str:
        slots.append(await turn.receive(filename, media_type, chunks))
        return slots[-1].url

    chunks = turn.visit.chunks(UPLOAD_LIMIT)
    if not is_form(kind):
        await keep("file", kind, chunks)
    else:
        await read_form(chunks, kind, keep)
    if len(slots) != 1:
        raise Trouble(Problem.INVALID, f"send one file as {route.part}", field=route.part)
    await turn.visit.answer(route.encode(slots[0]), OPEN)


async def serve_name(turn: Turn, route: routes.Name) -> None:
    naming = route.decode(await turn.call(route.body))
    await turn.visit.answer(route.encode(await turn.gateway.name_upload(turn.caller, naming)), OPEN)


async def serve_download(turn: Turn, route: routes.Download) -> None:
    task = await turn.show(turn.path["id"])
    name = route.pick(turn.bare, task)
    if not name.endswith(SHEET):
        await turn.files.send(turn.visit, "artifacts", name, told(task))
        return
    sheet = await turn.gateway.sheet(name.removesuffix(SHEET))
    if sheet is None:
        raise Trouble(Problem.NOT_FOUND, "this file is no longer kept, or has no pictures")
    await turn.visit.answer(
        Response(status=200, headers={"content-type": "image/jpeg"}, body=sheet), told(task)
    )


async def serve_account(turn: Turn, route: routes.Account) -> None:
    call = await turn.call(route.body) if route.body else turn.bare
    period = route.period(call) if route.period else None
    await turn.visit.answer(route.encode(call, await turn.gateway.wallet(turn.caller, period)), OPEN)


async def serve_fixed(turn: Turn, route: routes.Fixed) -> None:
    await turn.visit.answer(route.encode(turn.bare), OPEN)


KINDS: dict[type[Any], Callable[[Turn, Any], Awaitable[None]]] = {
    routes.Submit: serve_submit,
    routes.Show: serve_show,
    routes.List: serve_list,
    routes.Cancel: serve_cancel,
    routes.Watch: serve_watch,
    routes.Upload: serve_upload,
    routes.Uploaded: serve_uploaded,
    routes.Receive: serve_receive,
    routes.Name: serve_name,
    routes.Download: serve_download,
    routes.Delete: serve_delete,
    routes.Converse: serve_converse,
    routes.Account: serve_account,
    routes.Fixed: serve_fixed,
}


def told(task: Task) -> dict[str, str]:
    """What every answer about a task says in its headers."""
    headers = {**OPEN, "x-framegate-task": task.id}
    if task.sandbox:
        headers["x-framegate-sandbox"] = "true"
    if task.adapted:
        headers["x-framegate-adapted"] = "; ".join(task.adapted).encode("ascii", "replace").decode()[:1000]
    return headers


def idempotency_key(visit: Visit) -> str | None:
    """The client's `Idempotency-Key`. Raises `Trouble` for one that cannot be used."""
    key = visit.headers.get("idempotency-key")
    if key is not None and (not 0 < len(key) <= 255 or not key.isprintable() or key.startswith("retry:")):
        raise Trouble(
            Problem.INVALID, "an Idempotency-Key has 1 to 255 printable characters", field="Idempotency-Key"
        )
    return key


def preferred_wait(prefer: str) -> float | None:
    """The seconds of `Prefer: wait=N`, at most a minute, which a mere `wait` asks for; None when not asked.

    RFC 7240: what cannot be understood is taken for not there.
    """
    for preference in prefer.split(","):
        name, sign, value = (part.strip() for part in preference.partition(";")[0].partition("="))
        if name.lower() != "wait":
            continue
        if not sign:
            return LONGEST_WAIT
        value = value.strip('"')
        return min(float(value), LONGEST_WAIT) if value.isascii() and value.isdigit() else None
    return None
