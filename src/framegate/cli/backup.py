"""`framegate backup` and `framegate restore`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from framegate.app import now_ms
from framegate.cli.running import Data, settings_for, with_admin
from framegate.engine import backup as backups
from framegate.engine.admin import Admin
from framegate.engine.backup import BadBackup, Manifest
from framegate.store import Store, Unavailable

DUMP = (
    "framegate: PostgreSQL is backed up by its own tools. Dump the database first, then copy the files:\n"
    '  pg_dump --format=custom --file=framegate.dump "$FRAMEGATE_DATABASE_URL"\n'
    "  framegate backup DEST --files-only"
)


def add(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    dest: Annotated[Path, typer.Argument(help="A new folder.")],
    with_master_key: Annotated[
        bool,
        typer.Option(
            "--with-master-key", help="Copy the master key, too: whoever has both reads every secret."
        ),
    ] = False,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="With PostgreSQL, after pg_dump: copy the files alone.")
    ] = False,
    data: Data = None,
) -> None:
    """Back up the database and the files it refers to, while a gateway may be serving."""
    settings = settings_for(data)
    postgres = settings.database_url.startswith("postgres")
    if postgres and not files_only:
        sys.exit(DUMP)
    if files_only and not postgres:
        sys.exit("framegate: --files-only is for PostgreSQL; an SQLite database and its files go together")
    if not postgres and not (settings.data / "framegate.db").exists():
        sys.exit(f"framegate: there is no database in {settings.data}")
    artifacts = settings.artifacts_url or str(settings.data / "artifacts")

    async def act(store: Store, _: Admin) -> Manifest:
        return await backups.backup(store, settings.data, artifacts, dest, master_key=with_master_key)

    try:
        made = with_admin(data, act)
    except BadBackup as error:
        sys.exit(f"framegate: {error}")
    print(
        f"{dest}: {'files' if files_only else 'database and files'}, {made.files} files of {made.bytes} bytes"
    )
    if made.artifacts:
        warn(f"the results are in {made.artifacts}, which is not part of this backup")
    if made.missing:
        warn(f"{len(made.missing)} files that the database refers to are not there; backup.json names them")
    if with_master_key:
        warn(
            "the backup holds the master key: whoever has it can read every upstream credential; lock it away"
        )
    else:
        warn("the master key is not in it: keep a copy elsewhere, or credentials must be entered anew")


def restore(
    src: Annotated[Path, typer.Argument(help="A folder that `framegate backup` made.")],
    data: Annotated[Path, typer.Option("--data", help="The new, empty data folder.")],
    as_is: Annotated[
        bool,
        typer.Option(
            "--as-is", help="The gateway did not go on after the backup: send what was waiting then."
        ),
    ] = False,
) -> None:
    """Make a data folder from a backup, to be served from. A PostgreSQL database is restored before, by pg_restore."""
    url = settings_for(data).database_url
    try:
        manifest, doubted = asyncio.run(backups.restore(src, data, url, clock=now_ms, as_is=as_is))
    except (BadBackup, Unavailable) as error:
        sys.exit(f"framegate: {error}")
    print(f"{data} is restored: {manifest.files} files of {manifest.bytes} bytes")
    if doubted:
        warn(f"{doubted} tasks were waiting to be sent, and may have been since: see framegate tasks unknown")
    if not manifest.master_key:
        warn(f"copy the master key to {data / 'master-key'}, or set FRAMEGATE_MASTER_KEY, before you serve")


def warn(text: str) -> None:
    print(f"framegate: {text}", file=sys.stderr)
