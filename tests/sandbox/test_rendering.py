"""The real renderer behind the real engine: what comes out is what was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from framegate.core.money import UNIT
from framegate.core.task import Action, Cause, Kind, Media, Parent, Role, Spec, State
from framegate.core.wire import Blob
from framegate.local.sandbox.engine import RENDERER
from framegate.local.sandbox.words import Job
from framegate.local.sandbox.worker import ready
from framegate.local.studio.brief import Brief
from sandbox.driving import Client, order, sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = (f"t{place}" for place in count())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """One engine for all: its worker takes a second to load what it draws with."""
    async with sandbox(tmp_path_factory.mktemp("rendering"), renderer=RENDERER) as found:
        yield found


async def made(client: Client, prompt: str, task_id: str = "", **fields: Any) -> Blob:
    task_id = task_id or next(NAMES)
    await client.submit(order(prompt, task_id, **fields))
    report = await client.end(task_id)
    assert report.failure is None
    return await client.fetch(report)


def frames(blob: Blob) -> list[np.ndarray[Any, Any]]:
    with av.open(blob.path) as film:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]


def picture(folder: Path, wide: int, high: int, name: str = "first.png") -> Path:
    across = np.linspace(0, 255, wide, dtype=np.uint8)[None, :, None]
    down = np.linspace(255, 0, high, dtype=np.uint8)[:, None, None]
    pixels = np.concatenate([across + 0 * down, down + 0 * across, 0 * across * down], axis=2)
    Image.fromarray(pixels).save(folder / name)
    return folder / name


async def test_a_video_has_the_asked_length_rate_and_shape_and_comes_again_the_same(client: Client):
    asked = {"kind": Kind.VIDEO, "seconds": 1.5, "fps": 16, "aspect": "9:16", "seed": 3}
    blob = await made(client, "a sea at dusk", **asked)
    again = await made(client, "a sea at dusk", **asked)
    with av.open(blob.path) as film:
        stream = film.streams.video[0]
        seen = (stream.frames, float(stream.average_rate or 0), stream.width, stream.height)
    assert (24, 16.0, 64, 114) == seen
    assert ("video/mp4", again.sha256) == (blob.media_type, blob.sha256)


async def test_a_picture_is_made(client: Client):
    blob = await made(client, "mountains", kind=Kind.IMAGE, aspect="3:2", size=None)
    with Image.open(blob.path) as image:
        assert ("PNG", (96, 64)) == (image.format, image.size)


async def test_a_first_frame_gives_its_shape_and_opens_the_video(client: Client, tmp_path: Path):
    first = picture(tmp_path, 300, 600)
    blob = await made(client, "still", media={Role.FIRST_FRAME: first}, kind=Kind.VIDEO, seconds=0.5)
    opening = frames(blob)[0]
    small = np.asarray(Image.open(first).resize((64, 128)).convert("RGB")).astype(int)
    assert (128, 64, 3) == opening.shape
    assert np.abs(opening - small).mean() < 12


@pytest.mark.parametrize(("short", "size"), [(720, (1152, 720)), (None, (1214, 758))])
async def test_a_first_frames_shape_has_the_short_side_that_was_asked_for(
    short: int | None, size: tuple[int, int], tmp_path: Path
):
    first = picture(tmp_path, 1024, 640)
    brief = Brief(kind="video", prompt="still", seed=1, width=1280, height=720, first=str(first))
    job = Job(fence="f", target="t", brief=brief, like=str(first), area=1280 * 720, short=short)
    there = ready(job, tmp_path / "helper.png")
    assert size == (there.width, there.height)


async def test_an_extension_goes_on_where_its_parent_ended(client: Client):
    parent = await made(client, "a city at night", "parent", kind=Kind.VIDEO, seconds=1.0, aspect="1:1")
    child = await made(
        client, "a forest", kind=Kind.VIDEO, seconds=0.5, action=Action.EXTEND, parent="parent"
    )
    end, start = frames(parent)[-1], frames(child)[0]
    assert end.shape == start.shape
    assert np.abs(end - start).mean() < 8


async def test_a_task_goes_on_from_what_its_caller_kept_when_the_sandbox_kept_nothing(client: Client):
    kept = await made(client, "a city at night", kind=Kind.VIDEO, seconds=1.0, aspect="1:1")
    before = Parent(
        handle={"id": "forgotten"},
        spec=Spec(kind=Kind.VIDEO, model="m"),
        media=(Media(role=Role.VIDEO, blob=kept, url=""),),
    )
    asked = order("a forest", "child", kind=Kind.VIDEO, seconds=0.5, action=Action.EXTEND)
    await client.submit(msgspec.structs.replace(asked, parent=before))
    end, start = frames(kept)[-1], frames(await client.fetch(await client.end("child")))[0]
    assert end.shape == start.shape
    assert np.abs(end - start).mean() < 8


async def test_two_tasks_are_joined_from_the_end_of_one_to_the_beginning_of_the_other(client: Client):
    asked = {"kind": Kind.VIDEO, "seconds": 1.0, "aspect": "1:1"}
    first = await made(client, "a city at night", "one", **asked)
    second = await made(client, "a sunny snowfield", "other", **asked)
    one, other = (
        Parent(handle={"id": name}, spec=Spec(kind=Kind.VIDEO, model="m")) for name in ("one", "other")
    )
    kept = Parent(
        handle={"id": "forgotten"}, spec=other.spec, media=(Media(role=Role.VIDEO, blob=second, url=""),)
    )
    for parent, sequel, task_id in ((one, other, "joined"), (None, other, "led"), (one, kept, "kept")):
        new = order("a river", task_id, kind=Kind.VIDEO, seconds=1.0, action=Action.EXTEND)
        await client.submit(msgspec.structs.replace(new, parent=parent, sequel=sequel))
        seen = frames(await client.fetch(await client.end(task_id)))
        assert [64, 64] == [*seen[0].shape[:2]]
        assert np.abs(frames(second)[0] - seen[-1]).mean() < 8
        assert np.abs(frames(second)[0] - seen[0]).mean() > 20
        assert (parent is not None) == bool(np.abs(frames(first)[-1] - seen[0]).mean() < 8)


async def test_a_medium_that_cannot_be_read_is_the_client_s_to_mend(client: Client, tmp_path: Path):
    broken = tmp_path / "first.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    await client.submit(order("x", "broken", media={Role.FIRST_FRAME: broken}, kind=Kind.VIDEO, seconds=0.5))
    report = await client.end("broken")
    assert report.failure is not None
    assert (State.FAILED, Cause.INVALID) == (report.state, report.failure.cause)
    assert report.failure.message.startswith("the file can be read neither as a picture")


@pytest.mark.parametrize("turn", [1, 6])
async def test_a_picture_taken_sideways_is_seen_upright(client: Client, tmp_path: Path, turn: int):
    exif = Image.Exif()
    exif[0x0112] = turn
    Image.open(picture(tmp_path, 400, 200)).save(tmp_path / "turned.jpg", exif=exif.tobytes())
    media = {Role.FIRST_FRAME: tmp_path / "turned.jpg"}
    blob = await made(client, "still", media=media, kind=Kind.VIDEO, seconds=0.2)
    upright = (64, 128, 3) if turn == 1 else (128, 64, 3)
    assert upright == frames(blob)[0].shape


async def test_a_picture_is_enlarged_to_twice_its_size(client: Client, tmp_path: Path):
    media = {Role.REFERENCE: picture(tmp_path, 100, 60)}
    blob = await made(client, "", media=media, kind=Kind.IMAGE, action=Action.UPSCALE)
    with Image.open(blob.path) as image:
        assert image.size == (200, 120)


async def test_a_video_is_enlarged_from_its_parent_and_keeps_its_length(client: Client):
    await made(client, "dunes", "small", kind=Kind.VIDEO, seconds=1.0, fps=12, aspect="1:1")
    blob = await made(client, "", kind=Kind.VIDEO, action=Action.UPSCALE, parent="small")
    with av.open(blob.path) as film:
        assert (12, 12.0) == (film.streams.video[0].frames, float(film.streams.video[0].average_rate or 0))


async def test_a_given_video_gives_its_shape_and_is_graded(client: Client):
    given = await made(client, "dunes", kind=Kind.VIDEO, seconds=0.5, aspect="9:16")
    media = {Role.VIDEO: Path(given.path)}
    blob = await made(client, "at night", media=media, kind=Kind.VIDEO, seconds=0.5, action=Action.EDIT)
    assert frames(given)[0].shape == frames(blob)[0].shape


@pytest.mark.parametrize(("given", "asked", "counted"), [(1.5, None, 2), (1.0, None, 1), (1.5, 0.5, 1)])
async def test_an_edited_video_stays_as_long_as_it_was_and_says_how_long_it_is(
    client: Client, given: float, asked: float | None, counted: int
):
    """What was held for may be the longest that there could have been: the report says what it became."""
    film = await made(client, "dunes", kind=Kind.VIDEO, seconds=given, aspect="9:16", fps=12)
    media, task_id = {Role.VIDEO: Path(film.path)}, next(NAMES)
    edit = {"kind": Kind.VIDEO, "action": Action.EDIT, "seconds": asked, "fps": 12}
    await client.submit(order("at night", task_id, media=media, **edit))
    report = await client.end(task_id)
    assert {"second": counted * UNIT} == report.usage
    blob = await client.fetch(report)
    with av.open(blob.path) as made_of_it:
        assert (asked or given) * 12 == made_of_it.streams.video[0].frames


async def test_several_sounds_are_counted_together(client: Client):
    asked: dict[str, Any] = {"kind": Kind.SOUND, "seconds": 2.0, "count": 2, "size": None}
    await client.submit(order("rain", task_id := next(NAMES), **asked))
    assert {"second": 4 * UNIT} == (await client.end(task_id)).usage


@pytest.mark.parametrize(
    ("kind", "parent", "message"),
    [
        (Kind.VIDEO, "picture", "only a video can be enlarged to another one"),
        (Kind.IMAGE, "film", "only an image can be enlarged to another one"),
    ],
)
async def test_a_picture_is_not_enlarged_to_a_video(client: Client, kind: Kind, parent: str, message: str):
    await made(client, "dunes", parent, kind={"picture": Kind.IMAGE, "film": Kind.VIDEO}[parent], seconds=0.2)
    name = next(NAMES)
    await client.submit(order("", name, kind=kind, action=Action.UPSCALE, parent=parent, size=None))
    report = await client.end(name)
    assert report.failure is not None
    assert (Cause.INVALID, message) == (report.failure.cause, report.failure.message)


@pytest.mark.parametrize(
    ("fields", "media_type", "seconds"),
    [
        ({"kind": Kind.MUSIC, "seconds": 4.0}, "audio/mpeg", 4.0),
        ({"kind": Kind.MUSIC, "seconds": 3.0, "format": "wav"}, "audio/wav", 3.0),
        ({"kind": Kind.SOUND, "seconds": 2.0, "format": "flac"}, "audio/flac", 2.0),
        ({"kind": Kind.SPEECH, "voice": "Maya", "seconds": 1.5, "format": "m4a"}, "audio/mp4", 1.5),
    ],
)
async def test_what_is_heard_is_as_long_as_asked(
    client: Client, fields: dict[str, Any], media_type: str, seconds: float
):
    blob = await made(client, "rain on a jazz club", size=None, **fields)
    assert media_type == blob.media_type
    with av.open(blob.path) as file:
        assert seconds == pytest.approx((file.duration or 0) / av.time_base, abs=0.01)
        assert "synthetic media" in file.metadata.get("comment", "") + file.metadata.get("COMMENT", "")


async def test_a_recording_gets_another_voice(client: Client):
    said = await made(client, "one two three", kind=Kind.SPEECH, format="wav", size=None, seconds=None)
    again = await made(
        client,
        "",
        kind=Kind.SPEECH,
        action=Action.EDIT,
        voice="Bernard",
        format="wav",
        size=None,
        seconds=None,
        media={Role.AUDIO: Path(said.path)},
    )
    assert abs(said.size - again.size) < 400
    assert said.sha256 != again.sha256


async def test_what_is_no_recording_is_invalid(client: Client, tmp_path: Path):
    bad = tmp_path / "bad.mp3"
    bad.write_bytes(b"no sound")
    await client.submit(order("", "bad-recording", kind=Kind.SPEECH, size=None, media={Role.AUDIO: bad}))
    report = await client.end("bad-recording")
    assert report.failure is not None
    assert Cause.INVALID is report.failure.cause
    assert report.failure.message.startswith("the sound cannot be read")
