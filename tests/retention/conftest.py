"""A store of each kind with a shelf beside it, and whole gateways whose content is to go."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from framegate.artifacts.intake import Intake
from framegate.artifacts.links import Links
from framegate.artifacts.local import Folder
from framegate.artifacts.preview import Previewer
from framegate.core.task import Artifact, Input, Kind, Role, State
from framegate.core.wire import Blob
from framegate.engine.filing import Filed, referred
from framegate.engine.job import Job, from_row, saved
from framegate.engine.media import MediaDesk
from framegate.engine.steps import stored
from framegate.engine.sweeping import Sweeper, Swept
from framegate.store import Store, open_store, step
from framegate.transport import Transport
from store.rows import account, bought, job

DAY = 86_400_000


@dataclass(slots=True)
class Clock:
    """What the time is: on PostgreSQL, too, for statements get it as a parameter."""

    now: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


class Timed:
    """A store whose time is the test's."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock, self.kind = store, clock, store.kind

    async def now(self) -> int:
        return self._clock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@dataclass(slots=True)
class House:
    """One gateway's storage. `shelf` counts, `folder` is what it counts."""

    store: Any
    shelf: Filed
    folder: Folder
    root: Path
    clock: Clock

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    def blob(self, content: bytes, media_type: str = "video/mp4") -> Blob:
        """A file that has come in."""
        path = self.spool / f"{secrets.token_hex(8)}.part"
        path.write_bytes(content)
        return Blob(str(path), len(content), hashlib.sha256(content).hexdigest(), media_type)

    def lies(self, content: bytes) -> bool:
        """Whether the shelf has a file of this content."""
        name = hashlib.sha256(content).hexdigest()
        return (self.root / "artifacts" / name[:2] / name).exists()

    def sweeper(self, **parts: Any) -> Sweeper:
        return Sweeper(self.store, self.shelf, spool=self.spool, **parts)

    async def sweep(self, **options: Any) -> Swept:
        return await self.sweeper().sweep(**options)

    async def task(self, name: str, content: bytes = b"", *, poster: bytes = b"", inputs: Any = ()) -> Job:
        """A task that has just succeeded, with a result of this content."""
        files = [self.blob(part) for part in (content, poster) if part]
        for file in files:
            await self.shelf.put(file)
        artifacts = tuple(
            Artifact(
                id=f"art_{name}",
                kind=Kind.VIDEO,
                media_type="video/mp4",
                size=files[0].size,
                sha256=files[0].sha256,
                poster=files[1].sha256 if poster else "",
            )
            for _ in files[:1]
        )
        made = {"created_at": self.clock.now, "updated_at": self.clock.now, "finished_at": self.clock.now}
        spec = job(name).spec
        new = job(
            f"task_{name}",
            state=State.SUCCEEDED,
            due_at=None,
            artifacts=artifacts,
            spec=type(spec)(kind=spec.kind, model=spec.model, prompt=f"the prompt of {name}", inputs=inputs),
            **made,
        )
        fields = {name: getattr(new, name) for name in ("state", "due_at", "artifacts", "spec", *made)}
        await self.store.write(
            *bought(new.id, 5, **fields),
            step("settle", account_id="acct_1", held=5, refund=5),
            step(
                "enter",
                account_id="acct_1",
                task_id=new.id,
                kind="release",
                customer=5,
                held=-5,
                revenue=0,
                topup=0,
                writeoff=0,
                at=self.clock.now,
                note="",
            ),
        )
        await self.store.write(
            *referred((a.id, (a.sha256, a.poster)) for a in artifacts),
            *(stored(new, artifact, self.clock.now) for artifact in artifacts),
            *(step("use_media", None, media_id=item.media, task_id=new.id) for item in inputs),
        )
        return new

    async def medium(self, name: str, content: bytes, *, upload: int = 0) -> Input:
        """An input medium that has just come in."""
        file = self.blob(content, "image/png")
        await self.shelf.put(file)
        row = {"filename": "", "source": "", "state": "ready", "media_type": "image/png", "upload": upload}
        await self.store.write(
            step(
                "insert_media",
                id=name,
                account_id="acct_1",
                sha256=file.sha256,
                size=file.size,
                created_at=self.clock.now,
                **row,
            ),
            *referred([(name, (file.sha256,))]),
        )
        return Input(role=Role.FIRST_FRAME, url="", media=name, sha256=file.sha256)

    async def job(self, task_id: str) -> Job:
        row = await self.store.row("task_by_id", id=task_id)
        assert row is not None
        return from_row(row)

    async def resume(self, task_id: str) -> None:
        """The task is at work again, as if it had not ended."""
        old = await self.job(task_id)
        changed = {**saved(old), "state": "running", "finished_at": None, "due_at": self.clock.now}
        await self.store.write(step("save_task", **changed))

    async def books(self) -> list[Any]:
        return [*await self.store.rows("check_sums"), *await self.store.rows("open_holds_without_task")]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/framegate.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def house(url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Storage on each kind of database, with the account `acct_1`."""
    clock = Clock()
    store = Timed(await open_store(url, clock=clock, exclusive=False), clock)
    (tmp_path / "spool").mkdir()
    folder = Folder(tmp_path / "artifacts")
    await store.write(*account(balance=1_000_000))
    yield House(store, Filed(store, folder, tmp_path / "spool"), folder, tmp_path, clock)  # type: ignore[arg-type]
    await store.close()


@pytest.fixture
async def desk(house: House) -> AsyncIterator[MediaDesk]:
    """What takes the inputs of the house in."""
    transport, previewer = Transport(spool=house.spool), Previewer(house.spool)
    yield MediaDesk(
        store=house.store,
        shelf=house.shelf,
        intake=Intake(transport=transport, folder=house.spool),
        links=Links(b"k" * 32, clock=house.clock),
        public_url="https://gateway.example",
        reachable=True,
        min_free=0,
        still=previewer.still,
    )
    await previewer.close()
    await transport.close()
