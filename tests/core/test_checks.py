"""What is refused whatever the model, and the small tables beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framegate.core import checks
from framegate.core.dialect import Problem, Trouble
from framegate.core.kinds import kind_of
from framegate.core.task import Kind
from framegate.core.times import rfc3339


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        (checks.check_model, "gen3a_turbo", "gen3a_turbo"),
        (checks.check_id, "task_1", "task_1"),
        (checks.check_prompt, "", ""),
        (checks.check_prompt, "x" * 20_000, "x" * 20_000),
        (checks.check_seconds, None, None),
        (checks.check_seconds, 0.1, 0.1),
        (checks.check_seconds, 60, 60),
        (checks.check_seed, None, None),
        (checks.check_seed, 0, 0),
        (checks.check_seed, 2**63 - 1, 2**63 - 1),
        (checks.check_side, 64, 64),
        (checks.check_side, 4096, 4096),
        (checks.check_size, "1280 * 720", "1280x720"),
        (checks.check_size, "512X4096", "512x4096"),
        (checks.check_aspect, "16:9", "16:9"),
        (checks.check_aspect, "1:8", "1:8"),
        (checks.check_resolution, "720P", "720p"),
        (checks.check_resolution, "4k", "4k"),
        (checks.check_link, "https://example.com/hook?a=b", "https://example.com/hook?a=b"),
        (checks.check_link, "http://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
    ],
)
def test_accepted(check: Callable[[Any, str], Any], value: object, expected: object) -> None:
    assert expected == check(value, "options.field")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checks.check_model, ""),
        (checks.check_model, "gen\x003"),
        (checks.check_model, "x" * 201),
        (checks.check_id, ""),
        (checks.check_id, "a\nb"),
        (checks.check_id, "x" * 201),
        (checks.check_prompt, "x" * 20_001),
        (checks.check_seconds, 0),
        (checks.check_seconds, 60.01),
        (checks.check_seconds, float("nan")),
        (checks.check_seconds, float("inf")),
        (checks.check_seed, -1),
        (checks.check_seed, 2**63),
        (checks.check_side, 62),
        (checks.check_side, 65),
        (checks.check_side, 4098),
        (checks.check_size, "large"),
        (checks.check_size, "1281x720"),
        (checks.check_size, "1280x9999"),
        (checks.check_size, "510x4096"),
        (checks.check_aspect, "wide"),
        (checks.check_aspect, "0:9"),
        (checks.check_aspect, "9:1"),
        (checks.check_resolution, "8k"),
        (checks.check_link, ""),
        (checks.check_link, "https://"),
        (checks.check_link, "https:///"),
        (checks.check_link, "example.com"),
        (checks.check_link, "ftp://example.com"),
        (checks.check_link, "https://example.com/a b"),
        (checks.check_link, "https://example.com/\n"),
        (checks.check_link, "https://example.com/" + "x" * 2048),
    ],
)
def test_refused_by_name(check: Callable[[Any, str], Any], value: object) -> None:
    with pytest.raises(Trouble, match=r"options\.field") as caught:
        check(value, "options.field")
    assert (Problem.INVALID, "options.field") == (caught.value.problem, caught.value.field)


def test_a_note_may_hold_64_kilobytes() -> None:
    checks.check_note({"a": "x" * 65_528}, "options")
    with pytest.raises(Trouble, match="at most 65536 bytes beside its media; it holds 65537"):
        checks.check_note({"a": "x" * 65_529}, "options")


def test_a_note_nested_too_deeply_is_refused() -> None:
    note: dict[str, Any] = {}
    for _ in range(100_000):
        note = {"a": note}
    with pytest.raises(Trouble, match="nested too deeply"):
        checks.check_note(note, "options")
    while note:  # taken apart level by level, or freeing it would recurse as deeply
        note = note["a"]


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    checks.check_known(["role"], ["role", "url"], "inputs[0]")
    with pytest.raises(
        Trouble, match=r"^inputs\[0\]\.uri is not a known field\. Known are: role, url$"
    ) as caught:
        checks.check_known(["role", "uri"], ["role", "url"], "inputs[0]")
    assert "inputs[0].uri" == caught.value.field
    with pytest.raises(Trouble, match=r"^uri is not"):
        checks.check_known(["uri"], ["role", "url"])


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("gen3a_turbo", Kind.VIDEO),
        ("gen4_turbo", Kind.VIDEO),
        ("kling-v2-1", Kind.VIDEO),
        ("Flux-Pro-1.1", Kind.IMAGE),
        ("gen4_image_turbo", Kind.IMAGE),
        ("gpt-image-1", Kind.IMAGE),
        ("gemini-2.5-flash-image", Kind.IMAGE),
        ("gemini_image3_pro", Kind.IMAGE),
        ("grok_imagine_image_2", Kind.IMAGE),
        ("muse_image", Kind.IMAGE),
        ("image-to-video-x", Kind.VIDEO),
        ("grok_imagine_1_5", Kind.VIDEO),
        ("photon-1", Kind.IMAGE),
        ("dall-e-3", Kind.IMAGE),
        ("chirp-v4", Kind.MUSIC),
        ("tts-1-hd", Kind.SPEECH),
        ("gpt-4o-mini-tts", Kind.SPEECH),
        ("eleven_v3", Kind.SPEECH),
        ("eleven_text_to_sound_v2", Kind.SOUND),
        ("", Kind.VIDEO),
    ],
)
def test_the_kind_is_told_by_the_name(model: str, kind: Kind) -> None:
    assert kind == kind_of(model)


def test_times_have_three_decimals_and_a_z() -> None:
    assert "2024-11-04T07:12:39.531Z" == rfc3339(1730704359531)
    assert "1970-01-01T00:00:00.000Z" == rfc3339(0)


def test_a_wrong_model_is_answered_without_naming_a_vendors() -> None:
    with pytest.raises(Trouble) as caught:
        checks.check_model("", "model")
    assert "model must name a model in at most 200 characters; GET /v1/models lists them" == str(caught.value)
