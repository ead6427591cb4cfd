"""`framegate sweep`, `framegate tasks erase` and `framegate accounts erase`: what goes, and the receipts for it."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Annotated

import msgspec
import typer

from framegate.app import shelf_of, sweeper_of
from framegate.cli.keys import accounts
from framegate.cli.running import Data, settings_for, with_admin
from framegate.cli.tasks import tasks
from framegate.engine import erasing
from framegate.engine.admin import Admin
from framegate.engine.sweeping import GRACE, Swept
from framegate.store import Store

PATIENCE = 120
"""How often a pass is tried again, once a second, while another process sweeps or makes a backup."""


def add(app: typer.Typer) -> None:
    app.command()(sweep)


def sweep(
    grace: Annotated[
        float,
        typer.Option(help="Seconds for which a file without a reference stays; somebody may just store it."),
    ] = GRACE / 1000,
    vacuum: Annotated[
        bool,
        typer.Option(
            "--vacuum", help="Then write an SQLite database anew; writers wait, a large one takes long."
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Sweep now: end lifetimes, remove files that nobody refers to, and leftovers; a gateway does so by itself, too."""
    settings = settings_for(data)

    async def act(store: Store, _: Admin) -> Swept:
        sweeper, swept = sweeper_of(settings, store, shelf_of(settings, store)), Swept()
        for _turn in range(PATIENCE):
            last = await sweeper.sweep(grace=int(grace * 1000))
            swept = msgspec.structs.replace(swept + last, done=last.done)
            if last.done:
                if vacuum:
                    await store.scrub(whole=True)
                return swept
            await asyncio.sleep(1.0)
        return swept

    swept = with_admin(data, act)
    print(json.dumps(msgspec.to_builtins(swept), indent=2))
    if not swept.done:
        sys.exit("framegate: another process is sweeping or making a backup; try again later")


@tasks.command("erase")
def erase_task(task_id: str, data: Data = None) -> None:
    """Forget a finished task's content for good, and print a receipt; its money's movements stay."""

    async def act(store: Store, _: Admin) -> erasing.Receipt:
        return await erasing.erase_task(store, task_id)

    show(with_admin(data, act))


@accounts.command("erase")
def erase_account(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Forget all of an account's content for good, end its keys, pause it, and print a receipt."""
    if not yes and sys.stdin.isatty():
        typer.confirm(
            f"Erase all content of {name!r} and end its keys? Nothing brings them back.", abort=True
        )

    async def act(store: Store, _: Admin) -> erasing.Receipt:
        return await erasing.erase_account(store, name)

    show(with_admin(data, act))


def show(receipt: erasing.Receipt) -> None:
    print(json.dumps(msgspec.to_builtins(receipt), indent=2, ensure_ascii=False))
