"""What the operator does: accounts, keys, money and configuration rows. The admin API and the CLI use these alike."""

from __future__ import annotations

import secrets

import msgspec

from framegate.access import Scopes, digest, hint
from framegate.access.vault import key_secret
from framegate.core.dialect import Problem, Trouble, invalid
from framegate.core.money import USD, format_usd
from framegate.engine.configuring import Configurator
from framegate.engine.ids import new_id
from framegate.engine.job import text
from framegate.engine.notices import secrets_of
from framegate.engine.rows import check_label, check_scopes
from framegate.engine.steps import enter
from framegate.engine.story import in_usd
from framegate.ledger import top_up
from framegate.store import Duplicate, Row, Unmet, step

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


GIFT = "sandbox credit of the first account"
MOST = 100_000_000 * USD
"""What a balance may be at most, and how far below zero its floor: far from what 64 bits hold."""


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
    """A key as it is listed. `key` itself is there only in the answer to its creation; `used_at` is its last use,
    noted at most once an hour.
    """

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


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the ledger: what the customer, what is held, our revenue, the top-ups and the write-offs gained by
    it, in decimal strings of USD that add up to zero. `at` in Unix milliseconds.
    """

    id: int
    task_id: str | None
    kind: str
    customer: str
    held: str
    revenue: str
    topup: str
    writeoff: str
    at: int
    note: str | None


class Movements(msgspec.Struct, frozen=True, kw_only=True):
    """A page of movements, newest first. `next`, given as `after`, leads to older ones; null: there are none."""

    data: list[Movement]
    next: int | None


class KeyPair(msgspec.Struct, frozen=True):
    """What a client needs that signs its own tokens (HS256): `iss` is the access key."""

    access_key: str
    secret_key: str


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


class Admin(Configurator):
    """The operator's functions over one store: those of its configuration, and these."""

    # --- accounts and money ------------------------------------------------------------------------------------------

    async def create_account(
        self, name: str, *, plan: str = "default", floor: int = 0, credit: int = 0
    ) -> Account:
        """Raises `Trouble` CONFLICT when the name is taken, INVALID for what no account can have; then none is made."""
        check_label("name", name)
        if not 0 <= credit <= MOST:
            raise invalid(
                "credit", f"credit must be from 0 to {format_usd(MOST)}: what a new account begins with"
            )
        await self._check_terms(plan, floor)
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
        return await (
            self.credit(account_id, credit, "opening credit") if credit else self.account(account_id)
        )

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
        if name is not None:
            check_label("name", name)
        await self._check_terms(plan if plan != found.plan else None, floor)
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
        """Add to (or below zero take from) a balance, as an entry. Raises INVALID if it would fall below the floor, or
        grow beyond what any account may have.
        """
        found = await self.account(id_or_name)
        check_label("note", note, least=0)
        row = await self.store.row("account_by_id", id=found.id)
        assert row is not None
        if amount > 0 and row["balance"] + row["held"] + amount > MOST:
            raise invalid(
                "usd", f"the balance is ${found.balance}; it cannot grow beyond ${format_usd(MOST)}"
            )
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

    async def _check_terms(self, plan: str | None, floor: int | None) -> None:
        """Raises `Trouble` INVALID for a plan that is not there (whose customers would pay the full price)."""
        if floor is not None and abs(floor) > MOST:
            raise invalid("floor", f"floor must be from -{format_usd(MOST)} to {format_usd(MOST)}")
        if plan is None or plan == "default":
            return
        there = sorted({"default", *(row.name for row in await self.rows("plan"))})
        if plan not in there:
            raise invalid("plan", f"there is no plan {plan[:80]!r}; there are: {', '.join(there)}")

    async def entries(self, id_or_name: str, after: int | None = None, limit: int = 100) -> Movements:
        """The account's movements, newest first: those that come `after` one, which are older."""
        found = await self.account(id_or_name)
        before = 2**62 if after is None else after
        rows = await self.store.rows("account_entries", account_id=found.id, before=before, limit=limit + 1)
        data = [msgspec.convert(in_usd(row), Movement) for row in rows[:limit]]
        return Movements(data=data, next=data[-1].id if len(rows) > limit else None)

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
        check_label("name", name, least=0)
        secret = key if key is not None else "fg-" + "".join(secrets.choice(ALPHABET) for _ in range(40))
        if len(secret) < 16 or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise invalid(
                "key",
                "a key needs at least 16 printable ASCII characters without spaces",
            )
        self._check_scopes(scopes)
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

    def _check_scopes(self, scopes: Scopes | None) -> None:
        named = bool(scopes and scopes.dialects)
        check_scopes(scopes, self._dialects() if named and self._dialects else None)

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
        expires_at: int | msgspec.UnsetType | None = msgspec.UNSET,
        paused: bool | None = None,
    ) -> Key:
        """What is left out (`name`, `scopes` and `paused` also as None) stays; an `expires_at` of None ends never."""
        old = await self.key(key_id)
        if name is not None:
            check_label("name", name, least=0)
        self._check_scopes(scopes)
        await self.store.write(
            step(
                "update_key",
                id=key_id,
                name=name if name is not None else old.name,
                scopes=text(scopes if scopes is not None else old.scopes),
                expires_at=old.expires_at if expires_at is msgspec.UNSET else expires_at,
                paused=int(paused if paused is not None else old.paused),
            )
        )
        return await self.key(key_id)

    async def delete_key(self, key_id: str) -> None:
        await self.key(key_id)
        await self.store.write(step("delete_key", id=key_id))
