"""Pictures of finished tasks as inputs of another: taken from what is kept, and kept like any input."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from framegate.access import Caller, Plan
from framegate.artifacts.preview import Previewer
from framegate.core.dialect import Problem, Trouble
from framegate.core.task import Input, Kind, Role, Spec
from framegate.core.wire import Blob
from framegate.engine import erasing
from framegate.engine.media import MediaDesk
from retention.conftest import House

OWNER = Caller(account_id="acct_1", account_name="default", key_id="key_1", plan=Plan(name="default"))
ASKED = Spec(kind=Kind.VIDEO, model="m", inputs=(Input(Role.FIRST_FRAME, ""), Input(Role.LAST_FRAME, "")))


def film(folder: Path, *colours: tuple[int, int, int], seconds: int = 3) -> bytes:
    """Each of the colours for some seconds, ten pictures a second."""
    target = folder / "film.mp4"
    with av.open(str(target), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for colour in colours:
            for _ in range(10 * seconds):
                picture = np.full((64, 96, 3), colour, np.uint8)
                file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
    return target.read_bytes()


def colour_of(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as picture:
        assert ("JPEG", (96, 64)) == (picture.format, picture.size)
        red, green, blue = np.asarray(picture.convert("RGB")).mean(axis=(0, 1))
    return max((red, "red"), (green, "green"), (blue, "blue"))[1]


async def test_the_end_of_one_and_the_beginning_of_the_other(
    house: House, desk: MediaDesk, tmp_path: Path
) -> None:
    one = await house.task("one", film(tmp_path, (200, 0, 0), (0, 200, 0)))
    other = await house.task("other", film(tmp_path, (0, 0, 200), (200, 0, 0)))
    spec, steps = await desk.take(OWNER, ASKED, {Role.FIRST_FRAME: one, Role.LAST_FRAME: other})
    await house.store.write(*steps)
    assert [("first_frame", "image/jpeg", ""), ("last_frame", "image/jpeg", "")] == [
        (item.role, item.media_type, item.url) for item in spec.inputs
    ]
    new = await house.task("new", b"joined", inputs=spec.inputs)
    kept = [Path(item.blob.path).read_bytes() for item in await desk.of(new)]
    assert ["green", "blue"] == [colour_of(content) for content in kept]
    await house.store.write(*erasing.erase(new, house.clock.now))
    await house.sweep(grace=0)
    assert [False, False] == [house.lies(content) for content in kept], "they go with the task"


async def test_a_result_that_is_gone_has_no_picture(house: House, desk: MediaDesk, tmp_path: Path) -> None:
    one = await house.task("one", film(tmp_path, (200, 0, 0), seconds=1))
    await house.store.write(*erasing.expire_artifact(one.artifacts[0].id, house.clock.now))
    await house.sweep(grace=0)
    for job in (one, await house.task("silent"), await house.task("broken", b"no film")):
        with pytest.raises(Trouble, match="no picture of the task") as caught:
            await desk.take(OWNER, ASKED, {Role.FIRST_FRAME: job})
        assert (Problem.CONFLICT, Role.FIRST_FRAME) == (caught.value.problem, caught.value.field)


async def test_a_picture_is_its_own_first_and_last(house: House, tmp_path: Path) -> None:
    previewer = Previewer(house.spool)
    Image.new("RGBA", (96, 64), (0, 200, 0, 255)).save(tmp_path / "a.png")
    blob = Blob(str(tmp_path / "a.png"), 1, "", "image/png")
    found = [await previewer.still(blob, which) for which in ("first", "last")]
    await previewer.close()
    assert ["green", "green"] == [colour_of(Path(one.path).read_bytes()) for one in found if one]
