"""Small results lie in the database, beside the rows about them: read, counted and removed like any other."""

from __future__ import annotations

import hashlib

import pytest

from framegate.core.wire import Small
from framegate.engine.filing import referred, unreferred
from framegate.engine.job import text
from framegate.store import Unmet, step
from retention.conftest import House


def small(content: bytes) -> Small:
    return Small(content, hashlib.sha256(content).hexdigest(), "image/png")


async def read(house: House, file: Small, start: int = 0, end: int = 1_000) -> bytes:
    return b"".join([piece async for piece in house.shelf.read(file.sha256, start, end)])


async def test_it_is_read_as_any_other(house: House) -> None:
    """Together with a file of the shelf, and in one unit."""
    one, two, film = small(b"one \x00\xff"), small(b"the second"), house.blob(b"film")
    await house.shelf.put(film)
    owned = [("art_1", (film.sha256, one.sha256)), ("art_2", (two.sha256, one.sha256))]
    await house.store.write(*referred(owned, (one, two), at=house.clock.now))
    assert (b"one \x00\xff", b"the second") == (await read(house, one), await read(house, two))
    assert (b"e \x00", b"") == (await read(house, one, 2, 5), await read(house, one, 6, 6))
    assert b"film" == b"".join([piece async for piece in house.shelf.read(film.sha256, 0, 4)])
    assert (6, 10, 4) == tuple([await house.shelf.size(file.sha256) for file in (one, two, film)])
    assert (False, True) == (house.lies(one.content), house.lies(b"film"))
    path = await house.shelf.path(two.sha256)
    assert (b"the second", path) == (path.read_bytes(), await house.shelf.path(two.sha256))


async def test_it_goes_with_its_last_reference_and_its_copy_with_it(house: House) -> None:
    file = small(b"picture")
    for owner in ("art_1", "art_2"):
        await house.store.write(*referred([(owner, (file.sha256,))], (file,), at=house.clock.now))
    copy = await house.shelf.path(file.sha256)
    for owner, left in (("art_1", 7), ("art_2", None)):
        await house.store.write(*unreferred(owner, house.clock.now))
        house.clock.now += 1
        await house.sweep(grace=0)
        assert left == await house.shelf.size(file.sha256)
    assert not copy.exists()
    assert [] == await house.store.rows("known_files", after="", limit=9)


async def test_a_file_that_was_only_said_to_be_coming_is_whole_afterwards(house: House) -> None:
    """Another has said that it would store the same bytes on the shelf, and died."""
    file = small(b"picture")
    row = text([{"sha256": file.sha256, "size": 7, "media_type": "image/png"}])
    await house.store.take("reserve_files", files=row, at=house.clock.now)
    await house.store.write(*referred([("art_1", (file.sha256,))], (file,), at=house.clock.now))
    house.clock.now += 1
    await house.sweep(grace=0)
    assert b"picture" == await read(house, file)


async def test_while_the_same_bytes_are_being_removed_the_unit_does_not_hold(house: House) -> None:
    file = small(b"picture")
    unit = referred([("art_1", (file.sha256,))], (file,), at=house.clock.now)
    await house.store.write(*unit)
    await house.store.write(*unreferred("art_1", house.clock.now))
    doomed = {"before": house.clock.now, "now": house.clock.now + 1, "stale": 0, "limit": 9}
    assert [file.sha256] == [row["sha256"] for row in await house.store.take("doom_files", **doomed)]
    with pytest.raises(Unmet):
        await house.store.write(*unit)
    await house.store.write(step("drop_file", sha256=file.sha256, going_at=house.clock.now + 1))
    await house.store.write(*unit)
    assert b"picture" == await read(house, file)


async def test_a_unit_that_needs_a_removed_file_of_the_shelf_keeps_no_small_one(house: House) -> None:
    file, film = small(b"picture"), house.blob(b"film")
    with pytest.raises(Unmet):
        await house.store.write(*referred([("art_1", (film.sha256, file.sha256))], (file,), at=1))
    assert None is await house.shelf.size(file.sha256)


async def test_a_backup_of_files_leaves_it_to_that_of_the_database(house: House) -> None:
    file, film = small(b"picture"), house.blob(b"film")
    await house.shelf.put(film)
    owned = [("art_1", (film.sha256, file.sha256))]
    await house.store.write(*referred(owned, (file,), at=house.clock.now))
    for which in ("known_files", "referred_files"):
        rows = await house.store.rows(which, after="", limit=9)
        assert [film.sha256] == [row["sha256"] for row in rows], which
