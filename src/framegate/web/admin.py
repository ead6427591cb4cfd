"""The operator's door: `/admin/v1`, one token, rows with create, read, update, delete and pause."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

import msgspec

from framegate.access import Scopes
from framegate.core.checks import check_known
from framegate.core.dialect import Problem, Trouble, invalid
from framegate.core.money import UNIT, USD, format_usd, parse_usd
from framegate.core.wire import answer
from framegate.engine.admin import Account, Admin, Key, KeyPair, Movements
from framegate.engine.configuring import ConfigRow
from framegate.settings import SECTIONS, TYPES, BadNumber, convert, name_of
from framegate.web.bodies import JSON_LIMIT, explained, read_json, typed
from framegate.web.exchange import Visit

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""JSON's way to write the character that PostgreSQL has no place for."""
NUMBER = re.compile("[0-9]{1,18}")
LIMIT = 100
"""How many entries of the ledger are shown at once."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Serve = Callable[[Visit, Mapping[str, str], str], Awaitable[None]]


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`floor` and `credit` in USD; a negative floor is an overdraft."""

    name: str
    plan: str = "default"
    floor: str = "0"
    credit: str | None = None


class AccountChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    name: str | None = None
    plan: str | None = None
    floor: str | None = None
    paused: bool | None = None


class Credit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in USD; a negative one takes credit away."""

    usd: str
    note: str = ""


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key` imports an existing key; `expires_at` in Unix milliseconds."""

    account: str
    name: str = ""
    key: str | None = None
    scopes: Scopes = Scopes()
    expires_at: Moment | None = None


class KeyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is; an `expires_at` of null takes the end away."""

    name: str | None = None
    scopes: Scopes | None = None
    expires_at: Moment | msgspec.UnsetType | None = msgspec.UNSET
    paused: bool | None = None


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pause a row, or let it go on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One line of the operator's API: `act` gets the path variables and the typed body."""

    path: str
    summary: str
    act: Callable[[Mapping[str, str], Any], Awaitable[Any]]
    body: type[Any] | None = None
    answer: type[Any] | None = None
    shape: type[Any] | None = None
    """What to tell of a body that is read by hand (dict)."""
    query: Mapping[str, str] | None = None
    """What may stand in the query, and what it says: `act` gets it beside the path's variables."""


class AdminDoor:
    """The route table over `Admin`, behind a token that is compared in constant time."""

    def __init__(self, admin: Admin, token: str, more: Sequence[AdminRoute] = ()) -> None:
        self._admin = admin
        self._token = token.encode()
        self.routes = (*self._accounts(), *self._keys(), *self._rows(), *self._ledger(), *more)

    def handlers(self) -> dict[str, Serve]:
        return {route.path: self._serve(route) for route in self.routes}

    def _serve(self, route: AdminRoute) -> Serve:
        async def serve(visit: Visit, path: Mapping[str, str], _address: str) -> None:
            self._check(visit)
            body = None
            if route.body is not None:
                given = await visit.body(JSON_LIMIT)
                raw = read_json(given, visit.headers.get("content-type", ""))
                if NUL.search(given):
                    raise Trouble(Problem.INVALID, "the body holds a NUL character, which cannot be stored")
                body = raw if route.body is dict else typed(raw, route.body)
            asked = visit.query if route.query else {}
            check_known(asked, route.query or ())
            result = await route.act({**path, **asked}, body)
            value = cast("Any", {"data": result} if isinstance(result, list) else result)
            status = 201 if route.path.startswith("POST") and "{" not in route.path else 200
            await visit.answer(answer(status, msgspec.to_builtins(value)))

        return serve

    def _check(self, visit: Visit) -> None:
        scheme, _, given = visit.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token):
            raise Trouble(
                Problem.UNAUTHENTICATED,
                "send `Authorization: Bearer <admin token>` (it is in DATA/admin-token)",
            )

    def _accounts(self) -> tuple[AdminRoute, ...]:
        admin = self._admin

        async def create(_: Mapping[str, str], body: NewAccount) -> Account:
            credit = usd("credit", body.credit) if body.credit else 0
            floor = usd("floor", body.floor)
            return await admin.create_account(body.name, plan=body.plan, floor=floor, credit=credit)

        async def change(path: Mapping[str, str], body: AccountChange) -> Account:
            floor = usd("floor", body.floor) if body.floor is not None else None
            return await admin.update_account(
                path["id"], name=body.name, plan=body.plan, floor=floor, paused=body.paused
            )

        async def entries(path: Mapping[str, str], _: None) -> Movements:
            after, limit = path.get("after"), path.get("limit", str(LIMIT))
            if after and not NUMBER.fullmatch(after):
                raise invalid("after", "after must be the `next` of another page")
            if not NUMBER.fullmatch(limit) or not 1 <= int(limit) <= LIMIT:
                raise invalid("limit", f"limit must be a whole number from 1 to {LIMIT}")
            return await admin.entries(path["id"], int(after) if after else None, int(limit))

        return (
            AdminRoute(
                "GET /admin/v1/accounts",
                "List accounts",
                lambda _, __: admin.accounts(),
                answer=list[Account],
            ),
            AdminRoute("POST /admin/v1/accounts", "Make an account", create, NewAccount, Account),
            AdminRoute(
                "GET /admin/v1/accounts/{id}",
                "Show an account",
                lambda p, _: admin.account(p["id"]),
                answer=Account,
            ),
            AdminRoute(
                "PATCH /admin/v1/accounts/{id}", "Change or pause an account", change, AccountChange, Account
            ),
            AdminRoute(
                "POST /admin/v1/accounts/{id}/credit",
                "Add credit to an account, or take it away",
                lambda p, b: admin.credit(p["id"], usd("usd", b.usd), b.note),
                Credit,
                Account,
            ),
            AdminRoute(
                "GET /admin/v1/accounts/{id}/entries",
                "An account's ledger entries, newest first",
                entries,
                answer=Movements,
                query={
                    "limit": f"How many, 1 to {LIMIT}; {LIMIT} if left out",
                    "after": "The `next` of the page before this one",
                },
            ),
        )

    def _keys(self) -> tuple[AdminRoute, ...]:
        admin = self._admin

        async def create(_: Mapping[str, str], body: NewKey) -> Key:
            return await admin.create_key(
                body.account, name=body.name, key=body.key, scopes=body.scopes, expires_at=body.expires_at
            )

        async def change(path: Mapping[str, str], body: KeyChange) -> Key:
            return await admin.update_key(
                path["id"], name=body.name, scopes=body.scopes, expires_at=body.expires_at, paused=body.paused
            )

        async def delete(path: Mapping[str, str], _: None) -> dict[str, Any]:
            await admin.delete_key(path["id"])
            return {"deleted": path["id"]}

        return (
            AdminRoute(
                "GET /admin/v1/keys",
                "List keys, without their secrets",
                lambda _, __: admin.keys(),
                answer=list[Key],
            ),
            AdminRoute("POST /admin/v1/keys", "Make a key; it is shown this once", create, NewKey, Key),
            AdminRoute("GET /admin/v1/keys/{id}", "Show a key", lambda p, _: admin.key(p["id"]), answer=Key),
            AdminRoute("PATCH /admin/v1/keys/{id}", "Change or pause a key", change, KeyChange, Key),
            AdminRoute("DELETE /admin/v1/keys/{id}", "Delete a key for good", delete),
            AdminRoute(
                "GET /admin/v1/keys/{id}/secret",
                "Show a key as a pair, for clients that sign their own tokens",
                lambda p, _: admin.key_pair(p["id"]),
                answer=KeyPair,
            ),
        )

    def _rows(self) -> tuple[AdminRoute, ...]:
        return tuple(route for section, kind in SECTIONS.items() for route in self._rows_of(section, kind))

    def _rows_of(self, section: str, kind: str) -> tuple[AdminRoute, ...]:
        admin = self._admin

        async def create(_: Mapping[str, str], body: dict[str, Any]) -> ConfigRow:
            document = checked(kind, body)
            name = name_of(kind, document)
            if any(row.name == name for row in await admin.rows(kind)):
                raise Trouble(Problem.CONFLICT, f"there is {a(kind)} {name!r} already; PUT changes it")
            return await admin.put(kind, name, document)

        async def replace(path: Mapping[str, str], body: dict[str, Any]) -> ConfigRow:
            old = await admin.row(kind, path["name"])
            document = checked(kind, body)
            if name_of(kind, document) != path["name"]:
                raise invalid(
                    "name", f"the body describes {name_of(kind, document)!r}, the path {path['name']!r}"
                )
            return await admin.put(kind, path["name"], document, paused=old.paused)

        async def delete(path: Mapping[str, str], _: None) -> dict[str, Any]:
            await admin.delete(kind, path["name"])
            return {"deleted": path["name"]}

        base, shape = f"/admin/v1/{section}", written(kind)
        return (
            AdminRoute(
                f"GET {base}", f"List {section}", lambda _, __: admin.rows(kind), answer=list[ConfigRow]
            ),
            AdminRoute(f"POST {base}", f"Make {a(kind)}", create, dict, ConfigRow, shape),
            AdminRoute(
                f"GET {base}/{{name}}",
                f"Show {a(kind)}",
                lambda p, _: admin.row(kind, p["name"]),
                answer=ConfigRow,
            ),
            AdminRoute(f"PUT {base}/{{name}}", f"Replace {a(kind)}", replace, dict, ConfigRow, shape),
            AdminRoute(
                f"PATCH {base}/{{name}}",
                f"Pause {a(kind)}, or let it go on",
                lambda p, b: admin.pause(kind, p["name"], paused=b.paused),
                Pause,
                ConfigRow,
            ),
            AdminRoute(f"DELETE {base}/{{name}}", f"Delete {a(kind)}", delete),
        )

    def _ledger(self) -> tuple[AdminRoute, ...]:
        async def check(_: Mapping[str, str], __: None) -> dict[str, Any]:
            wrong = await self._admin.check_ledger()
            return {"balanced": not wrong, "findings": wrong}

        return (AdminRoute("GET /admin/v1/ledger/check", "Prove that the books balance", check),)


def a(kind: str) -> str:
    """`an upstream`, `a route`."""
    return f"a{'n' if kind[0] in 'aeiou' else ''} {kind}"


DECIMALS = {"amount": "usd", "markup": "markup", "multiplier": "multiplier"}
"""Fields of rows that are integers inside and decimals outside, and what they are called there."""


def written(kind: str) -> type[Any]:
    """The type of a row as it is written, with its decimals as texts: for the description alone."""
    row = TYPES[kind]
    fields: list[Any] = []
    for field in msgspec.structs.fields(row):
        if field.name not in DECIMALS:
            default = field.default_factory() if callable(field.default_factory) else field.default
            fields.append((field.name, field.type, default))
        elif field.required:
            fields.append((DECIMALS[field.name], str))
        else:
            default = None if field.default is None else format_usd(field.default * (USD // UNIT))
            fields.append((DECIMALS[field.name], str if default else str | None, default))
    return msgspec.defstruct(row.__name__, fields, kw_only=True, module=row.__module__)


def usd(field: str, text: str) -> int:
    try:
        return parse_usd(text)
    except ValueError as error:
        raise invalid(field, f"{field}: {error}") from None


def checked(kind: str, body: Any) -> Any:  # noqa: ANN401 - JSON; one of TYPES
    """A configuration document from a body. Raises `Trouble` INVALID naming the field."""
    if not isinstance(body, dict):
        raise Trouble(Problem.INVALID, "the body must be an object")
    try:
        return convert(kind, cast("dict[str, Any]", body))
    except msgspec.ValidationError as error:
        raise explained(str(error), TYPES[kind]) from None
    except BadNumber as error:
        raise invalid(error.field, str(error)) from None
