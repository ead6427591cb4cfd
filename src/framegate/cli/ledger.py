"""`framegate ledger …`."""

from __future__ import annotations

import sys

import typer

from framegate.cli.running import Data, with_admin
from framegate.cli.tasks import clock
from framegate.engine.admin import Admin, Movements
from framegate.store import Store

ledger = typer.Typer(help="The ledger: check it, show an account's entries.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    app.add_typer(ledger, name="ledger")


@ledger.command()
def check(data: Data = None) -> None:
    """Prove from the rows alone that the books balance: prints `balanced` and exits 0, or what is wrong and exits 1."""

    async def act(_: Store, admin: Admin) -> list[str]:
        return await admin.check_ledger()

    wrong = with_admin(data, act)
    for line in wrong:
        print(line)
    if wrong:
        sys.exit(1)
    print("balanced")


@ledger.command()
def entries(account: str, limit: int = 50, data: Data = None) -> None:
    """An account's movements, newest first."""

    async def act(_: Store, admin: Admin) -> Movements:
        return await admin.entries(account, limit=limit)

    for row in with_admin(data, act).data:
        print(f"{clock(row.at)}  {row.kind:8}  {row.customer:>14}  {row.task_id or ''}  {row.note or ''}")
