"""A backup while the gateway serves, and its return: one moment of the database, with every file it refers to.

    DEST/framegate.db     the database as it was at one moment (SQLite)
    DEST/artifacts/       the files that it refers to: hard links where the file system allows, else copies
    DEST/sandbox/         what the sandbox has in hand
    DEST/master-key       only if asked for
    DEST/backup.json      what it is; written last, so a backup without it is not whole

Files never change under their names, so a link is as good as a copy; and none is swept away while the backup is made.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
from collections.abc import AsyncGenerator, Iterable, Iterator
from pathlib import Path

import msgspec

from framegate.engine.sweeping import leased
from framegate.store import Clock, Store, open_store, step
from framegate.store.sqlite import copy_database, files_of, version

MANIFEST = "backup.json"
DATABASE = "framegate.db"
KEY = "master-key"
BEAT = 20.0
"""Seconds between two renewals of the sweeper's lease."""
PATIENCE = 240
"""How often the lease is tried, twice a second."""
BATCH = 200


class BadBackup(Exception):
    """It cannot be made here, or cannot be restored; the message says why."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `missing` are files that the database refers to and that the shelf did not have."""

    made_at: int
    database: str
    schema: int
    files: int
    bytes: int
    missing: tuple[str, ...]
    artifacts: str
    master_key: bool


async def backup(store: Store, data: Path, artifacts: str, dest: Path, *, master_key: bool) -> Manifest:
    """Write a backup of a gateway over `data` to `dest`. `artifacts`: its folder, or a bucket, which is left alone.

    With PostgreSQL only files are copied: dump the database first. Raises `BadBackup`.
    """
    empty(dest)
    if master_key and not (data / KEY).exists():
        raise BadBackup(f"there is no {data / KEY}: the key is in FRAMEGATE_MASTER_KEY; keep that instead")
    async with unswept(store):
        made_at, schema = await store.now(), 0
        if store.kind == "sqlite":
            schema = await asyncio.to_thread(copy_database, data / DATABASE, dest / DATABASE)
            files = await asyncio.to_thread(lambda: list(files_of(dest / DATABASE)))
        else:
            files = [
                pair async for pair in _files(store, "known_files")
            ]  # the dump is older: it may name more
        needed = files if schema else [pair async for pair in _files(store, "referred_files")]
        bucket = "://" in artifacts
        found = [] if bucket else await asyncio.to_thread(_shelve, Path(artifacts), dest / "artifacts", files)
        await asyncio.to_thread(_sandbox, data / "sandbox", dest / "sandbox")
    if master_key:
        await asyncio.to_thread(_key, data, dest)
    manifest = Manifest(
        made_at=made_at,
        database=store.kind,
        schema=schema,
        files=len(found),
        bytes=sum(size for _, size in found),
        missing=() if bucket else tuple(sorted({name for name, _ in needed} - {name for name, _ in found})),
        artifacts=artifacts if bucket else "",
        master_key=master_key,
    )
    await asyncio.to_thread(
        _write, dest / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    )
    return manifest


async def restore(src: Path, data: Path, url: str, *, clock: Clock, as_is: bool) -> tuple[Manifest, int]:
    """Make `data` what it was when the backup was made; and how many sends are in doubt since. Raises `BadBackup`.

    `url` is that of a PostgreSQL database, which is restored already. The gateway may have gone on after the backup: a
    task that waited then may have been sent since, and would be sent twice. Such tasks (not those of the sandbox, which
    knows its own) become sends of unknown outcome, unless `as_is`.
    """
    manifest = await asyncio.to_thread(_read, src)
    postgres = manifest.database == "postgres"
    if postgres and not url.startswith("postgres"):
        raise BadBackup("restore the database first, and name it in FRAMEGATE_DATABASE_URL")
    await asyncio.to_thread(_lay, src, data, database=not postgres)
    store = await open_store(url if postgres else f"sqlite:///{data / DATABASE}", clock=clock)
    try:
        await store.write(step("end_leases", None))
        if as_is:
            return manifest, 0
        at = await store.now()
        await store.write(step("tell_doubt", None, at=at))
        return manifest, len(await store.take("doubt_queued", at=at))
    finally:
        await store.close()


def _read(src: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((src / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BadBackup(f"{src} holds no whole backup: {MANIFEST} is missing") from None
    except msgspec.DecodeError as error:
        raise BadBackup(f"{src / MANIFEST} cannot be read: {error}") from None
    if manifest.schema > version():
        raise BadBackup(
            f"the backup is of schema {manifest.schema}, this program knows {version()}: upgrade it"
        )
    return manifest


def _lay(src: Path, data: Path, *, database: bool) -> None:
    empty(data)
    for name in ("artifacts", "sandbox"):
        for path in _below(src / name):
            _same(path, data / name / path.relative_to(src / name))
    if (src / KEY).exists():
        _key(src, data)
    if database:
        copy_database(src / DATABASE, data / DATABASE)


def empty(folder: Path) -> None:
    """Make a folder that only its owner may read. Raises `BadBackup` when something is in it already."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise BadBackup(f"{folder} is not empty; name a new folder")
    except (FileExistsError, NotADirectoryError):
        raise BadBackup(f"{folder} is no folder") from None


@contextlib.asynccontextmanager
async def unswept(store: Store) -> AsyncGenerator[None]:
    """Nothing is swept away for the length of a `with`. Raises `BadBackup` when another backup is being made."""
    holder = f"backup-{secrets.token_hex(8)}"
    for _ in range(PATIENCE):
        async with leased(store, holder) as held:
            if held is not None:

                async def hold() -> None:
                    while True:
                        await asyncio.sleep(BEAT)
                        await held()

                holding = asyncio.create_task(hold())
                try:
                    yield
                finally:
                    holding.cancel()
                    await asyncio.gather(holding, return_exceptions=True)
                return
        await asyncio.sleep(0.5)
    raise BadBackup("another backup is being made, or a sweep takes long; try again later")


async def _files(store: Store, which: str) -> AsyncGenerator[tuple[str, int]]:
    after = ""
    while rows := await store.rows(which, after=after, limit=BATCH):
        for row in rows:
            yield row["sha256"], row["size"]
        after = rows[-1]["sha256"]


def _shelve(shelf: Path, target: Path, files: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those of the files that are there, whole, and have been copied."""
    found: list[tuple[str, int]] = []
    for name, size in files:
        source = shelf / name[:2] / name
        try:
            if source.stat().st_size != size:
                continue
            _same(source, target / name[:2] / name)
        except FileNotFoundError:
            continue
        found.append((name, size))
    return found


def _sandbox(source: Path, target: Path) -> None:
    """Open tasks before finished ones, and those before their results: so nothing is missed that moves on meanwhile."""
    for part in ("open", "done", "files"):
        for path in _below(source / part):
            if not path.name.startswith("part-"):
                with contextlib.suppress(FileNotFoundError):
                    _same(path, target / part / path.name)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file():
            yield path


def _same(source: Path, target: Path) -> None:
    """A link, or on another file system a copy. What is linked is never written to: new content comes by a rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())


def _key(source: Path, target: Path) -> None:
    _write(target / KEY, (source / KEY).read_bytes())


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
