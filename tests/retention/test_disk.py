"""A full disk refuses new media before any hold, finishes what runs, and loses nothing: on a small file system."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from framegate.core.task import State
from running import Gateway, running
from vendors import vendor
from virtual import HOUR, engine

pytestmark = pytest.mark.slow
TASK = {"model": "gen4_turbo", "prompt": "[sandbox:delay=2] a lake", "seconds": 5}


@contextlib.contextmanager
def small(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, of this size, at a folder."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607 - as in a shell


def fill(folder: Path, *, leave: int = 0) -> Path:
    """A file that takes all the room but `leave` bytes."""
    path = folder / "filler"
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        with contextlib.suppress(OSError):
            while True:
                room = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize - leave
                if room <= 0 or not os.write(file, bytes(min(room, 1 << 16))):
                    break
    finally:
        os.close(file)
    return path


def wait(there: Callable[[], bool], gateway: Gateway, within: float = 40) -> None:
    end = time.monotonic() + within
    while not there():
        assert time.monotonic() < end, gateway.tail()
        time.sleep(0.05)


def held(gateway: Gateway) -> str:
    return gateway.admin("GET", "/accounts/default").json["held"]


def test_results_wait_for_room_and_none_is_lost(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with small(data / "artifacts", 2) as shelf, running(data, min_free_disk="1") as gateway:
        task = gateway.submit(TASK)["id"]
        filler = fill(shelf)

        def misses() -> int:
            with contextlib.closing(sqlite3.connect(gateway.data / "framegate.db")) as connection:
                found = connection.execute("SELECT misses FROM tasks WHERE state = 'storing'").fetchone()
            return found[0] if found else 0

        wait(lambda: misses() >= 2, gateway)
        assert "storing" == gateway.call("GET", f"/v1/tasks/{task}").json["status"]
        assert [] == list((shelf / "parts").iterdir()), "a copy that found no room is not left behind"
        assert len(list((data / "spool").iterdir())) <= 1, "nor do the tries pile up"
        refused = gateway.call("POST", "/v1/tasks", TASK)
        assert (503, True) == (refused.status, "short of disk space" in refused.json["detail"])
        filler.unlink()
        done = gateway.finished(task)
        assert ("succeeded", 200) == (
            done["status"],
            gateway.call("GET", done["artifacts"][0]["url"], key="").status,
        )
        assert ("0.00", "balanced") == (held(gateway), gateway.books())


def test_short_of_room_new_media_are_refused_before_any_hold_and_what_runs_ends(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with small(data / "artifacts", 8) as shelf, running(data, min_free_disk="6000000") as gateway:
        task = gateway.submit(TASK)["id"]
        before = held(gateway)
        filler = fill(shelf, leave=3_000_000)
        time.sleep(0.6)  # a look at the disk is good for half a second
        for path, body in (
            ("/v1/tasks", TASK),
            ("/v1/videos", {"model": "sora-2", "prompt": "x", "seconds": "4"}),
        ):
            assert 503 == gateway.call("POST", path, body).status
        assert before == held(gateway)
        assert "succeeded" == gateway.finished(task)["status"]
        filler.unlink()
        assert "succeeded" == gateway.finished(gateway.submit(TASK)["id"])["status"]
        assert "balanced" == gateway.books()


def test_when_the_database_itself_has_no_room_it_waits_too(tmp_path: Path) -> None:
    with small(tmp_path / "data", 24) as data, running(data, min_free_disk="1") as gateway:
        task = gateway.submit(TASK)["id"]
        filler = fill(data)
        wait(lambda: gateway.call("POST", "/v1/tasks", TASK).status == 503, gateway)
        time.sleep(4)  # past the end of the rendering: its result and its rows find no room
        assert "succeeded" != gateway.call("GET", f"/v1/tasks/{task}").json["status"]
        filler.unlink()
        assert "succeeded" == gateway.finished(task, within=90)["status"]
        assert "succeeded" == gateway.finished(gateway.submit(TASK)["id"])["status"]
        assert "balanced" == gateway.books()


async def test_a_full_disk_never_counts_as_the_loss_of_a_result(tmp_path: Path) -> None:
    """Other failures to fetch a result are given up after forty tries; a disk is the operator's to empty."""
    with vendor() as counting, small(tmp_path / "artifacts", 1) as shelf:
        async with engine(tmp_path, {"one": ("runway", counting)}) as it:
            task_id = await it.submit("waves [m:1]")
            filler = fill(shelf)
            await it.reaches(task_id, "storing")
            await it.pass_time(3 * HOUR)
            waiting = await it.job(task_id)
            assert (State.STORING, True) == (waiting.state, waiting.misses > 100)
            filler.unlink()
            assert State.SUCCEEDED is (await it.finished(task_id)).state
            assert [] == await it.books()
