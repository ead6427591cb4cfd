"""The operator's configuration: rows of upstreams, routes, prices, costs and plans, and the one way in to them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from framegate.access.vault import SEALED, Unsealable, seal, unseal
from framegate.core.dialect import Problem, Trouble, invalid
from framegate.engine.configuration import KINDS
from framegate.engine.job import text
from framegate.engine.rows import KEPT, check_row, shown
from framegate.routing import Upstream
from framegate.store import Row, Store, step

Documents = Mapping[tuple[str, str], Any]
"""Configuration documents by (kind, name)."""


class ConfigRow(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration row: `origin` "file" rows are read-only here, since the file says what they are."""

    kind: str
    name: str
    document: Any
    origin: str
    paused: bool
    updated_at: int


class Configurator:
    """The configuration over one store. `master` is the key that secrets are sealed with and derived from; `providers`
    and `dialects` tell the names of those that an upstream may have, and a key be good for (None: any).
    """

    def __init__(
        self,
        store: Store,
        master: bytes,
        providers: Callable[[], Collection[str]] | None = None,
        dialects: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self.store = store
        self._master = master
        self._providers = providers
        self._dialects = dialects

    async def rows(self, kind: str) -> list[ConfigRow]:
        return [_shown(row) for row in await self.store.rows("config_of", kind=kind)]

    async def row(self, kind: str, name: str) -> ConfigRow:
        return _shown(await self._row(kind, name))

    async def put(
        self,
        kind: str,
        name: str,
        document: Any,  # noqa: ANN401 - of the kind's type
        *,
        origin: str = "admin",
        paused: bool = False,
    ) -> ConfigRow:
        """Write one row. A plain credential is sealed first. Raises CONFLICT for rows that a file owns, INVALID for one
        that could not work.
        """
        await self.check({(kind, name): document})
        if origin != "file":
            await self._may_change(kind, name)
        return await self._write(kind, name, document, origin, paused=paused)

    async def pause(self, kind: str, name: str, *, paused: bool) -> ConfigRow:
        """Pausing is allowed for rows of the file too: it is how an operator stops a bad upstream at night.

        Raises CONFLICT for what the file itself has paused: it cannot go on before the file says so.
        """
        row = await self._row(kind, name)
        document = msgspec.json.decode(row["doc"], type=KINDS[kind])
        if not paused and getattr(document, "paused", False):
            if row["origin"] == "file":
                raise Trouble(Problem.CONFLICT, f"the configuration file pauses the {kind} {name!r}")
            document = msgspec.structs.replace(document, paused=False)
        return await self._write(kind, name, document, row["origin"], paused=paused)

    async def delete(self, kind: str, name: str) -> None:
        """Raises CONFLICT for rows that a file owns, and for what other rows need."""
        await self._row(kind, name)
        await self._may_change(kind, name)
        users = await self._users(kind, name)
        if users:
            raise Trouble(Problem.CONFLICT, f"the {kind} {name!r} is needed: {', '.join(users[:10])}")
        await self._remove(kind, name)

    async def unopened(self) -> list[str]:
        """The upstreams whose stored credential this master key does not open."""
        rows = await self.store.rows("config_of", kind="upstream")
        documents = [msgspec.json.decode(row["doc"], type=Upstream) for row in rows]
        return [row.name for row in documents if row.credential and not self._opened(row)]

    async def check(self, documents: Documents, *, whole: bool = False) -> None:
        """Raises `Trouble` INVALID where one of these rows could not work; a route may name an upstream among them.

        `whole`: they are all of the file's, so that the file's other rows go.
        """
        stored = {row["name"]: row for row in await self.store.rows("config_of", kind="upstream")}
        there = {name for name, row in stored.items() if not (whole and row["origin"] == "file")}
        upstreams = {*there, *(name for kind, name in documents if kind == "upstream")}
        providers = self._providers() if self._providers else None
        for (kind, name), document in documents.items():
            check_row(kind, name, document, providers=providers, upstreams=upstreams)
            if isinstance(document, Upstream):
                _kept(document, stored.get(name))

    async def changes(self, documents: Documents) -> list[tuple[str, str, str]]:
        """What applying a file's rows would do: (`added`, `changed` or `removed`, kind, name). Rows of other origins
        stay. Raises `Trouble` INVALID when one of them could not work.
        """
        await self.check(documents, whole=True)
        present = {(row["kind"], row["name"]): row for row in await self.store.rows("config_rows")}
        found: list[tuple[str, str, str]] = []
        for (kind, name), document in documents.items():
            old = present.get((kind, name))
            if old is None:
                found.append(("added", kind, name))
            elif old["origin"] != "file" or not self._same(kind, old, document):
                found.append(("changed", kind, name))
        gone = [key for key, row in present.items() if row["origin"] == "file" and key not in documents]
        return found + [("removed", kind, name) for kind, name in gone]

    async def apply(self, documents: Documents) -> list[str]:
        """Make the file's rows what the file says; what changed, in words.

        Raises `Trouble` INVALID, and changes nothing, when one of them could not work.
        """
        changes = await self.changes(documents)
        for change, kind, name in changes:
            if change == "removed":
                await self._remove(kind, name)
            else:
                old = await self.store.row("config_row", kind=kind, name=name)
                paused = bool(old and old["paused"])
                await self._write(kind, name, documents[kind, name], "file", paused=paused)
        return [" ".join(change) for change in changes]

    async def _write(
        self,
        kind: str,
        name: str,
        document: Any,  # noqa: ANN401 - of the kind's type
        origin: str,
        *,
        paused: bool,
    ) -> ConfigRow:
        if isinstance(document, Upstream):
            document = _kept(document, await self.store.row("config_row", kind=kind, name=name))
            sealed = {k: self._sealed(name, v) for k, v in document.credential.items()}
            document = msgspec.structs.replace(document, credential=sealed)
        now = await self.store.now()
        await self.store.write(
            step(
                "put_config",
                kind=kind,
                name=name,
                doc=text(document),
                origin=origin,
                paused=int(paused),
                version=now,
                updated_at=now,
            ),
            step("bump_config"),
        )
        return await self.row(kind, name)

    async def _remove(self, kind: str, name: str) -> None:
        await self.store.write(step("delete_config", kind=kind, name=name), step("bump_config"))

    async def _row(self, kind: str, name: str) -> Row:
        row = await self.store.row("config_row", kind=kind, name=name)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no {kind} {name!r}")
        return row

    async def _users(self, kind: str, name: str) -> list[str]:
        """The rows that a row cannot be taken away from: they would go on, and serve nobody, or at the full price."""
        if kind == "upstream":
            routes = await self.rows("route")
            return [
                f"the route {route.name!r} leads to it"
                for route in routes
                if any(target["upstream"] == name for target in route.document.get("to", ()))
            ]
        if kind == "plan" and name != "default":
            accounts = await self.store.rows("list_accounts")
            return [f"the account {row['name']!r} has it" for row in accounts if row["plan"] == name]
        return []

    async def _may_change(self, kind: str, name: str) -> None:
        row = await self.store.row("config_row", kind=kind, name=name)
        if row is not None and row["origin"] == "file":
            raise Trouble(
                Problem.CONFLICT,
                f"the {kind} {name!r} comes from the configuration file; change it there",
            )

    def _same(self, kind: str, row: Row, document: Any) -> bool:  # noqa: ANN401
        old = msgspec.json.decode(row["doc"], type=KINDS[kind])
        if isinstance(document, Upstream):  # sealing is never the same twice
            old = msgspec.structs.replace(old, credential=self._opened(old))
            document = _kept(document, row)
            document = msgspec.structs.replace(document, credential=self._opened(document))
        return bool(old == document)

    def _opened(self, row: Upstream) -> dict[str, str]:
        try:
            return {
                half: unseal(self._master, row.name, value) if value.startswith(SEALED) else value
                for half, value in row.credential.items()
            }
        except Unsealable:
            return {}

    def _sealed(self, name: str, value: str) -> str:
        if value.startswith(("env:", "file:", SEALED)):
            return value
        return seal(self._master, name, value, secrets.token_bytes(12))


def _kept(document: Upstream, stored: Row | None) -> Upstream:
    """The row with what is stored in place of `(sealed)`, as it is shown. Raises `Trouble` INVALID if nothing is."""
    if KEPT not in document.credential.values():
        return document
    old = msgspec.json.decode(stored["doc"], type=Upstream).credential if stored else {}
    credential = {half: old.get(half, "") if v == KEPT else v for half, v in document.credential.items()}
    if "" in credential.values():
        message = (
            f"upstream {document.name[:80]!r}: {KEPT} stands for a credential that is stored, and none is; "
            "write env:NAME, file:PATH or the value itself"
        )
        raise invalid("credential", message)
    return msgspec.structs.replace(document, credential=credential)


def _shown(row: Row) -> ConfigRow:
    document = shown(msgspec.json.decode(row["doc"]))
    if "credential" in document:
        document["credential"] = {
            k: v if v.startswith(("env:", "file:")) else KEPT for k, v in document["credential"].items()
        }
    return ConfigRow(
        kind=row["kind"],
        name=row["name"],
        document=document,
        origin=row["origin"],
        paused=bool(row["paused"] or document.get("paused")),
        updated_at=row["updated_at"],
    )
