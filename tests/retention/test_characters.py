"""Characters are kept like uploads: for their owner, as long as they are used, and gone when the account is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from framegate.access import Caller, Plan
from framegate.core.dialect import Naming, Slot, Trouble
from framegate.core.task import Input, Kind, Role, Spec
from framegate.engine import erasing
from framegate.engine.media import MediaDesk
from retention.conftest import DAY, House

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"film" * 100
PICTURE = b"GIF89a\x01\0\x01\0" + b"picture" * 100


def owner(account_id: str = "acct_1") -> Caller:
    return Caller(account_id=account_id, account_name="default", key_id="key_1", plan=Plan(name="default"))


async def uploaded(desk: MediaDesk, content: bytes = FILM) -> Slot:
    async def chunks() -> AsyncIterator[bytes]:
        yield content

    slot = await desk.open_upload(owner(), "clip.mp4")
    await desk.receive_upload(slot.id, chunks(), "")
    return slot


def with_character(slot: Slot) -> Spec:
    return Spec(kind=Kind.VIDEO, model="sora-2", inputs=(Input(Role.CHARACTER, slot.url),))


async def test_a_character_has_a_name_and_an_id_of_its_own(house: House, desk: MediaDesk) -> None:
    clip = await uploaded(desk)
    mimi = await desk.name_upload(owner(), Naming("Mimi", clip.id))
    assert mimi.id.startswith("char_")
    assert ("Mimi", house.clock.now) == (mimi.filename, mimi.created_at)
    assert mimi == await desk.finish_upload(owner(), mimi.id)
    spec, _ = await desk.take(owner(), with_character(mimi))
    [taken] = spec.inputs
    assert (Role.CHARACTER, "", mimi.id, "Mimi", "video/mp4") == (
        taken.role,
        taken.url,
        taken.media,
        taken.name,
        taken.media_type,
    )
    [medium] = await desk.of(await house.task("a", inputs=(taken,)))
    assert ("Mimi", len(FILM)) == (medium.name, medium.blob.size)


async def test_only_its_owner_may_see_or_use_it(desk: MediaDesk) -> None:
    clip = await uploaded(desk)
    mimi = await desk.name_upload(owner(), Naming("Mimi", clip.id))
    stranger = owner("acct_2")
    for asked in (
        desk.finish_upload(stranger, mimi.id),
        desk.take(stranger, with_character(mimi)),
        desk.name_upload(stranger, Naming("Mine", clip.id)),
    ):
        with pytest.raises(Trouble, match=r"does not exist|there is no upload"):
            await asked


@pytest.mark.parametrize("name", ["", "\0", "med_\0", "é", "x" * 100_000])
async def test_no_text_is_too_odd_for_an_uploads_name(desk: MediaDesk, name: str) -> None:
    """PostgreSQL has no place for some of them."""
    spec = Spec(kind=Kind.VIDEO, model="m", inputs=(Input(Role.FIRST_FRAME, f"upload:{name}"),))
    with pytest.raises(Trouble, match="does not exist"):
        await desk.take(owner(), spec)
    with pytest.raises(Trouble, match="does not exist"):
        await desk.name_upload(owner(), Naming("Mimi", name))


async def test_what_is_no_video_yet_is_no_character(desk: MediaDesk) -> None:
    empty = await desk.open_upload(owner(), "clip.mp4")
    with pytest.raises(Trouble, match="was not filled yet"):
        await desk.name_upload(owner(), Naming("Mimi", empty.id))
    picture = await uploaded(desk, PICTURE)
    with pytest.raises(Trouble, match="must be a file of the kind video") as caught:
        await desk.name_upload(owner(), Naming("Mimi", picture.id))
    assert "video" == caught.value.field


async def test_it_outlives_its_upload_while_it_is_used_and_goes_when_it_is_not(
    house: House, desk: MediaDesk
) -> None:
    clip = await uploaded(desk)
    house.clock.now += 6 * DAY
    mimi = await desk.name_upload(owner(), Naming("Mimi", clip.id))
    assert 0 == (await house.sweep(grace=0)).media, "naming it was a use of the upload"
    house.clock.now += 6 * DAY
    await house.store.write(*(await desk.take(owner(), with_character(mimi)))[1])
    house.clock.now += 6 * DAY
    assert 1 == (await house.sweep(grace=0)).media, "the upload"
    assert house.lies(FILM)
    assert "Mimi" == (await desk.finish_upload(owner(), mimi.id)).filename
    house.clock.now += 2 * DAY
    assert 1 == (await house.sweep(grace=0)).media
    assert not house.lies(FILM)
    with pytest.raises(Trouble, match="there is no upload"):
        await desk.finish_upload(owner(), mimi.id)


async def test_it_is_erased_with_its_account(house: House, desk: MediaDesk) -> None:
    mimi = await desk.name_upload(owner(), Naming("Mimi", (await uploaded(desk)).id))
    receipt = await erasing.erase_account(house.store, "acct_1")
    assert (2, 1, len(FILM)) == (receipt.media, receipt.files, receipt.bytes)
    await house.sweep(grace=0)
    assert not house.lies(FILM)
    assert await house.store.row("media_any", id=mimi.id) is None
