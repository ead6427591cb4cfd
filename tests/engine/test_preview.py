"""What a kept file is and looks like, as the helper process tells it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from framegate.artifacts import preview_worker
from framegate.artifacts.preview import Look, Previewer
from framegate.core.wire import Blob, Small
from vendors import tiny_mp4


@pytest.fixture
async def previewer(tmp_path: Path) -> AsyncIterator[Previewer]:
    found = Previewer(tmp_path)
    yield found
    await found.close()


def picture(folder: Path, side: int, form: str = "PNG") -> Blob:
    path = folder / f"{side}.{form.lower()}"
    noise = np.random.default_rng(side).integers(0, 255, (side // 2, side, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, form)
    return blob(path, f"image/{form.lower()}")


def blob(path: Path, media_type: str) -> Blob:
    data = path.read_bytes()
    return Blob(str(path), len(data), hashlib.sha256(data).hexdigest(), media_type)


async def test_a_small_picture_is_its_own_preview(previewer: Previewer, tmp_path: Path):
    given = picture(tmp_path, 64)
    assert Look(width=64, height=32, poster=given, previews=(given,)) == await previewer.inspect(given)


async def test_what_is_in_memory_is_looked_at_like_a_file(previewer: Previewer, tmp_path: Path):
    half = tmp_path / "half.png"
    half.write_bytes(Path(picture(tmp_path, 80).path).read_bytes()[:900])
    kinds = [picture(tmp_path, 64, form) for form in ("PNG", "JPEG", "WEBP", "GIF", "TIFF")]
    for given in (*kinds, picture(tmp_path, 1000), film(tmp_path), blob(half, "image/png")):
        found = await previewer.inspect(given)
        content = Path(given.path).read_bytes()
        look = await previewer.inspect(Small(content, given.sha256, given.media_type))
        told = ("seconds", "width", "height", "fps")
        assert [getattr(found, name) for name in told] == [getattr(look, name) for name in told]
        assert [p.sha256 for p in found.previews] == [p.sha256 for p in look.previews]
        assert (found.poster and found.poster.sha256) == (look.poster and look.poster.sha256)
        assert {p.path == "" for p in look.previews} == {p.sha256 == given.sha256 for p in look.previews}


def film(folder: Path) -> Blob:
    path = folder / "film.mp4"
    path.write_bytes(tiny_mp4())
    return blob(path, "video/mp4")


async def test_a_large_one_gets_a_small_copy(previewer: Previewer, tmp_path: Path):
    given = picture(tmp_path, 1000)
    look = await previewer.inspect(given)
    assert (1000, 500) == (look.width, look.height)
    assert look.poster is not None
    assert (look.poster.media_type, (look.poster,)) == ("image/webp", look.previews)
    with Image.open(look.poster.path) as small:
        assert ("WEBP", (640, 320)) == (small.format, small.size)
    assert look.poster == blob(Path(look.poster.path), "image/webp")


async def test_a_small_one_that_pages_may_not_show_gets_a_copy_too(previewer: Previewer, tmp_path: Path):
    given = picture(tmp_path, 64, "TIFF")
    look = await previewer.inspect(given)
    assert look.poster is not None
    assert "image/webp" == look.poster.media_type


async def test_a_broken_picture_has_none_and_the_next_is_read(previewer: Previewer, tmp_path: Path):
    whole = picture(tmp_path, 64)
    half = tmp_path / "half.png"
    half.write_bytes(Path(whole.path).read_bytes()[:500])
    assert Look() == await previewer.inspect(blob(half, "image/png"))
    assert 64 == (await previewer.inspect(whole)).width


async def test_of_a_picture_of_gigabytes_only_the_size_is_told(previewer: Previewer, tmp_path: Path):
    path = tmp_path / "bomb.png"
    Image.new("1", (9_000, 9_000)).save(path)
    assert Look(width=9_000, height=9_000) == await previewer.inspect(blob(path, "image/png"))


@pytest.mark.parametrize(("short", "shades"), [(60.0, [0, 60, 120, 180]), (0.0, [0, 0, 0, 0])])
def test_a_sheet_shows_a_film_from_its_beginning_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short: float, shades: list[int]
):
    """Of a short film the frames are exact; of a long one they are those that can be jumped to: here but the first."""
    monkeypatch.setattr(preview_worker, "SHORT", short)
    (tmp_path / "film.mp4").write_bytes(tiny_mp4())
    found = preview_worker.sheet(Blob(str(tmp_path / "film.mp4"), 1, "", "video/mp4"), tmp_path)
    assert found
    with Image.open(found.path) as sheet:
        assert ("JPEG", (128, 128)) == (sheet.format, sheet.size)
        row = np.asarray(sheet.convert("L"))[16, 16::32]
    assert row.tolist() == pytest.approx(shades, abs=8)
