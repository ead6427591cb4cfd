"""The composition root: the one place that knows every part, and puts them together."""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from framegate import dialects as dialect_folder
from framegate import providers as provider_folder
from framegate import settings as configured
from framegate.access.vault import Unsealable, derive, key_secret, unseal
from framegate.artifacts import Shelf, open_shelf
from framegate.artifacts.intake import Intake
from framegate.artifacts.links import Links
from framegate.artifacts.preview import Previewer
from framegate.core.dialect import Dialect
from framegate.core.money import parse_usd
from framegate.core.provider import Credential
from framegate.engine.admin import GIFT, Admin
from framegate.engine.changes import Changes
from framegate.engine.configuration import Watch
from framegate.engine.filing import Filed
from framegate.engine.gateway import Gateway
from framegate.engine.home import Home
from framegate.engine.keeping import Keeper
from framegate.engine.media import MediaDesk
from framegate.engine.notices import Notices, outbox
from framegate.engine.reach import Reach
from framegate.engine.sweeping import Sweeper
from framegate.engine.unknown import Notify
from framegate.engine.worker import Worker
from framegate.local import sandbox
from framegate.local.sandbox import records
from framegate.routing import Upstream
from framegate.settings import Settings
from framegate.store import Store, open_store
from framegate.transport import NotSent, Transport

log = structlog.get_logger("framegate.app")


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """The sandbox told to fail: `ask` with directives and a number of tasks gives how many wait, `forget` clears them.

    `real` says whether a real upstream is configured: then nobody should.
    """

    ask: Callable[[Sequence[str], int], int]
    forget: Callable[[], None]
    real: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class App:
    """A gateway, put together and running. `first_key` is set when this start made it."""

    settings: Settings
    store: Store
    admin: Admin
    gateway: Gateway
    watch: Watch
    worker: Worker
    shelf: Shelf
    links: Links
    dialects: Mapping[str, Dialect]
    admin_token: str
    first_key: str | None
    misbehaviour: Misbehaviour


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def database_url(settings: Settings) -> str:
    return settings.database_url or f"sqlite:///{settings.data / 'framegate.db'}"


def kept_secret(settings: Settings, given: str, name: str) -> str:
    """A secret from the settings, or one made once and kept in the data folder (mode 0600)."""
    if given:
        return given
    path = settings.data / name
    if not path.exists():
        made = path.with_suffix(".part")
        with contextlib.suppress(FileNotFoundError):
            made.unlink()
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        made.rename(path)
    return path.read_text().strip()


def credential_reader(master: bytes) -> Callable[[Upstream], Credential]:
    """Credentials of upstreams, read where their row says: `env:NAME`, `file:PATH`, `sealed:…` or plain.

    Raises `NotSent` for one that cannot be read: nothing went out, so that the route's next upstream is tried.
    """

    def value(name: str, text: str) -> str:
        if text.startswith("env:"):
            return os.environ[text.removeprefix("env:")]
        if text.startswith("file:"):
            return Path(text.removeprefix("file:")).read_text().strip()
        return unseal(master, name, text) if text.startswith("sealed:") else text

    def read(upstream: Upstream) -> Credential:
        try:
            pair = {field: value(upstream.name, text) for field, text in upstream.credential.items()}
        except KeyError as error:
            raise NotSent(f"the credential's variable {error} is not set") from None
        except (OSError, ValueError) as error:
            raise NotSent(f"the credential's file cannot be read: {error}") from None
        except Unsealable as error:
            raise NotSent(str(error)) from None
        return Credential(key=pair.get("key", ""), secret=pair.get("secret", ""))

    return read


@contextlib.asynccontextmanager
async def open_admin(
    settings: Settings, *, exclusive: bool = False
) -> AsyncGenerator[tuple[Store, Admin], None]:
    """The store and the operator's functions alone: what the CLI's commands need beside a running gateway."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)  # prompts and results are in it
    master = derive(kept_secret(settings, settings.master_key, "master-key").encode(), "master")
    store = await open_store(database_url(settings), clock=now_ms, exclusive=exclusive)
    try:
        yield store, Admin(store, master, provider_folder.load, dialect_folder.load)
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    public_url: str,
    config: Path | None = None,
    work: bool = True,
) -> AsyncGenerator[App, None]:
    """A whole gateway: everything but the listening socket. Closes in the reverse order."""
    async with contextlib.AsyncExitStack() as stack:
        store, admin = await stack.enter_async_context(open_admin(settings, exclusive=True))
        master = derive(kept_secret(settings, settings.master_key, "master-key").encode(), "master")
        first_key = await prepare(admin, settings)
        if config is not None:
            for change in await admin.apply(configured.read_file(config).documents):
                log.info("configuration", change=change)
        catalogue = configured.catalogue()
        providers, dialects = provider_folder.load(), dialect_folder.load()
        watch = Watch(store, providers, catalogue)
        await watch.refresh()
        spool = settings.data / "spool"
        spool.mkdir(exist_ok=True)
        transport = Transport(spool=spool)
        stack.push_async_callback(transport.close)
        shelf = shelf_of(settings, store)
        engine = sandbox.create(
            settings.data / "sandbox",
            workers=settings.sandbox_workers or max(1, (os.cpu_count() or 2) - 1),
            profile=settings.sandbox_profile,
        )
        transport.mount("sandbox", engine.app)
        home = Home(store, engine.start, engine.stop)
        if work:
            await home.start()
            stack.push_async_callback(home.stop)
        previewer = Previewer(spool)
        stack.push_async_callback(previewer.close)
        links = Links(derive(master, "links"), clock=now_ms)
        desk = MediaDesk(
            store=store,
            shelf=shelf,
            intake=Intake(transport=transport, folder=spool),
            links=links,
            public_url=settings.public_url or public_url,
            reachable=bool(settings.public_url),
            min_free=settings.min_free_disk,
            still=previewer.still,
        )
        notice_hosts = tuple(part.strip() for part in settings.notice_hosts.split(",") if part.strip())
        credential = credential_reader(master)
        changes = Changes()
        keeper = Keeper(
            transport=transport,
            shelf=shelf,
            inspect=previewer.inspect,
            credential=credential,
            folder=spool,
        )
        reach = Reach(store, transport, credential)
        worker = Worker(
            store=store,
            reach=reach,
            watch=watch,
            providers=providers,
            keeper=keeper,
            media=desk.of,
            made=desk.made,
            notices=outbox(dialects, desk.linked),
            changes=changes,
            callback=desk.callback,
            home=lambda: home.here,
        )
        if work:
            await worker.start()
            stack.push_async_callback(worker.stop)
            notices = Notices(store, transport, master, notice_hosts)
            await notices.start()
            stack.push_async_callback(notices.stop)
            sweeper = sweeper_of(settings, store, shelf)
            await sweeper.start()
            stack.push_async_callback(sweeper.stop)
        gateway = Gateway(
            store=store,
            watch=watch,
            worker=worker,
            media=desk,
            dialects=dialects,
            changes=changes,
            wake=worker.pumps.wake,
            key_secret=lambda key_id: key_secret(master, key_id),
            notice_hosts=notice_hosts,
        )
        token = kept_secret(settings, settings.admin_token, "admin-token")
        yield App(
            settings,
            store,
            admin,
            gateway,
            watch,
            worker,
            shelf,
            links,
            dialects,
            token,
            first_key,
            Misbehaviour(engine.engine.ask, engine.engine.forget, lambda: watch.now.table.real),
        )


def tune_memory() -> None:
    """Have Python look for unused memory less often: what was loaded stays, and nearly all that a request leaves is
    freed without being looked for. For a process that serves or works, when it has loaded what it needs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def shelf_of(settings: Settings, store: Store) -> Filed:
    """Everything that is kept: on the shelf of these settings, or small in the database."""
    spool = settings.data / "spool"
    spool.mkdir(exist_ok=True)
    return Filed(store, open_shelf(settings.artifacts_url or str(settings.data / "artifacts"), spool), spool)


def sweeper_of(settings: Settings, store: Store, shelf: Shelf) -> Sweeper:
    """The sweeper over this data folder."""
    made = settings.data / "sandbox"
    return Sweeper(
        store,
        shelf,
        spool=settings.data / "spool",
        remembered=lambda: records.remembered(made),
        forget=lambda task_ids: records.forget(made, task_ids),
    )


def plain_notices() -> Notify:
    """The notices of tasks that end without a file, as those do that an operator writes off: they hold no links."""
    return outbox(dialect_folder.load(), lambda task: task)


async def prepare(admin: Admin, settings: Settings) -> str | None:
    """The sandbox upstream, and on an empty database the first account with sandbox credit and its key."""
    if not any(row.name == "sandbox" for row in await admin.rows("upstream")):
        await admin.put(
            "upstream",
            "sandbox",
            Upstream(name="sandbox", provider="sandbox"),
            origin="seed",
        )
    if await admin.accounts():
        return None
    await admin.create_account("default")
    amount = parse_usd(settings.bootstrap_credit)
    await admin.credit("default", amount, GIFT)
    key = await admin.create_key("default", name="first", key=settings.bootstrap_key or None)
    return key.key
