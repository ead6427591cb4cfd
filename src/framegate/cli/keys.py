"""`framegate keys …` and `framegate accounts …`."""

from __future__ import annotations

from typing import Annotated

import typer

from framegate.cli.running import Data, with_admin
from framegate.cli.tasks import clock
from framegate.core.dialect import Problem, Trouble
from framegate.core.money import parse_usd
from framegate.engine.admin import Account, Admin, Key
from framegate.store import Store

keys = typer.Typer(help="Keys: create, list, secret, pause, delete.", no_args_is_help=True)
accounts = typer.Typer(help="Accounts: list, create, credit, pause, erase.", invoke_without_command=True)


def add(app: typer.Typer) -> None:
    app.add_typer(keys, name="keys")
    app.add_typer(accounts, name="accounts")


Account_ = Annotated[str, typer.Option("--account", help="The account's name; made if there is none.")]
Credit = Annotated[str | None, typer.Option("--credit", help="Credit to add, in USD, such as 5.00.")]


@keys.command("create")
def create_key(account: Account_, credit: Credit = None, name: str = "", data: Data = None) -> None:
    """Make a key and print it alone: it is shown this once."""
    added = amount(credit) if credit else 0
    if added < 0:
        raise typer.BadParameter("--credit adds; `framegate accounts credit` takes away")

    async def act(_: Store, admin: Admin) -> Key:
        try:
            await admin.account(account)
        except Trouble as trouble:
            if trouble.problem is not Problem.NOT_FOUND:
                raise
            await admin.create_account(account, credit=added)
        else:
            if added:
                await admin.credit(account, added, "framegate keys create")
        return await admin.create_key(account, name=name)

    print(with_admin(data, act, new=True).key)


@keys.command("list")
def list_keys(account: Annotated[str, typer.Option("--account")] = "", data: Data = None) -> None:
    """List keys, without their secrets, and when each was last used (UTC)."""

    async def act(_: Store, admin: Admin) -> tuple[list[Key], dict[str, str]]:
        return await admin.keys(account), {a.id: a.name for a in await admin.accounts()}

    found, names = with_admin(data, act)
    for key in found:
        state = "paused" if key.paused else "active"
        used = clock(key.used_at)[:16] or "never used"
        print(f"{key.id}  {key.hint:12}  {names.get(key.account_id, ''):20}  {state}  {used:16}  {key.name}")


@keys.command("pause")
def pause_key(
    key_id: str, resume: Annotated[bool, typer.Option("--resume")] = False, data: Data = None
) -> None:
    """Pause a key (or --resume it)."""
    with_admin(data, lambda _, admin: admin.update_key(key_id, paused=not resume))


@keys.command("delete")
def delete_key(key_id: str, data: Data = None) -> None:
    """Delete a key for good."""
    with_admin(data, lambda _, admin: admin.delete_key(key_id))


@keys.command("secret")
def show_secret(key_id: str, data: Data = None) -> None:
    """Show a key as a pair, for clients that sign their own tokens, as Kling's do."""
    pair = with_admin(data, lambda _, admin: admin.key_pair(key_id))
    print(f"access key: {pair.access_key}\nsecret key: {pair.secret_key}")


@accounts.callback()
def list_accounts(context: typer.Context, data: Data = None) -> None:
    """List accounts with their balances."""
    if not context.invoked_subcommand:
        show_accounts(data)


@accounts.command("list")
def show_accounts(data: Data = None) -> None:
    """List accounts with their balances."""

    async def act(_: Store, admin: Admin) -> list[Account]:
        return await admin.accounts()

    for account in with_admin(data, act):
        state = "paused" if account.paused else "active"
        print(
            f"{account.name:24} balance ${account.balance:>12}  held ${account.held:>10}  {account.plan}  {state}"
        )


@accounts.command("create")
def create_account(name: str, plan: str = "default", credit: Credit = None, data: Data = None) -> None:
    """Make an account."""
    opening = amount(credit) if credit else 0

    async def act(_: Store, admin: Admin) -> Account:
        return await admin.create_account(name, plan=plan, credit=opening)

    print(with_admin(data, act, new=True).id)


@accounts.command("credit")
def credit_account(name: str, usd: str, note: str = "", data: Data = None) -> None:
    """Add credit to an account (a negative amount takes it away)."""

    async def act(_: Store, admin: Admin) -> Account:
        return await admin.credit(name, amount(usd), note)

    print(f"balance ${with_admin(data, act).balance}")


@accounts.command("pause")
def pause_account(
    name: str, resume: Annotated[bool, typer.Option("--resume")] = False, data: Data = None
) -> None:
    """Pause an account (or --resume it): its keys are refused, its running tasks end well."""
    with_admin(data, lambda _, admin: admin.update_account(name, paused=not resume))


@accounts.command("notice-secret")
def notice_secret(
    name: str,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make a new one; the old signs for a day too.")
    ] = False,
    data: Data = None,
) -> None:
    """Print what an account's notices are signed with (Standard Webhooks), newest first."""
    for secret in with_admin(data, lambda _, admin: admin.notice_secrets(name, rotate=rotate)):
        print(secret)


def amount(text: str) -> int:
    try:
        return parse_usd(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
