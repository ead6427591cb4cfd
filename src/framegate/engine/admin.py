"""What the operator does: accounts, keys, money and configuration rows. The admin API and the CLI use these alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from framegate.access import Scopes, digest, hint
from framegate.access.vault import key_secret, seal
from framegate.core.dialect import Problem, Trouble, invalid
from framegate.core.money import format_usd
from framegate.engine.configuration import KINDS
from framegate.engine.ids import new_id
from framegate.engine.job import text
from framegate.engine.notices import secrets_of
from framegate.engine.rows import check_row, check_scopes, shown
from framegate.engine.steps import enter
from framegate.ledger import top_up
from framegate.store import Duplicate, Row, Store, Unmet, step

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


GIFT = "sandbox credit of the first account"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's wallet. Money in decimal strings of USD."""

    id: str
    name: str
    plan: str
    balance: str
    held: str
    floor: str
    paused: bool
    created_at: int


class Key(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key as it is listed. `key` itself is there only in the answer to its creation."""

    id: str
    account_id: str
    name: str
    hint: str
    scopes: Scopes
    expires_at: int | None
    paused: bool
    created_at: int
    used_at: int | None
    key: str | None = None


class KeyPair(msgspec.Struct, frozen=True):
    """What a client needs that signs its own tokens (HS256): `iss` is the access key."""

    access_key: str
    secret_key: str


class ConfigRow(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration row: `origin` "file" rows are read-only here, since the file says what they are."""

    kind: str
    name: str
    document: Any
    origin: str
    paused: bool
    updated_at: int


def _account(row: Row) -> Account:
    return Account(
        id=row["id"],
        name=row["name"],
        plan=row["plan"],
        balance=format_usd(row["balance"]),
        held=format_usd(row["held"]),
        floor=format_usd(row["floor"]),
        paused=bool(row["paused"]),
        created_at=row["created_at"],
    )


def _key(row: Row) -> Key:
    return Key(
        id=row["id"],
        account_id=row["account_id"],
        name=row["name"],
        hint=row["hint"],
        scopes=msgspec.json.decode(row["scopes"] or "{}", type=Scopes),
        expires_at=row["expires_at"],
        paused=bool(row["paused"]),
        created_at=row["created_at"],
        used_at=row["used_at"],
    )


class Admin:
    """The operator's functions over one store. `master` is the key that secrets are sealed with and derived from;
    `providers` tells the names of those that an upstream may have (None: any).
    """

    def __init__(
        self, store: Store, master: bytes, providers: Callable[[], Collection[str]] | None = None
    ) -> None:
        self.store = store
        self._master = master
        self._providers = providers

    # --- accounts and money ------------------------------------------------------------------------------------------

    async def create_account(self, name: str, *, plan: str = "default", floor: int = 0) -> Account:
        """Raises `Trouble` CONFLICT when the name is taken, INVALID when it is empty."""
        if not name.strip() or len(name) > 200:
            raise invalid("name", "an account needs a name of 1 to 200 characters")
        now = await self.store.now()
        account_id = new_id("acct", now)
        try:
            await self.store.write(
                step(
                    "insert_account",
                    id=account_id,
                    name=name,
                    plan=plan,
                    balance=0,
                    held=0,
                    floor=floor,
                    paused=0,
                    created_at=now,
                    updated_at=now,
                )
            )
        except Duplicate:
            raise Trouble(Problem.CONFLICT, f"there is an account {name!r} already", field="name") from None
        return await self.account(account_id)

    async def account(self, id_or_name: str) -> Account:
        row = await self.store.row("account_by_id", id=id_or_name) or await self.store.row(
            "account_by_name", name=id_or_name
        )
        if row is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no account {id_or_name!r}")
        return _account(row)

    async def accounts(self) -> list[Account]:
        return [_account(row) for row in await self.store.rows("list_accounts")]

    async def update_account(
        self,
        id_or_name: str,
        *,
        name: str | None = None,
        plan: str | None = None,
        floor: int | None = None,
        paused: bool | None = None,
    ) -> Account:
        found = await self.account(id_or_name)
        row = await self.store.row("account_by_id", id=found.id)
        assert row is not None
        change = step(
            "update_account",
            id=found.id,
            name=name if name is not None else row["name"],
            plan=plan if plan is not None else row["plan"],
            floor=floor if floor is not None else row["floor"],
            paused=int(paused) if paused is not None else row["paused"],
            updated_at=await self.store.now(),
        )
        try:
            await self.store.write(change)
        except Duplicate:
            raise Trouble(Problem.CONFLICT, f"there is an account {name!r} already", field="name") from None
        return await self.account(found.id)

    async def credit(self, id_or_name: str, amount: int, note: str = "") -> Account:
        """Add to (or below zero take from) a balance, as an entry. Raises INVALID if it would fall below the floor."""
        found = await self.account(id_or_name)
        now = await self.store.now()
        try:
            await self.store.write(
                step("credit", account_id=found.id, amount=amount),
                enter(found.id, None, top_up(amount), now, note),
            )
        except Unmet:
            raise invalid(
                "usd",
                f"the balance is ${found.balance}; it cannot fall below ${found.floor}",
            ) from None
        return await self.account(found.id)

    async def entries(
        self, id_or_name: str, before: int | None = None, limit: int = 100
    ) -> list[dict[str, Any]]:
        """The account's movements, newest first, in nano-dollars."""
        found = await self.account(id_or_name)
        last = before if before is not None else 2**62
        return [
            dict(row)
            for row in await self.store.rows("account_entries", account_id=found.id, before=last, limit=limit)
        ]

    async def gifted(self) -> dict[str, str]:
        """The accounts that still have sandbox credit of a first start, and how much of it, in USD."""
        rows = await self.store.rows("still_gifted", note=GIFT)
        return {row["name"]: format_usd(row["remaining"]) for row in rows}

    async def notice_secrets(self, id_or_name: str, *, rotate: bool = False) -> tuple[str, ...]:
        """What an account's notices are signed with, newest first; after a rotation the old one signs for a day too."""
        account = await self.account(id_or_name)
        if rotate:
            await self.store.write(step("rotate_notice_secret", id=account.id, now=await self.store.now()))
        return await secrets_of(self.store, self._master, account.id)

    async def redeliver(self, notice_id: str) -> None:
        """Send a notice again now. Raises NOT_FOUND for an unknown one (or one that is just being sent)."""
        try:
            await self.store.write(step("redeliver_notice", id=notice_id, now=await self.store.now()))
        except Unmet:
            raise Trouble(Problem.NOT_FOUND, f"there is no notice {notice_id[:80]!r} to send") from None

    async def check_ledger(self) -> list[str]:
        """Everything that does not add up, in words; an empty list is a balanced ledger."""
        wrong = [f"sums: {dict(row)}" for row in await self.store.rows("check_sums")]
        return wrong + [f"hold: {dict(row)}" for row in await self.store.rows("open_holds_without_task")]

    # --- keys --------------------------------------------------------------------------------------------------------

    async def create_key(
        self,
        id_or_name: str,
        *,
        name: str = "",
        key: str | None = None,
        scopes: Scopes | None = None,
        expires_at: int | None = None,
    ) -> Key:
        """A new key for an account; `key` imports an existing one. Raises CONFLICT when that is known already."""
        account = await self.account(id_or_name)
        secret = key or "fg-" + "".join(secrets.choice(ALPHABET) for _ in range(40))
        if len(secret) < 16 or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise invalid(
                "key",
                "a key needs at least 16 printable ASCII characters without spaces",
            )
        check_scopes(scopes)
        now = await self.store.now()
        key_id = new_id("key", now)
        try:
            await self.store.write(
                step(
                    "insert_key",
                    id=key_id,
                    account_id=account.id,
                    name=name,
                    hash=digest(secret),
                    hint=hint(secret),
                    scopes=text(scopes or Scopes()),
                    expires_at=expires_at,
                    paused=0,
                    created_at=now,
                    used_at=None,
                )
            )
        except Duplicate:
            raise Trouble(Problem.CONFLICT, "this key is known already", field="key") from None
        return msgspec.structs.replace(await self.key(key_id), key=secret)

    async def keys(self, account: str = "") -> list[Key]:
        account_id = (await self.account(account)).id if account else ""
        return [_key(row) for row in await self.store.rows("list_keys", account_id=account_id)]

    async def key(self, key_id: str) -> Key:
        for key in await self.keys():
            if key.id == key_id:
                return key
        raise Trouble(Problem.NOT_FOUND, f"there is no key {key_id!r}")

    async def key_pair(self, key_id: str) -> KeyPair:
        """The key as a pair, for clients that sign tokens. The secret is derived anew each time: none is stored."""
        return KeyPair((await self.key(key_id)).id, key_secret(self._master, key_id))

    async def update_key(
        self,
        key_id: str,
        *,
        name: str | None = None,
        scopes: Scopes | None = None,
        expires_at: int | None = None,
        paused: bool | None = None,
    ) -> Key:
        old = await self.key(key_id)
        check_scopes(scopes)
        await self.store.write(
            step(
                "update_key",
                id=key_id,
                name=name if name is not None else old.name,
                scopes=text(scopes if scopes is not None else old.scopes),
                expires_at=expires_at if expires_at is not None else old.expires_at,
                paused=int(paused if paused is not None else old.paused),
            )
        )
        return await self.key(key_id)

    async def delete_key(self, key_id: str) -> None:
        await self.key(key_id)
        await self.store.write(step("delete_key", id=key_id))

    # --- configuration -----------------------------------------------------------------------------------------------

    async def rows(self, kind: str) -> list[ConfigRow]:
        return [self._shown(row) for row in await self.store.rows("config_of", kind=kind)]

    async def row(self, kind: str, name: str) -> ConfigRow:
        row = await self.store.row("config_row", kind=kind, name=name)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no {kind} {name!r}")
        return self._shown(row)

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
        return await self._put(kind, name, document, origin, paused=paused)

    async def _put(
        self,
        kind: str,
        name: str,
        document: Any,  # noqa: ANN401 - of the kind's type
        origin: str,
        *,
        paused: bool,
    ) -> ConfigRow:
        await self._may_change(kind, name, origin)
        if kind == "upstream":
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

    async def pause(self, kind: str, name: str, *, paused: bool) -> ConfigRow:
        """Pausing is allowed for rows of the file too: it is how an operator stops a bad upstream at night."""
        row = await self.store.row("config_row", kind=kind, name=name)
        if row is None:
            raise Trouble(Problem.NOT_FOUND, f"there is no {kind} {name!r}")
        now = await self.store.now()
        await self.store.write(
            step(
                "put_config",
                kind=kind,
                name=name,
                doc=row["doc"],
                origin=row["origin"],
                paused=int(paused),
                version=now,
                updated_at=now,
            ),
            step("bump_config"),
        )
        return await self.row(kind, name)

    async def delete(self, kind: str, name: str, *, origin: str = "admin") -> None:
        await self.row(kind, name)
        await self._may_change(kind, name, origin)
        await self.store.write(step("delete_config", kind=kind, name=name), step("bump_config"))

    async def check(self, documents: Mapping[tuple[str, str], Any]) -> None:
        """Raises `Trouble` INVALID where one of these rows could not work; a route may name an upstream among them."""
        there = [row["name"] for row in await self.store.rows("config_of", kind="upstream")]
        upstreams = {*there, *(name for kind, name in documents if kind == "upstream")}
        providers = self._providers() if self._providers else None
        for (kind, name), document in documents.items():
            check_row(kind, name, document, providers=providers, upstreams=upstreams)

    async def apply(self, documents: Mapping[tuple[str, str], Any]) -> list[str]:
        """Make the file's rows what the file says; what changed, in words. Rows of other origins stay.

        Raises `Trouble` INVALID, and changes nothing, when one of them could not work.
        """
        await self.check(documents)
        changed: list[str] = []
        present = {(row["kind"], row["name"]): row for row in await self.store.rows("config_rows")}
        for (kind, name), document in documents.items():
            old = present.get((kind, name))
            if old is not None and old["origin"] == "file" and self._same(kind, old["doc"], document):
                continue
            await self._put(kind, name, document, "file", paused=bool(old and old["paused"]))
            changed.append(f"{'changed' if old else 'added'} {kind} {name}")
        for (kind, name), row in present.items():
            if row["origin"] == "file" and (kind, name) not in documents:
                await self.delete(kind, name, origin="file")
                changed.append(f"removed {kind} {name}")
        return changed

    def _same(self, kind: str, stored: str, document: Any) -> bool:  # noqa: ANN401
        old = msgspec.json.decode(stored, type=KINDS[kind])
        if kind == "upstream" and any(v.startswith("sealed:") for v in old.credential.values()):
            return False  # sealing is never the same twice: a plain secret in a file is written anew
        return bool(old == document)

    def _sealed(self, name: str, value: str) -> str:
        if value.startswith(("env:", "file:", "sealed:")):
            return value
        return seal(self._master, name, value, secrets.token_bytes(12))

    async def _may_change(self, kind: str, name: str, origin: str) -> None:
        row = await self.store.row("config_row", kind=kind, name=name)
        if row is not None and row["origin"] == "file" and origin != "file":
            raise Trouble(
                Problem.CONFLICT,
                f"the {kind} {name!r} comes from the configuration file; change it there",
            )

    def _shown(self, row: Row) -> ConfigRow:
        document = shown(msgspec.json.decode(row["doc"]))
        if "credential" in document:
            document["credential"] = {
                k: v if v.startswith(("env:", "file:")) else "(sealed)"
                for k, v in document["credential"].items()
            }
        return ConfigRow(
            kind=row["kind"],
            name=row["name"],
            document=document,
            origin=row["origin"],
            paused=bool(row["paused"]),
            updated_at=row["updated_at"],
        )
