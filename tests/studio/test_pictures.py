"""Pictures: from words, after a reference, enlarged; and strangers' files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from framegate.local.studio.brief import BadMedia, Brief, Stopped
from framegate.local.studio.media import covering, open_picture
from framegate.local.studio.render import render
from studio.probing import likeness, picture_file, rendered


def asked(**more: object) -> Brief:
    fields: dict[str, object] = {"prompt": "misty mountains", "width": 320, "height": 192, "format": "png"}
    return Brief(kind="image", seed=3, watermark=False, **(fields | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(("form", "called"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_a_picture_is_what_was_asked_for(tmp_path: Path, form: str, called: str) -> None:
    path = rendered(asked(format=form), tmp_path)
    with Image.open(path) as picture:
        assert (called, (320, 192), "RGB") == (picture.format, picture.size, picture.mode)
        said = str(picture.info.get("Comment", "")) + str(picture.getexif().get(0x010E, ""))
    assert "synthetic media; seed=3" in said
    assert path.read_bytes() == rendered(asked(format=form), tmp_path).read_bytes()


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="png, jpg or webp"):
        render(asked(format="gif"), tmp_path / "out", lambda share: True)


def test_large_pictures_are_painted_smaller_and_enlarged(tmp_path: Path) -> None:
    with Image.open(
        rendered(asked(width=4096, height=1024, prompt="silk", format="jpg"), tmp_path)
    ) as picture:
        assert (4096, 1024) == picture.size


def test_words_and_seed_change_the_picture(tmp_path: Path) -> None:
    pictures = [
        np.asarray(Image.open(rendered(asked(**more), tmp_path)))
        for more in ({}, {"prompt": "a desert"}, {"prompt": "a coral reef"})
    ]
    assert likeness(pictures[0], pictures[1]) < 25
    assert likeness(pictures[1], pictures[2]) < 25


def test_colours_follow_the_words(tmp_path: Path) -> None:
    blue, gold = (
        np.asarray(Image.open(rendered(asked(prompt=f"{word} silk"), tmp_path))).mean((0, 1))
        for word in ("blue", "gold")
    )
    assert blue[2] > blue[0]
    assert gold[0] > gold[2]


@pytest.mark.parametrize("field", ["first", "references"])
def test_an_edit_is_recognisably_the_reference(tmp_path: Path, field: str) -> None:
    given = picture_file(tmp_path)
    more = {"first": str(given)} if field == "first" else {"references": (str(given),)}
    edited = np.asarray(Image.open(rendered(asked(prompt="golden autumn", **more), tmp_path)))
    given_light = np.asarray(Image.open(given).convert("L"), np.float64)
    light = np.asarray(Image.fromarray(edited).convert("L"), np.float64)
    assert np.corrcoef(given_light.ravel(), light.ravel())[0, 1] > 0.85
    assert likeness(np.asarray(Image.open(given)), edited) < 30


def test_a_second_reference_gives_its_colours(tmp_path: Path) -> None:
    given, red = picture_file(tmp_path), tmp_path / "red.png"
    Image.new("RGB", (64, 64), (200, 20, 20)).save(red)
    alone, both = (
        np.asarray(Image.open(rendered(asked(prompt="", references=refs), tmp_path))).mean((0, 1))
        for refs in ((str(given),), (str(given), str(red)))
    )
    assert both[0] - both[2] > alone[0] - alone[2] + 20


def test_a_picture_is_enlarged(tmp_path: Path) -> None:
    given = picture_file(tmp_path)
    path = rendered(asked(references=(str(given),), upscale=2), tmp_path)
    with Image.open(path) as large:
        assert (640, 384) == large.size
        back = np.asarray(large.resize((320, 192), Image.Resampling.BOX))
    assert likeness(np.asarray(Image.open(given)), back) > 33


def test_enlarging_has_an_end(tmp_path: Path) -> None:
    given = picture_file(tmp_path, size=(2100, 64))
    with pytest.raises(BadMedia, match="at most 8192"):
        render(asked(first=str(given), upscale=4), tmp_path / "out.png", lambda share: True)


def test_told_to_stop_it_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        render(asked(), tmp_path / "out.png", lambda share: share < 1)
    assert [] == list(tmp_path.iterdir())


def test_a_picture_is_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (40, 20), (10, 20, 30))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "turned.jpg", exif=exif)
    assert (40, 20, 3) == open_picture(str(tmp_path / "turned.jpg")).shape


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_every_kind_of_picture_becomes_rgb(tmp_path: Path, mode: str) -> None:
    name = tmp_path / ("given.tif" if mode == "CMYK" else "given.png")
    Image.new(mode, (30, 20)).save(name)
    rgb = open_picture(str(name))
    assert ((20, 30, 3), np.uint8) == (rgb.shape, rgb.dtype)
    if mode in ("RGBA", "LA"):
        assert 255 == rgb.min(), "what is transparent is white"


def test_a_picture_of_too_many_pixels_is_refused_unread(tmp_path: Path) -> None:
    Image.new("1", (9000, 9000)).save(tmp_path / "huge.png")
    with pytest.raises(BadMedia, match=r"9000x9000 pixels; at most 64 million|too many pixels"):
        open_picture(str(tmp_path / "huge.png"))


@pytest.mark.parametrize("cut", [10, 100, 400])
def test_a_broken_picture_is_bad_media(tmp_path: Path, cut: int) -> None:
    given = picture_file(tmp_path)
    given.write_bytes(given.read_bytes()[:cut])
    with pytest.raises(BadMedia, match="cannot be read"):
        open_picture(str(given))


def test_covering_keeps_the_middle() -> None:
    rgb = np.zeros((10, 30, 3), np.uint8)
    rgb[:, 10:20] = 255
    assert covering(rgb, 10, 10).min() == 255
