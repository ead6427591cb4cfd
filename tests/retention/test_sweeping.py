"""Lifetimes end, files go with their last reference, and nothing goes that somebody needs."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import msgspec
import pytest

from framegate.access import Plan
from framegate.core.task import Kind, Output, State
from framegate.core.wire import Blob
from framegate.engine import erasing
from framegate.engine.filing import referred, unreferred
from framegate.engine.job import saved, text
from framegate.engine.sweeping import GRACE, LEASE_NAME, STALE, leased
from framegate.store import Unmet, step
from retention.conftest import DAY, House

HOUR = 3_600_000


async def plan(house: House, **days: int) -> None:
    document = text(Plan(name="default", **days))
    row = {"kind": "plan", "name": "default", "doc": document, "origin": "admin", "paused": 0}
    await house.store.write(step("put_config", **row, version=1, updated_at=1))


async def test_results_media_and_content_live_as_long_as_the_plan_says(house: House) -> None:
    await plan(house, artifact_days=2, media_days=1, content_days=3)
    medium = await house.medium("med_1", b"picture")
    await house.task("a", b"film", inputs=(medium,))
    seen: list[Any] = []
    for _ in range(4):
        await house.sweep(grace=0)
        job = await house.job("task_a")
        rows = [
            await house.store.row(name, id=key)
            for name, key in (("media_any", "med_1"), ("artifact_by_id", "art_a"))
        ]
        seen.append(
            (job.spec.prompt, *(row is not None for row in rows), house.lies(b"picture"), house.lies(b"film"))
        )
        house.clock.now += DAY + 1
    assert [
        ("the prompt of a", True, True, True, True),
        ("the prompt of a", False, True, False, True),
        ("the prompt of a", False, False, False, False),
        ("", False, False, False, False),
    ] == seen
    assert [] == await house.books()


async def test_nought_days_are_for_ever(house: House) -> None:
    await plan(house, artifact_days=0, media_days=0, content_days=0)
    await house.task("a", b"film", inputs=(await house.medium("med_1", b"picture"),))
    house.clock.now += 36_000 * DAY
    await house.sweep(grace=0)
    assert ("the prompt of a", True, True) == (
        (await house.job("task_a")).spec.prompt,
        house.lies(b"film"),
        house.lies(b"picture"),
    )


async def test_without_a_plan_the_lifetimes_are_30_7_and_90_days(house: House) -> None:
    await house.task("a", b"film", inputs=(await house.medium("med_1", b"picture"),))
    ends: list[tuple[int, str]] = []
    for day in range(1, 100):
        house.clock.now += DAY
        swept = msgspec.to_builtins(await house.sweep(grace=0))
        ends += [(day, what) for what in ("tasks", "artifacts", "media") if swept[what]]
    assert [(7, "media"), (30, "artifacts"), (90, "tasks")] == ends


async def test_a_file_goes_with_its_last_reference(house: House) -> None:
    await house.task("a", b"film", poster=b"poster")
    await house.task("b", b"other film", poster=b"poster")
    medium = await house.medium("med_1", b"film")
    for act, lie in (
        (erasing.expire_artifact("art_a", house.clock.now), (True, True, True)),
        (erasing.expire_media(medium.media, house.clock.now, house.clock.now), (False, True, True)),
        (erasing.expire_artifact("art_b", house.clock.now), (False, False, False)),
    ):
        await house.store.write(*act)
        await house.sweep(grace=0)
        assert lie == tuple(house.lies(content) for content in (b"film", b"poster", b"other film"))
    assert None is await house.store.row("referred_files", after="", limit=1)


async def test_of_many_that_lost_a_reference_those_with_another_stay(house: House) -> None:
    """More than one batch of them."""
    contents = [b"film %d" % n for n in range(120)]
    for content in contents:
        blob = house.blob(content)
        await house.shelf.put(blob)
        await house.store.write(
            *referred([(f"one-{blob.sha256}", (blob.sha256,)), (f"two-{blob.sha256}", (blob.sha256,))])
        )
        await house.store.write(*unreferred(f"one-{blob.sha256}", house.clock.now))
    assert 0 == (await house.sweep(grace=0)).files
    assert all(house.lies(content) for content in contents)


async def test_a_file_that_lost_its_last_reference_stays_for_an_hour(house: House) -> None:
    await house.task("a", b"film")
    await house.store.write(*erasing.expire_artifact("art_a", house.clock.now))
    house.clock.now += GRACE - 1
    assert (0, True) == ((await house.sweep()).files, house.lies(b"film"))
    house.clock.now += 1
    assert ((1, 4), False) == (((swept := await house.sweep()).files, swept.bytes), house.lies(b"film"))


async def test_a_file_that_nobody_came_to_need_goes(house: House) -> None:
    """As a request leaves it that died between the file and its row."""
    await house.shelf.put(house.blob(b"film"))
    house.clock.now += GRACE
    await house.sweep()
    assert not house.lies(b"film")


async def test_who_stores_the_same_bytes_at_that_moment_keeps_them(house: House) -> None:
    """The old reference goes, and the file is due, when another task says that it is about to store it."""
    await house.task("a", b"film")
    await house.store.write(*erasing.expire_artifact("art_a", house.clock.now))
    house.clock.now += GRACE
    await house.shelf.put(house.blob(b"film"))
    await house.sweep()
    assert house.lies(b"film")
    name = house.blob(b"film").sha256
    await house.store.write(*referred([("art_b", (name,))]))
    house.clock.now += 10 * GRACE
    await house.sweep()
    assert house.lies(b"film")


async def test_who_comes_while_it_is_being_removed_waits_and_stores_it_anew(house: House) -> None:
    blob = house.blob(b"film")
    await house.shelf.put(blob)
    house.clock.now += GRACE
    now = house.clock.now
    assert [blob.sha256] == [
        row["sha256"]
        for row in await house.store.take("doom_files", before=now, now=now, stale=now - STALE, limit=10)
    ]
    with pytest.raises(Unmet):
        await house.store.write(*referred([("art_b", (blob.sha256,))]))
    storing = asyncio.create_task(house.shelf.put(house.blob(b"film")))
    assert (await asyncio.wait({storing}, timeout=0.3))[1], "stored while the same is being removed"
    await house.folder.delete(blob.sha256)
    await house.store.write(step("drop_file", sha256=blob.sha256, going_at=now))
    await storing
    await house.store.write(*referred([("art_b", (blob.sha256,))]))
    house.clock.now += 10 * GRACE
    await house.sweep()
    assert house.lies(b"film")


async def test_a_removal_that_was_cut_off_is_taken_up_again(house: House) -> None:
    blob = house.blob(b"film")
    await house.shelf.put(blob)
    house.clock.now += GRACE
    now = house.clock.now
    await house.store.take("doom_files", before=now, now=now, stale=now - STALE, limit=10)
    await house.sweep()
    assert house.lies(b"film")
    house.clock.now += STALE
    await house.sweep()
    assert not house.lies(b"film")


async def test_many_store_and_forget_the_same_bytes_while_it_sweeps(house: House) -> None:
    """Whatever the order: what is referred to in the end lies there."""
    sweeping = True

    async def sweep() -> None:
        while sweeping:
            house.clock.now += 1
            await house.sweep(grace=0)

    async def use(n: int) -> None:
        for turn in range(12):
            content, owner = b"film %d" % (turn % 3), f"art_{n}_{turn}"
            while not await needed(content, owner):
                pass
            assert house.lies(content), "it was taken from under who needs it"
            await house.store.write(*unreferred(owner, house.clock.now))

    async def needed(content: bytes, owner: str) -> bool:
        blob = house.blob(content)
        await house.shelf.put(blob)
        try:
            await house.store.write(*referred([(owner, (blob.sha256,))]))
        except Unmet:  # swept in between, since nothing stays loose here: once more, as the worker does
            return False
        return True

    sweeper = asyncio.create_task(sweep())
    await asyncio.gather(*(use(n) for n in range(4)))
    sweeping = False
    await sweeper


async def test_an_input_that_a_task_at_work_needs_stays(house: House) -> None:
    medium = await house.medium("med_1", b"picture", upload=1)
    await house.task("a", inputs=(medium,))
    await house.resume("task_a")
    house.clock.now += 8 * DAY
    await house.sweep(grace=0)
    assert house.lies(b"picture")
    await house.store.write(step("save_task", **await saved_end(house, "task_a")))
    await house.sweep(grace=0)
    assert not house.lies(b"picture")


async def saved_end(house: House, task_id: str) -> dict[str, Any]:
    end = {"state": "succeeded", "finished_at": house.clock.now, "due_at": None}
    return {**saved(await house.job(task_id)), **end}


async def test_an_upload_that_is_used_again_lives_on(house: House) -> None:
    await house.medium("med_1", b"picture", upload=1)
    house.clock.now += 6 * DAY
    await house.store.write(step("touch_media", id="med_1", account_id="acct_1", at=house.clock.now))
    house.clock.now += 6 * DAY
    await house.sweep(grace=0)
    assert house.lies(b"picture")
    house.clock.now += DAY
    await house.sweep(grace=0)
    assert not house.lies(b"picture")


async def test_old_idempotency_keys_are_forgotten(house: House) -> None:
    row = {"account_id": "acct_1", "digest": "d", "task_id": "t"}
    await house.store.write(step("remember", **row, key="old", created_at=house.clock.now))
    house.clock.now += DAY + 1
    await house.store.write(step("remember", **row, key="new", created_at=house.clock.now))
    await house.sweep()
    found = [await house.store.row("recall", account_id="acct_1", key=key) for key in ("old", "new")]
    assert [False, True] == [row is not None for row in found]


async def test_one_process_sweeps_at_a_time(house: House) -> None:
    await house.task("a", b"film")
    house.clock.now += 31 * DAY
    async with leased(house.store, "another") as held:
        assert held is not None
        refused = await house.sweep(grace=0)
        assert (0, False, True) == (refused.artifacts, refused.done, house.lies(b"film"))
    assert 1 == (await house.sweep(grace=0)).artifacts
    row = {
        "name": LEASE_NAME,
        "holder": "dead",
        "now": house.clock.now,
        "lease_until": house.clock.now + HOUR,
    }
    assert await house.store.take("claim_lease", **row)
    house.clock.now += HOUR - 1
    assert not (await house.sweep()).done
    house.clock.now += 1
    assert (await house.sweep()).done, "a sweeper that died is in nobody's way for long"


async def test_leftovers_of_requests_that_died_go_after_an_hour(house: House) -> None:
    ages = {
        "new.part": 0,
        "old.part": 3601,
        "old.webp": 3601,
        "a" * 64: 3601,
        "b" * 64: 86_401,
        "kept.part": 9_999,
    }
    for name, age in ages.items():
        (house.spool / name).write_bytes(b"x")
        os.utime(house.spool / name, (time.time() - age,) * 2)
    (house.root / "artifacts" / "parts").mkdir()
    part = house.root / "artifacts" / "parts" / "cut-off"
    part.write_bytes(b"x")
    os.utime(part, (time.time() - 3601,) * 2)
    await storing(house, str(house.spool / "kept.part"))
    assert 4 == (await house.sweep()).leftovers
    assert {"new.part", "a" * 64, "kept.part"} == {path.name for path in house.spool.iterdir()}
    assert not part.exists()


async def storing(house: House, path: str) -> None:
    """A task whose result came with the upstream's answer and is being stored."""
    await house.task("storing")
    output = Output(id="1", kind=Kind.VIDEO, blob=Blob(path, 1, "c" * 64, "video/mp4"))
    job = msgspec.structs.replace(await house.job("task_storing"), state=State.STORING, outputs=(output,))
    await house.store.write(step("save_task", **saved(msgspec.structs.replace(job, finished_at=None))))


async def test_engines_of_this_process_forget_erased_tasks(house: House) -> None:
    await house.task("a", b"film")
    await house.task("b", b"other")
    await erasing.erase_task(house.store, "task_a")
    forgotten: list[str] = []

    def forget(names: Any) -> int:
        forgotten.extend(names)
        return len(names)

    await house.sweeper(remembered=lambda: ["task_a", "task_b", "task_of_another"], forget=forget).sweep()
    assert ["task_a"] == forgotten
