"""Videos, opened and looked at: what was asked for is what the file is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from PIL import Image

from framegate.local.studio.brief import BadMedia, Brief, Stopped
from framegate.local.studio.render import render
from framegate.local.studio.scenes import PAINTERS
from framegate.local.studio.words import SCENES
from studio.probing import Found, atoms_of, frames_of, likeness, picture_file, probe, rendered


def small(**more: object) -> Brief:
    fields: dict[str, object] = {
        "prompt": "a quiet sea",
        "width": 320,
        "height": 192,
        "seconds": 0.5,
        "fps": 12.0,
    }
    return Brief(kind="video", seed=7, **({"watermark": False} | fields | more))  # type: ignore[arg-type]


def test_a_video_is_what_was_asked_for(tmp_path: Path) -> None:
    path = rendered(small(seconds=1.0, fps=24.0), tmp_path)
    assert Found("h264", "yuv420p", (320, 192), 24.0, 24, 1.0, None) == probe(path)
    assert ["ftyp", "moov"] == atoms_of(path)[:2]
    with av.open(str(path)) as file:
        context = file.streams.video[0].codec_context
        assert (1, 1, 1, 1) == (
            context.colorspace,
            context.color_primaries,
            context.color_trc,
            context.color_range,
        )
        assert "a quiet sea" == file.metadata["title"]
        assert "synthetic media; seed=7; engine=framegate sandbox" == file.metadata["comment"]


@pytest.mark.parametrize(
    ("width", "height"),
    [(144, 256), (128, 128), (336, 144), (720, 480), (1360, 768), (64, 64), (66, 130)],
)
def test_any_even_size(tmp_path: Path, width: int, height: int) -> None:
    found = probe(rendered(small(width=width, height=height, seconds=0.2, fps=10.0), tmp_path))
    assert ((width, height), 2) == (found.size, found.frames)


@pytest.mark.parametrize(("seconds", "fps", "frames"), [(0.5, 16.0, 8), (0.34, 30.0, 10), (0.5, 29.97, 15)])
def test_frames_are_seconds_times_rate(tmp_path: Path, seconds: float, fps: float, frames: int) -> None:
    found = probe(rendered(small(width=64, height=64, seconds=seconds, fps=fps), tmp_path))
    assert frames == found.frames
    assert fps == pytest.approx(found.rate, abs=1e-4)
    assert frames / found.rate == pytest.approx(found.seconds, abs=1e-3)


@pytest.mark.parametrize(
    "camera", ["zoom in", "zoom out", "pan left", "tilt up", "orbit", "roll", "handheld"]
)
def test_the_first_frame_is_the_first_picture(tmp_path: Path, camera: str) -> None:
    given = picture_file(tmp_path)
    frames = frames_of(rendered(small(first=str(given), camera=camera, seconds=1.0), tmp_path))
    picture = np.asarray(Image.open(given))
    assert likeness(picture, frames[0]) >= 33
    assert likeness(picture, frames[-1]) < 32, "the camera did not move"


def test_a_still_camera_keeps_the_picture(tmp_path: Path) -> None:
    given = picture_file(tmp_path)
    frames = frames_of(rendered(small(first=str(given), camera="static", seconds=1.0), tmp_path))
    assert likeness(np.asarray(Image.open(given)), frames[-1]) >= 33


@pytest.mark.parametrize("camera", ["zoom in", "zoom out", "pan right"])
def test_the_last_frame_is_the_last_picture(tmp_path: Path, camera: str) -> None:
    given = picture_file(tmp_path)
    frames = frames_of(rendered(small(last=str(given), camera=camera, seconds=1.0), tmp_path))
    picture = np.asarray(Image.open(given))
    assert likeness(picture, frames[-1]) >= 33
    assert likeness(picture, frames[0]) < 32


def test_from_the_first_picture_to_the_last(tmp_path: Path) -> None:
    one, two = picture_file(tmp_path, "one.png"), picture_file(tmp_path, "two.png", hue=1)
    frames = frames_of(rendered(small(first=str(one), last=str(two), seconds=1.5), tmp_path))
    assert likeness(np.asarray(Image.open(one)), frames[0]) >= 33
    assert likeness(np.asarray(Image.open(two)), frames[-1]) >= 33
    middle = frames[len(frames) // 2]
    assert likeness(middle, frames[0]) < 30
    assert likeness(middle, frames[-1]) < 30


def test_a_reference_opens_the_video_in_other_colours(tmp_path: Path) -> None:
    given = picture_file(tmp_path)
    frames = frames_of(rendered(small(prompt="golden autumn", references=(str(given),)), tmp_path))
    light = [
        np.asarray(Image.fromarray(p).convert("L"), np.float64).ravel()
        for p in (frames[0], np.asarray(Image.open(given)))
    ]
    assert np.corrcoef(light[0], light[1])[0, 1] > 0.8
    assert likeness(np.asarray(Image.open(given)), frames[0]) < 30


def test_a_picture_of_another_shape_is_cut_to_its_middle(tmp_path: Path) -> None:
    given = picture_file(tmp_path, size=(512, 192))
    frames = frames_of(rendered(small(first=str(given)), tmp_path))
    assert likeness(np.asarray(Image.open(given))[:, 96:416], frames[0]) >= 33


def test_the_same_brief_gives_the_same_bytes(tmp_path: Path) -> None:
    for prompt in ("silk", "ocean"):
        files = [rendered(small(prompt=prompt), tmp_path).read_bytes() for _ in range(4)]
        assert 1 == len(set(files)), prompt
    brief = small(prompt="neon city in the rain", sound=True)
    one, two = rendered(brief, tmp_path), rendered(brief, tmp_path)
    assert one.read_bytes() == two.read_bytes()
    other = rendered(msgspec.structs.replace(brief, seed=8), tmp_path)
    assert one.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_can_be_filmed(tmp_path: Path, scene: str) -> None:
    word = next(w.partition(":")[0] for w in SCENES[scene].split())
    frames = frames_of(
        rendered(small(prompt=word, camera="orbit", width=192, height=128, seconds=0.4, fps=10.0), tmp_path)
    )
    assert 4 == len(frames)
    assert frames[0].std() > 8, "an empty picture"
    assert likeness(frames[0], frames[-1]) < 45, "nothing moves"


@pytest.mark.parametrize(
    "prompt",
    [
        "a hot air balloon flying over clouds",
        "portrait of a woman",
        "portrait of a boy",
        "a ship sails on the sea",
        "a fairy in an enchanted forest",
        "a paper boat crosses a puddle in the rain",
        "cherry blossom petals over a meadow",
        "a dragon in the mountains, fire",
        "maple leaves, autumn forest",
    ],
)
def test_what_a_scene_may_hold_is_drawn(tmp_path: Path, prompt: str) -> None:
    plain = frames_of(rendered(small(prompt=prompt, width=240, height=160, seconds=0.5, fps=8.0), tmp_path))
    assert plain[0].std() > 8


def test_every_scene_has_a_painter() -> None:
    assert set(PAINTERS) == set(SCENES)


def test_a_loop_ends_where_it_began(tmp_path: Path) -> None:
    for prompt in ("silk", "mountains"):
        frames = frames_of(rendered(small(prompt=prompt, loop=True, camera="zoom in", seconds=2.0), tmp_path))
        step = min(likeness(a, b) for a, b in pairwise(frames))
        assert likeness(frames[-1], frames[0]) > step - 1.5
        assert likeness(frames[len(frames) // 2], frames[0]) < step


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_the_sound_is_as_long_as_the_picture(tmp_path: Path, seconds: float) -> None:
    path = rendered(small(sound=True, seconds=seconds), tmp_path)
    assert seconds == pytest.approx(probe(path).sound_seconds, abs=0.001)
    with av.open(str(path)) as file:
        heard = np.concatenate([f.to_ndarray() for f in file.decode(audio=0)], 1)
    assert 0.01 < float(np.sqrt((heard**2).mean())) < 0.5


def test_a_given_video_is_graded_and_continued(tmp_path: Path) -> None:
    source = rendered(small(seconds=1.0, camera="static"), tmp_path)
    path = rendered(
        small(prompt="golden autumn, zoom in", video=str(source), seconds=1.5, fps=24.0), tmp_path
    )
    found = probe(path)
    assert (36, 1.5) == (found.frames, found.seconds)
    before, after = frames_of(source), frames_of(path)
    assert 12 < likeness(before[0], after[0]) < 40
    jump = likeness(after[23], after[24])
    assert jump > 25, "the continuation begins elsewhere"
    assert likeness(after[23], after[-1]) < jump


def test_a_video_is_enlarged(tmp_path: Path) -> None:
    source = rendered(small(width=96, height=64, sound=True), tmp_path)
    found = probe(rendered(small(video=str(source), upscale=2), tmp_path))
    assert ((192, 128), 6, 0.5) == (found.size, found.frames, found.seconds)
    assert found.sound_seconds == pytest.approx(0.5, abs=0.001)


def test_the_mark_is_small_and_in_the_corner(tmp_path: Path) -> None:
    plain, marked = (
        frames_of(
            rendered(small(prompt="silk", width=640, height=384, seconds=0.2, watermark=mark), tmp_path)
        )[0].astype(int)
        for mark in (False, True)
    )
    changed = abs(plain - marked).max(-1) > 40
    rows, columns = np.nonzero(changed)
    assert 20 < len(rows) < 640 * 384 * 0.01
    assert rows.min() > 384 * 0.85
    assert columns.min() > 640 * 0.75


def test_told_to_stop_it_leaves_nothing(tmp_path: Path) -> None:
    told: list[float] = []

    def progress(share: float) -> bool:
        told.append(share)
        return len(told) < 3

    with pytest.raises(Stopped):
        render(small(seconds=2.0), tmp_path / "out.mp4", progress)
    assert [] == list(tmp_path.iterdir())
    assert 3 == len(told)


def test_progress_rises_from_0_to_1(tmp_path: Path) -> None:
    told: list[float] = []
    render(small(seconds=1.0), tmp_path / "out.mp4", lambda share: told.append(share) is None)
    assert sorted(told) == told
    assert (0.0, 1.0) == (told[0], told[-1])
    assert len(told) >= 4


@pytest.mark.parametrize("field", ["first", "last", "video", "audio"])
@pytest.mark.parametrize("content", [b"", b"not a picture at all", b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_what_cannot_be_read_is_bad_media(tmp_path: Path, field: str, content: bytes) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    with pytest.raises(BadMedia, match=r"cannot be read|holds no"):
        render(small(**{field: str(bad)}), tmp_path / "out.mp4", lambda share: True)
    assert ["bad"] == [p.name for p in tmp_path.iterdir()]


def test_a_truncated_video_is_bad_media(tmp_path: Path) -> None:
    source = rendered(small(), tmp_path)
    source.write_bytes(source.read_bytes()[:700])
    with pytest.raises(BadMedia):
        render(small(video=str(source)), tmp_path / "new.mp4", lambda share: True)
    assert not (tmp_path / "new.mp4").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"width": 321}, "width must be even and from 64 to 4096, not 321"),
        ({"height": 62}, "height must be even and from 64 to 4096, not 62"),
        ({"seconds": 0.0}, "seconds must be more than 0 and at most 120, not 0.0"),
        ({"fps": 500.0}, "fps must be from 1 to 120, not 500.0"),
        ({"format": "webm"}, "videos are written as mp4, not as 'webm'"),
        ({"upscale": 9}, "upscale must be from 1 to 8, not 9"),
    ],
)
def test_what_no_renderer_can_do_is_refused(tmp_path: Path, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        render(small(**wrong), tmp_path / "out.mp4", lambda share: True)


def test_tiny_keeps_the_length_and_is_small(tmp_path: Path) -> None:
    brief = Brief(kind="video", prompt="a city", seed=1, seconds=5.0, profile="tiny")
    found = probe(rendered(brief, tmp_path))
    assert Found("h264", "yuv420p", (114, 64), 24.0, 120, 5.0, None) == found
