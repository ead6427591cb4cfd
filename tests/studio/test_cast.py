"""Characters in the picture: where they stand, and when they come and go."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from framegate.local.studio.brief import BadMedia, Brief
from framegate.local.studio.cast import portraits_of, still
from framegate.local.studio.render import render

Pixels = NDArray[np.int16]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A second of red."""
    target = tmp_path_factory.mktemp("cast") / "red.mp4"
    red = target.with_suffix(".png")
    Image.new("RGB", (64, 64), (220, 20, 20)).save(red)
    drawn(target, first=str(red), width=64, height=64, seconds=1.0)
    return str(target)


def drawn(target: Path, **fields: object) -> list[Pixels]:
    sides = {"width": 128, "height": 128, "seconds": 1.0, "watermark": False, "profile": "tiny", **fields}
    brief = Brief(kind="video", prompt="a calm sea", seed=1, **sides)  # type: ignore[arg-type]
    render(brief, target, lambda _: True)
    with av.open(str(target)) as file:
        return [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in file.decode(video=0)]


def red_in(frame: Pixels) -> list[bool]:
    """Whether there is much red in the left and in the right half."""
    red = (frame[..., 0] - frame[..., 1] > 60) & (frame[..., 0] - frame[..., 2] > 60)
    middle = frame.shape[1] // 2
    return [bool(half.mean() > 0.1) for half in (red[:, :middle], red[:, middle:])]


@pytest.mark.parametrize(
    ("number", "seen"), [(0, [False, False]), (1, [True, False]), (2, [True, True]), (3, [True, True])]
)
def test_each_has_a_place_of_its_own(film: str, tmp_path: Path, number: int, seen: list[bool]) -> None:
    frames = drawn(tmp_path / "a.mp4", characters=(film,) * number)
    assert [seen, seen] == [red_in(frames[0]), red_in(frames[-1])]


def test_a_given_first_and_last_picture_stay_as_they_are(film: str, tmp_path: Path) -> None:
    green = tmp_path / "green.png"
    Image.new("RGB", (128, 128), (20, 160, 60)).save(green)
    both = drawn(tmp_path / "b.mp4", first=str(green), last=str(green), characters=(film,))
    alone, here = [False, False], [True, False]
    assert [alone, here, alone] == [red_in(both[n]) for n in (0, 12, -1)]


def test_they_stand_in_a_given_film_too(film: str, tmp_path: Path) -> None:
    ground = tmp_path / "ground.mp4"
    drawn(ground)
    frames = drawn(tmp_path / "c.mp4", video=str(ground), characters=(film,))
    assert [[True, False]] * 2 == [red_in(frames[n]) for n in (0, -1)]


@pytest.mark.parametrize("size", [(64, 36), (36, 64), (20, 160), (160, 20)])
def test_portraits_lie_within_the_picture(film: str, size: tuple[int, int]) -> None:
    for number in (1, 2, 5):
        for one in portraits_of((film,) * number, size):
            rows, columns = one.picture.y.shape
            assert 0 <= one.left <= one.left + columns <= size[0]
            assert 0 <= one.top <= one.top + rows <= size[1]
            assert (0, 0) == (one.left % 2, one.top % 2)


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.mp4"
    text.write_text("no film")
    with pytest.raises(BadMedia):
        still(str(text))
