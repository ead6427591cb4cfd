"""What prompts are understood to ask for."""

from __future__ import annotations

import pytest

from framegate.local.studio.camera import moves_of
from framegate.local.studio.seeds import generator
from framegate.local.studio.words import FAVOURITES, PALETTES, SCENES, WEATHERS, choose


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("boom fly monkey", "burst"),
        ("a paper boat crosses a puddle", "puddle"),
        ("a red fox in snow", "winter"),
        ("neon city in the rain", "city"),
        ("portrait of an old fisherman", "portrait"),
        ("a dog runs over a meadow", "meadow"),
        ("jellyfish deep underwater", "underwater"),
        ("Northern lights over Iceland", "aurora"),
        ("an astronaut on a planet", "nebula"),
        ("日落时的大海", "sea"),
        ("雪山下的森林 下雪", "winter"),
        ("赛博朋克城市", "city"),
        ("烟花", "burst"),
    ],
)
def test_a_prompt_finds_its_scene(prompt: str, scene: str) -> None:
    assert scene == choose(prompt, SCENES, generator("t"), FAVOURITES)


def test_a_prompt_that_names_no_place_gets_one_by_its_dice() -> None:
    found = {choose("xyzzy", SCENES, generator("t", n), FAVOURITES) for n in range(60)}
    assert set(FAVOURITES) == found
    assert choose("xyzzy", SCENES, generator("t", 1), FAVOURITES) == choose(
        "xyzzy", SCENES, generator("t", 1), FAVOURITES
    )


@pytest.mark.parametrize(
    ("prompt", "palette"),
    [("golden silk", "gold"), ("霓虹", "neon"), ("a lake at dawn", "dawn"), ("lava", "fire")],
)
def test_a_prompt_finds_its_colours(prompt: str, palette: str) -> None:
    assert palette == choose(prompt, PALETTES, generator("t"), ("noir",))


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [("it is snowing", "snow"), ("rain on glass", "rain"), ("a volcano", "embers"), ("x", "dust")],
)
def test_a_prompt_finds_its_weather(prompt: str, weather: str) -> None:
    assert weather == choose(prompt, WEATHERS, generator("t"), ("dust",))


@pytest.mark.parametrize(
    ("prompt", "camera", "moves"),
    [
        ("slow zoom in on a lake", "", {"zoom_in": 1.0}),
        ("the camera pulls back", "", {"zoom_out": 1.0}),
        ("pan left and tilt up", "", {"left": 1.0, "up": 1.0}),
        ("zoom in", "zoom_out", {"zoom_out": 1.0}),
        ("", "pan", {"right": 1.0}),
        ("", "handheld", {"handheld": 1.0}),
        ("", "zoom=6 horizontal=-3", {"zoom_in": 1.0, "left": 0.5}),
        ("", "orbit", {"orbit": 1.0}),
        ("static shot of a house", "", {"static": 1.0}),
        ("镜头推近", "", {"zoom_in": 1.0}),
        ("", "tilt:down", {"down": 1.0}),
    ],
)
def test_camera_words(prompt: str, camera: str, moves: dict[str, float]) -> None:
    assert moves == moves_of(prompt, camera, generator("t"))


def test_a_close_up_is_no_move_upwards() -> None:
    for seed in range(20):
        assert "up" not in moves_of("a close up of a leaf turning right", "", generator("t", seed))
