"""A backup under load is one moment: restored, its books balance, its files are whole, its running tasks go on."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framegate.artifacts.local import Folder
from framegate.core.task import State
from framegate.engine.backup import BadBackup, Manifest, _same, backup, restore
from framegate.engine.erasing import expire_artifact
from framegate.engine.filing import Filed
from framegate.store import open_store
from retention.conftest import House, Timed
from running import Gateway, environment, running
from store.rows import account, bought
from vendors import vendor
from virtual import HOUR, MINUTE, engine

TASK = {"model": "gen4_turbo", "prompt": "a lake", "seconds": 5}


@contextlib.contextmanager
def load(gateway: Gateway) -> Iterator[list[str]]:
    """Submits, one after the other, for the length of a `with`; the ids of what was taken."""
    taken: list[str] = []
    over = threading.Event()

    def go() -> None:
        while not over.is_set():
            taken.append(gateway.submit({**TASK, "prompt": f"load {len(taken)}"})["id"])
            over.wait(0.05)

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
def test_a_backup_under_load_is_restored_whole(tmp_path: Path) -> None:
    dest, data = tmp_path / "backup", tmp_path / "restored"
    with running(tmp_path / "data") as gateway:
        done = gateway.finished(gateway.submit(TASK)["id"])
        film = gateway.call("GET", done["artifacts"][0]["url"], key="").body
        slow = gateway.submit({**TASK, "prompt": "[sandbox:delay=20] a slow lake"})
        with load(gateway) as taken:
            while len(taken) < 5:
                pass
            made = gateway.command("backup", str(dest), "--with-master-key")
            while gateway.call("GET", f"/v1/tasks/{slow['id']}").json["status"] in {"queued", "sending"}:
                pass
        assert 0 == made.returncode, made.stderr
        assert "the backup holds the master key" in made.stderr
        assert {"succeeded"} == {gateway.finished(name)["status"] for name in taken}, "work goes on meanwhile"
        assert "balanced" == gateway.books()
    shutil.rmtree(tmp_path / "data")  # links and copies do not need the original
    assert 0o700 == stat.S_IMODE(dest.stat().st_mode)
    answer = run("restore", str(dest), "--data", str(data))
    assert (0, "") == (answer.returncode, answer.stderr)
    with running(data) as gateway:
        assert "balanced" == gateway.books()
        same = gateway.finished(done["id"])
        again = gateway.call("GET", same["artifacts"][0]["url"], key="").body
        assert hashlib.sha256(film).digest() == hashlib.sha256(again).digest()
        assert "succeeded" == gateway.finished(slow["id"])["status"], "what ran goes on"
        assert "succeeded" == gateway.finished(gateway.submit(TASK)["id"])["status"]
        known = [name for name in taken if gateway.call("GET", f"/v1/tasks/{name}").status == 200]
        assert {"succeeded"} == {gateway.finished(name)["status"] for name in known}
        assert known == taken[: len(known)], "one moment: nothing of it is missing in the middle"
        assert "balanced" == gateway.books()


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "framegate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment({f"FRAMEGATE_{name.upper()}": value for name, value in settings.items()}),
        timeout=60,
    )


@pytest.mark.slow
def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    for words, arguments, settings in (
        ("no database in", ("backup", str(tmp_path / "b"), "--data", str(tmp_path / "none")), {}),
        ("is for PostgreSQL", ("backup", str(tmp_path / "b"), "--files-only", "--data", str(full)), {}),
        ("pg_dump --format=custom", ("backup", str(tmp_path / "b")), {"database_url": "postgresql://x/y"}),
        ("holds no whole backup", ("restore", str(full), "--data", str(tmp_path / "new")), {}),
    ):
        answer = run(*arguments, **settings)
        assert (1, True, "") == (answer.returncode, words in answer.stderr, answer.stdout), answer.stderr
    assert not (tmp_path / "b").exists()


async def made(house: House, tmp_path: Path, **options: Any) -> Path:
    dest = tmp_path / "backup"
    await backup(
        house.store, tmp_path, str(tmp_path / "artifacts"), dest, master_key=options.get("master_key", False)
    )
    return dest


async def restored(dest: Path, data: Path, *, url: str = "", as_is: bool = False) -> tuple[Manifest, int]:
    return await restore(dest, data, url, clock=lambda: 777, as_is=as_is)


def sqlite_only(house: House) -> None:
    if house.store.kind != "sqlite":
        pytest.skip("PostgreSQL's database is backed up by its own tools")


async def test_a_folder_with_something_in_it_is_left_alone(house: House, tmp_path: Path, url: str) -> None:
    dest = await made(house, tmp_path)
    before = sorted(path.name for path in dest.iterdir())
    for act in (
        lambda: asyncio.run(made(house, tmp_path)),
        lambda: asyncio.run(restored(dest, tmp_path / "artifacts" / "..", url=url)),
    ):
        with pytest.raises(BadBackup, match="is not empty"):
            await asyncio.to_thread(act)
    assert before == sorted(path.name for path in dest.iterdir())


async def test_the_files_of_that_moment_are_in_it_and_no_others(house: House, tmp_path: Path) -> None:
    await house.task("a", b"film", poster=b"poster")
    await house.task("b", b"gone")
    await house.store.write(*expire_artifact("art_b", house.clock.now))
    await house.task("c", b"lost")
    await house.folder.delete(hashlib.sha256(b"lost").hexdigest())
    sqlite_only(house)
    dest = await made(house, tmp_path)
    held = {path.read_bytes() for path in (dest / "artifacts").rglob("*") if path.is_file()}
    manifest = json.loads((dest / "backup.json").read_text())
    assert ({b"film", b"poster"}, 2, 10) == (held, manifest["files"], manifest["bytes"])
    assert [hashlib.sha256(b"lost").hexdigest()] == manifest["missing"]


async def test_of_postgres_what_an_older_dump_may_name_is_in_it_too(house: House, tmp_path: Path) -> None:
    if house.store.kind != "postgres":
        pytest.skip("an SQLite database is of the same moment as its files")
    await house.task("a", b"film")
    await house.task("b", b"gone since")
    await house.store.write(*expire_artifact("art_b", house.clock.now))
    await house.task("c", b"lost")
    await house.folder.delete(hashlib.sha256(b"lost").hexdigest())
    dest = await made(house, tmp_path)
    held = {path.read_bytes() for path in (dest / "artifacts").rglob("*") if path.is_file()}
    manifest = json.loads((dest / "backup.json").read_text())
    assert ({b"film", b"gone since"}, [hashlib.sha256(b"lost").hexdigest()]) == (held, manifest["missing"])


async def test_nothing_is_swept_away_while_it_is_made(house: House, tmp_path: Path) -> None:
    for n in range(3):
        await house.task(str(n), b"film %d" % n)
    sweeps: list[bool] = []

    class Watched(Timed):
        """Somebody sweeps as soon as the lease is taken."""

        async def take(self, statement: str, /, **params: Any) -> Any:
            got = await house.store.take(statement, **params)
            if statement == "claim_lease" and not sweeps:
                sweeps.append((await house.sweep(grace=0)).done)
            return got

    await backup(
        Watched(house.store, house.clock),
        tmp_path,
        str(tmp_path / "artifacts"),
        tmp_path / "b",
        master_key=False,
    )
    assert [False] == sweeps
    assert (await house.sweep(grace=0)).done, "the lease ends with the backup"


async def test_without_the_manifest_or_by_an_older_program_nothing_is_restored(
    house: House, tmp_path: Path, url: str
) -> None:
    sqlite_only(house)
    dest = await made(house, tmp_path)
    manifest = json.loads((dest / "backup.json").read_text())
    (dest / "backup.json").write_text(json.dumps({**manifest, "schema": 99}))
    with pytest.raises(BadBackup, match="schema 99"):
        await restored(dest, tmp_path / "new", url=url)
    (dest / "backup.json").unlink()
    with pytest.raises(BadBackup, match="no whole backup"):
        await restored(dest, tmp_path / "new", url=url)
    assert not (tmp_path / "new").exists()


async def test_the_master_key_is_in_it_only_if_asked_for(house: House, tmp_path: Path, url: str) -> None:
    (tmp_path / "master-key").write_text("secret")
    dest = await made(house, tmp_path)
    assert not (dest / "master-key").exists()
    shutil.rmtree(dest)
    dest = await made(house, tmp_path, master_key=True)
    await restored(dest, tmp_path / "new", url=url)
    key = tmp_path / "new" / "master-key"
    assert ("secret", 0o600) == (key.read_text(), stat.S_IMODE(key.stat().st_mode))


async def test_what_waited_to_be_sent_is_not_sent_twice_after_a_restore(
    house: House, tmp_path: Path, url: str
) -> None:
    """The gateway went on after the backup, and sent it. Restored, its task is a send of unknown outcome."""
    states = {
        "queued": {},
        "asked": {"cancel_at": 5},
        "sandbox": {"sandbox": True},
        "running": {"state": State.RUNNING, "handle": {"id": "1"}},
    }
    for name, changes in states.items():
        await house.store.write(*bought(f"task_{name}", 5, **changes))
    dest = await made(house, tmp_path)
    asked = {"asked": ("queued", False), "sandbox": ("queued", False), "running": ("running", False)}
    for as_is, state in ((True, ("queued", False)), (False, ("sending", True))):
        data = tmp_path / f"new-{as_is}"
        _, doubted = await restored(dest, data, url=url, as_is=as_is)
        store = await open_store(
            url if house.store.kind == "postgres" else f"sqlite:///{data}/framegate.db", clock=house.clock
        )
        try:
            rows = {name: await store.row("task_by_id", id=f"task_{name}") for name in states}
            seen = {
                name: (row["state"], row["unknown_since"] is not None) for name, row in rows.items() if row
            }
            events = [row["kind"] for row in await store.rows("events_of", task_id="task_queued", limit=9)]
        finally:
            await store.close()
        assert ({**asked, "queued": state}, 0 if as_is else 1) == (seen, doubted)
        assert (["queued"] if as_is else ["queued", "restored"]) == events


@pytest.mark.parametrize(
    ("provider", "states"),
    [("runway", {State.SENDING}), ("kling", {State.SUCCEEDED})],
    ids=["runway", "kling"],
)
async def test_a_restored_gateway_asks_before_it_sends_again(
    tmp_path: Path, provider: str, states: set[State]
) -> None:
    """Where the vendor knows our id the order is found; elsewhere the operator decides. One order in all."""
    with vendor() as counting:
        async with engine(tmp_path, {"one": (provider, counting)}) as it:
            task_id = await it.submit("waves [m:1]")
            await backup(
                it.store, tmp_path, str(tmp_path / "artifacts"), tmp_path / "backup", master_key=False
            )
            await it.finished(task_id)
        data = tmp_path / "new"
        assert 1 == (await restored(tmp_path / "backup", data))[1]
        async with engine(data) as it:
            await it.pass_time(10 * MINUTE if provider == "runway" else HOUR)
            assert states == {job.state for job in await it.jobs()}
            assert [] == await it.books()
        assert 1 == counting.orders()["1"]


async def test_a_postgres_database_is_restored_before_the_files(house: House, tmp_path: Path) -> None:
    if house.store.kind != "postgres":
        pytest.skip("an SQLite database is in the backup")
    dest = await made(house, tmp_path)
    with pytest.raises(BadBackup, match="restore the database first"):
        await restored(dest, tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_an_account_has_the_same_money_afterwards(house: House, tmp_path: Path, url: str) -> None:
    sqlite_only(house)
    await house.store.write(*account("acct_2", balance=77))
    dest = await made(house, tmp_path)
    await house.store.write(*account("acct_3", balance=88))
    await restored(dest, tmp_path / "new", url=url)
    store = await open_store(f"sqlite:///{tmp_path}/new/framegate.db", clock=lambda: 0)
    try:
        balances = {row["id"]: row["balance"] for row in await store.rows("list_accounts")}
        assert ({"acct_1": 1_000_000, "acct_2": 77}, []) == (balances, await store.rows("check_sums"))
    finally:
        await store.close()


async def test_restored_files_are_counted_as_before(house: House, tmp_path: Path, url: str) -> None:
    sqlite_only(house)
    await house.task("a", b"film")
    dest = await made(house, tmp_path)
    await restored(dest, tmp_path / "new", url=url)
    store = await open_store(f"sqlite:///{tmp_path}/new/framegate.db", clock=house.clock)
    try:
        (tmp_path / "new" / "spool").mkdir()
        folder = Folder(tmp_path / "new" / "artifacts")
        new = House(
            store, Filed(store, folder, tmp_path / "new" / "spool"), folder, tmp_path / "new", house.clock
        )
        await new.store.write(*expire_artifact("art_a", house.clock.now))
        await new.sweep(grace=0)
        assert (False, True) == (new.lies(b"film"), house.lies(b"film")), "a link is its own"
    finally:
        await store.close()


def test_links_are_used_where_they_can_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    _same(tmp_path / "a", tmp_path / "b" / "c")
    assert (tmp_path / "a").samefile(tmp_path / "b" / "c")
