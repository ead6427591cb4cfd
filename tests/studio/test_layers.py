"""What the shortcuts of the painters and the camera must not change."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from framegate.local.studio.camera import Pose
from framegate.local.studio.clock import Clock
from framegate.local.studio.field import length, mix, noise
from framegate.local.studio.layered import layered_shot
from framegate.local.studio.layers import (
    Layer,
    Scene,
    Water,
    compose,
    ripple,
    ripples_of,
    simplified,
    within,
)
from framegate.local.studio.planes import to_planes, to_rgb
from framegate.local.studio.scenes import paint

RED, GREEN, BLUE = (np.eye(3, dtype=np.float32)[i] for i in range(3))


def plain(colour: np.ndarray, height: int = 96, width: int = 128) -> np.ndarray:
    return np.tile(colour, (height, width, 1)).astype(np.float32)


def lower(rows: int, height: int = 96, width: int = 128) -> np.ndarray:
    mask = np.zeros((height, width), np.float32)
    mask[height - rows :] = 1
    return mask


def test_still_layers_close_behind_each_other_become_one() -> None:
    sky, hill, near = (
        Layer(plain(BLUE), depth=0.03),
        Layer(plain(GREEN), lower(40), 0.10),
        Layer(plain(RED), lower(10), 0.4),
    )
    scene = simplified(Scene((sky, hill, near)))
    assert [0.10, 0.4] == [layer.depth for layer in scene.layers]
    assert scene.layers[0].alpha is None
    assert np.allclose(compose(Scene((sky, hill, near))), compose(scene), atol=1e-4)


@pytest.mark.parametrize("moves", [{"drift": 0.01}, {"sway": 0.01}, {"glow": True}, {"depth": 0.2}])
def test_what_moves_by_itself_stays_a_layer(moves: dict[str, float]) -> None:
    sky = Layer(plain(BLUE), depth=0.03)
    other = Layer(plain(GREEN), lower(40), **({"depth": 0.05} | moves))  # type: ignore[arg-type]
    assert 2 == len(simplified(Scene((sky, other))).layers)


def test_many_near_layers_do_not_become_one_step_by_step() -> None:
    layers = [Layer(plain(BLUE), depth=0.0)]
    layers += [Layer(plain(GREEN), lower(40), depth) for depth in (0.05, 0.10, 0.15)]
    assert [0.05, 0.10, 0.15] == [layer.depth for layer in simplified(Scene(tuple(layers))).layers]


@pytest.mark.parametrize(
    "prompt", ["the sea", "a sailing boat on the sea", "aurora", "fireworks", "a puddle"]
)
def test_the_water_stays_the_water(prompt: str) -> None:
    scene = paint(prompt, 7, 320, 200)
    assert scene.water is not None
    simple = simplified(scene)
    assert simple.layers[simple.water_layer] is scene.layers[scene.water_layer]
    after = len(scene.layers) - 1 - scene.water_layer % len(scene.layers)
    assert after == len(simple.layers) - 1 - simple.water_layer


def test_running_waves_are_the_sum_of_standing_ones() -> None:
    water = Water(40, 60.0)
    ripples = ripples_of(water, 100, 160)
    x, y = np.meshgrid(np.arange(160), np.arange(60) / 60)
    z, across = 1 / (y * 0.93 + 0.07), x * 9
    for turn in (0.0, 0.3, 0.77):
        phase = 2 * math.pi * turn
        wanted = (
            np.sin(z * 9 - phase * 2 + across * 0.004 / (y + 0.12))
            + 0.6 * np.sin(z * 21 + phase * 3 - across * 0.0105 / (y + 0.2))
            + 0.5 * np.sin(z * 41 - phase * 5 + across * 0.05)
            + 0.35 * np.sin(z * 67 + phase * 4 + across * 0.021)
        )
        assert np.abs(ripple(ripples, turn) - wanted).max() < 0.01


def test_light_is_added_where_the_camera_sees_it() -> None:
    ground, light = plain(BLUE * 0.2), np.zeros((96, 128, 3), np.float32)
    cv2.circle(light, (64, 48), 20, (0.5, 0.5, 0.5), -1)
    shot = layered_shot(Scene((Layer(ground), Layer(light, None, 0.0, glow=True))), Clock(1, 24.0), (128, 96))
    dark = layered_shot(Scene((Layer(ground),)), Clock(1, 24.0), (128, 96))
    pose = Pose(
        zoom=1.25, x=0.1
    )  # 9.6 pixels to the right, so that what was in the middle stands 12 to the left
    lit = shot(0, pose).y.astype(int) - dark(0, pose).y
    assert 109 == pytest.approx(lit[48, 52], abs=3)
    assert 0 == lit[5, 5]
    rows, columns = np.nonzero(lit > 55)
    assert (48, 52) == pytest.approx((rows.mean(), columns.mean()), abs=0.6)
    assert math.pi * 25**2 == pytest.approx(len(rows), rel=0.05)


@pytest.mark.parametrize("height", [97, 180, 848])
@pytest.mark.parametrize("kind", [{}, {"ridged": True}, {"stretch": 3.2}, {"stretch": 0.12}])
def test_noise_fills_the_range_and_has_no_seam(height: int, kind: dict[str, float]) -> None:
    width = int(height * 1.66)
    field = noise(np.random.default_rng(3), height, width, 2.2, 4, 0.5, **kind)  # type: ignore[arg-type]
    assert ((height, width), np.float32) == (field.shape, field.dtype)
    assert (0.0, 1.0) == pytest.approx(tuple(np.percentile(field, (1, 99))), abs=0.03)
    jump = np.abs(np.diff(field, axis=1)).max(0)
    assert jump.max() < 4 * np.median(jump) + 0.02


def test_noise_made_small_is_the_noise_of_full_size(monkeypatch: pytest.MonkeyPatch) -> None:
    small = noise(np.random.default_rng(3), 400, 640, 2.2, 6, 0.5)
    monkeypatch.setattr("framegate.local.studio.field.COARSE", 1e9)
    assert np.abs(small - noise(np.random.default_rng(3), 400, 640, 2.2, 6, 0.5)).max() < 0.05


def test_mixtures_and_lengths_are_what_they_say() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 20, 30, 3), dtype=np.float32)
    share = rng.random((20, 30), dtype=np.float32)
    flat = np.broadcast_to(RED, a.shape)
    assert np.allclose(a + (b - a) * share[..., None], mix(a, b, share), atol=2e-5)
    assert np.allclose(a + (flat - a) * share[..., None], mix(a, flat, share), atol=2e-5)
    assert np.allclose(flat + (b - flat) * 0.3, mix(flat, b, 0.3), atol=2e-5)
    assert np.allclose(np.hypot(share, a[..., 0]), length(share, a[..., 0]), atol=1e-5)
    assert np.allclose(np.hypot(share, a[:1, :, 0]), length(share, a[:1, :, 0]), atol=1e-5)


def test_light_and_bytes_become_the_same_planes() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    of_bytes, of_light = to_planes(rgb), to_planes((rgb / 255).astype(np.float32))
    assert np.array_equal(of_bytes.y, of_light.y)
    assert np.abs(of_bytes.uv.astype(int) - of_light.uv).max() <= 1
    smooth = np.asarray(cv2.resize(rgb[:4, :6], (60, 40), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert np.abs(to_rgb(to_planes(smooth)).astype(int) - smooth).mean() < 3


def test_what_is_painted_in_part_lies_where_it_was_painted() -> None:
    sheet = within(3, np.ones((4, 2, 3), np.float32), 9)
    assert [0, 0, 0, 1, 1, 1, 1, 0, 0] == sheet[:, 1, 2].tolist()
