"""Small files that would unfold to gigabytes: refused by what they say of themselves, before anything is decoded."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from framegate.local.sandbox.source import first_frame, last_frame, shape
from framegate.local.studio import media
from framegate.local.studio.brief import BadMedia, Brief
from framegate.local.studio.media import film_file, frames_of, open_film, open_picture
from framegate.local.studio.render import render
from studio.probing import rendered


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(folder: Path, width: int, height: int) -> str:
    """A PNG of this size in black and white, all white, in a few kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path = folder / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return str(path)


SIZES = [
    (8002, 8000, r"the picture has 8002x8000 pixels; at most 64 million are read"),
    (14_000, 10_000, r"the picture has far more pixels than 64 million; send a smaller one"),
    (60_000, 10_000, r"the picture has far more pixels than 64 million; send a smaller one"),
]


@pytest.mark.parametrize(("width", "height", "said"), SIZES)
def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path, width: int, height: int, said: str) -> None:
    path = bomb(tmp_path, width, height)
    for read in (open_picture, shape):
        with pytest.raises(BadMedia, match=said):
            read(path)
    for brief in (
        Brief(kind="image", prompt="x", seed=1, width=64, height=64, format="png", references=(path,)),
        Brief(kind="image", prompt="x", seed=1, width=64, height=64, format="png", first=path),
        Brief(kind="video", prompt="x", seed=1, width=64, height=64, first=path),
        Brief(kind="video", prompt="x", seed=1, width=64, height=64, last=path),
    ):
        with pytest.raises(BadMedia, match=said):
            render(brief, tmp_path / "out", lambda _: True)


def test_a_picture_of_as_many_pixels_as_are_read_is_read(tmp_path: Path) -> None:
    assert (8000, 8000, None) == shape(bomb(tmp_path, 8000, 8000))


@pytest.mark.parametrize(("width", "height"), [(8002, 8000), (60_000, 10_000)])
def test_a_picture_sent_as_a_video_is_refused_unseen(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(BadMedia, match="have more than 64 million pixels"):
        open_film(bomb(tmp_path, width, height))


def test_decoders_refuse_what_a_film_does_not_say_in_front(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = str(
        rendered(Brief(kind="video", prompt="silk", seed=1, width=96, height=64, seconds=0.3), tmp_path)
    )
    assert 96 * 64 == sum(planes.y.size for _, planes in frames_of(film)) / 7
    monkeypatch.setattr(media, "MOST_PIXELS", 96 * 64 - 1)
    with pytest.raises(BadMedia, match="the video's pictures have 96x64 pixels"):
        open_film(film)
    with film_file(film) as file, pytest.raises(ValueError, match="avcodec"):
        next(file.decode(video=0))
    with pytest.raises(BadMedia, match="the video cannot be read"):
        list(frames_of(film))
    for ending in (first_frame, last_frame):
        with pytest.raises(BadMedia):
            ending(film, tmp_path / "frame.png")
