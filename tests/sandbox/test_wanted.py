"""A request becomes jobs, or a clear refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from framegate.core.task import Cause, Kind, Role
from framegate.local.sandbox.directives import Directives
from framegate.local.sandbox.wanted import (
    COUNTS,
    LENGTHS,
    LONGEST,
    MOST_SAID,
    Medium,
    Refused,
    fit,
    plan,
    read,
    understood,
)
from framegate.local.sandbox.words import Job
from framegate.local.studio.brief import SOUND_FORMATS
from framegate.providers.sandbox.offers import OFFERS


def jobs(*, parent: str | None = None, sequel: str | None = None, **fields: Any) -> tuple[Job, ...]:
    asked = {"id": "t1", "kind": "video", "prompt": "a fox", **fields}
    wanted, directives = understood(read(json.dumps(asked).encode()))
    role = Role.VIDEO if parent and parent.endswith("mp4") else Role.REFERENCE
    before = Medium(role=role, file=parent) if parent else None
    return plan(
        wanted,
        directives,
        parent=before,
        sequel=Medium(role=Role.VIDEO, file=sequel) if sequel else None,
        profile="full",
        name=lambda n, end: (f"f{n}", f"/files/{n}.{end}"),
    )


def medium(role: str, file: str) -> dict[str, str]:
    return {"role": role, "file": file}


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, (1280, 720)),
        ({"kind": "image"}, (1024, 1024)),
        ({"size": "768x1280"}, (768, 1280)),
        ({"size": "769x1281"}, (768, 1280)),
        ({"aspect": "9:16"}, (720, 1280)),
        ({"aspect": "9:16", "resolution": "1080p"}, (1080, 1920)),
        ({"resolution": "480p"}, (854, 480)),
        ({"aspect": "21:9", "resolution": "4k"}, (4096, 1756)),
        ({"kind": "image", "aspect": "3:2"}, (1536, 1024)),
    ],
)
def test_words_become_even_sizes_that_can_be_rendered(fields: dict[str, Any], size: tuple[int, int]):
    brief = jobs(**fields)[0].brief
    assert size == (brief.width, brief.height)


@pytest.mark.parametrize(
    ("source", "size"),
    [
        ((1080, 1920), (720, 1280)),
        ((4000, 4000), (960, 960)),
        ((64, 64), (960, 960)),
        ((8000, 100), (2716, 340)),
    ],
)
def test_a_source_gives_its_shape_at_the_usual_area(source: tuple[int, int], size: tuple[int, int]):
    assert size == fit(*source, 1280 * 720)


@pytest.mark.parametrize(
    ("source", "short", "size"),
    [
        ((1024, 640), 720, (1152, 720)),
        ((640, 1024), 720, (720, 1152)),
        ((500, 500), 1080, (1080, 1080)),
        ((8000, 100), 720, (4096, 512)),
    ],
)
def test_a_resolution_is_the_short_side_of_a_sources_shape(
    source: tuple[int, int], short: int, size: tuple[int, int]
):
    (job,) = jobs(inputs=[medium("first_frame", "/m/a.png")], resolution=f"{short}p")
    assert short == job.short
    assert size == fit(*source, job.area, job.short)


def test_defaults_are_five_seconds_with_a_seed_that_the_prompt_decides():
    first, again, other = jobs()[0].brief, jobs()[0].brief, jobs(prompt="a dog")[0].brief
    assert (5.0, 24.0, "mp4", True, False) == (
        first.seconds,
        first.fps,
        first.format,
        first.watermark,
        first.sound,
    )
    assert first.seed == again.seed
    assert first.seed != other.seed


def test_each_of_many_has_the_next_seed_and_a_file_of_its_own():
    made = jobs(kind="image", count=3, seed=2**63 - 1)
    assert [2**63 - 1, 0, 1] == [job.brief.seed for job in made]
    assert ["/files/0.png", "/files/1.png", "/files/2.png"] == [job.target for job in made]


def test_a_first_frame_gives_the_shape_unless_one_was_asked_for():
    inputs = [medium("first_frame", "/m/a.png"), medium("last_frame", "/m/b.png")]
    free = jobs(inputs=inputs, resolution="480p")[0]
    told = jobs(inputs=inputs, aspect="1:1")[0]
    assert ("/m/a.png", 480, 854 * 480, "/m/a.png", "/m/b.png") == (
        free.like,
        free.short,
        free.area,
        free.brief.first,
        free.brief.last,
    )
    assert (None, 720, 720) == (told.like, told.brief.width, told.brief.height)


def test_an_extension_continues_its_parent_or_the_video_that_came_with_it():
    assert ("/p.mp4", None) == (
        jobs(action="extend", parent="/p.mp4")[0].continues,
        jobs(action="extend", parent="/p.mp4")[0].brief.video,
    )
    given = jobs(action="extend", inputs=[medium("video", "/v.mp4")], parent="/p.mp4")[0]
    assert ("/v.mp4", "/v.mp4") == (given.continues, given.like)


def test_what_leads_up_to_a_task_has_its_shape_where_nothing_else_gives_one():
    told = [
        jobs(action="extend", parent=parent, sequel="/s.mp4", inputs=inputs)[0]
        for parent, inputs in (("/p.mp4", []), (None, []), (None, [medium("first_frame", "/f.png")]))
    ]
    assert [
        ("/p.mp4", "/s.mp4", "/p.mp4"),
        (None, "/s.mp4", "/s.mp4"),
        (None, "/s.mp4", "/f.png"),
    ] == [(job.continues, job.leads_to, job.like) for job in told]


def test_characters_are_handed_on():
    brief = jobs(inputs=[medium("character", "/a.mp4"), medium("character", "/b.mp4")])[0].brief
    assert ("/a.mp4", "/b.mp4") == brief.characters


def test_a_variation_starts_from_its_parent_and_an_enlargement_from_what_is_there():
    assert ("/p.png",) == jobs(kind="image", action="vary", parent="/p.png")[0].brief.references
    varied = jobs(action="edit", parent="/p.mp4")[0].brief
    assert ((), "/p.mp4") == (varied.references, varied.video)
    assert "/p.mp4" == jobs(action="edit", parent="/p.mp4")[0].lasts_like
    assert jobs(action="edit", parent="/p.mp4", seconds=2.0)[0].lasts_like is None
    up = jobs(kind="image", action="upscale", inputs=[medium("reference", "/r.png")])[0]
    assert ("/r.png", None) == (up.enlarges, up.like)


def test_what_the_sandbox_offers_is_what_it_takes():
    """The gateway refuses or adapts at once what would be refused here."""
    for offer in OFFERS:
        assert COUNTS[offer.kind] == offer.count
        assert {**LENGTHS, Kind.VIDEO: LONGEST}.get(offer.kind) == offer.longest
        assert (MOST_SAID if offer.kind is Kind.SPEECH else None) == offer.prompt_limit
        assert (SOUND_FORMATS if offer.kind in LENGTHS else ()) == offer.formats


def test_a_directive_is_not_drawn():
    job = jobs(prompt="a fox [sandbox:size=2] runs")[0]
    assert ("a fox runs", 2_000_000) == (job.brief.prompt, job.pad)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "music", "seconds": 301}, "seconds must be more than 0 and at most 300 for music"),
        ({"kind": "sound", "seconds": 61}, "seconds must be more than 0 and at most 60 for sound"),
        ({"kind": "music", "format": "mid"}, "format must be one of mp3, wav, m4a, flac, ogg"),
        ({"kind": "music", "action": "extend"}, "the sandbox cannot extend music"),
        (
            {"kind": "speech", "prompt": "x" * 3901},
            "the sandbox says at most 3900 characters; there are 3901",
        ),
        (
            {"kind": "speech", "prompt": " "},
            "there is nothing to say or to play: give a prompt or a recording",
        ),
        ({"seconds": 61}, "seconds must be more than 0 and at most 60"),
        ({"seconds": 0}, "seconds must be more than 0 and at most 60"),
        ({"count": 5}, "count must be from 1 to 4 for a task of kind video"),
        ({"kind": "image", "count": 11}, "count must be from 1 to 10 for a task of kind image"),
        ({"fps": 121}, "fps must be from 1 to 120"),
        ({"size": "5000x100"}, "size must be width x height, each from 64 to 4096, such as 1280x720"),
        ({"size": "wide"}, "size must be width x height, each from 64 to 4096, such as 1280x720"),
        ({"aspect": "wide"}, "aspect must be a shape such as 16:9"),
        ({"id": "../etc"}, "id must be 1 to 80 letters, digits, '-' or '_'"),
        (
            {"inputs": [{"role": "hero", "file": "a.mp4"}]},
            "the request could not be read: Invalid enum value 'hero' - at `$.inputs[0].role`",
        ),
        ({"action": "upscale"}, "there is nothing to enlarge: give a video, a reference or a parent"),
        (
            {"colour": "red"},
            "the request could not be read: Object contains unknown field `colour`",
        ),
        ({"prompt": "[sandbox:fail"}, "'[sandbox:fail' has no closing bracket"),
    ],
)
def test_what_cannot_be_rendered_is_refused_in_words(fields: dict[str, Any], message: str):
    with pytest.raises(Refused) as refused:
        jobs(**fields)
    assert (message, Cause.INVALID) == (refused.value.message, refused.value.cause)


def test_an_unknown_resolution_is_refused_with_those_that_exist():
    with pytest.raises(Refused, match=r"^resolution must be one of 360p, 480p, 540p, 720p,"):
        jobs(resolution="9p")


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"id": 1}', b"[" * 100_000])
def test_what_is_no_request_is_refused(body: bytes):
    with pytest.raises(Refused, match=r"^the request could not be read: "):
        read(body)


def test_no_directive_asks_for_nothing():
    wanted, directives = understood(read(b'{"id": "t", "kind": "image", "prompt": "a"}'))
    assert ("a", Directives()) == (wanted.prompt, directives)


@pytest.mark.parametrize(
    ("fields", "brief"),
    [
        ({"kind": "music"}, {"seconds": 30.0, "format": "mp3"}),
        ({"kind": "sound", "loop": True, "format": "wav"}, {"seconds": 5.0, "loop": True, "format": "wav"}),
        ({"kind": "speech", "voice": "Maya"}, {"seconds": None, "voice": "Maya", "audio": None}),
        (
            {"kind": "speech", "prompt": "", "inputs": [medium("audio", "/a/1.mp3")]},
            {"audio": "/a/1.mp3", "voice": "", "language": ""},
        ),
        (
            {
                "kind": "speech",
                "action": "edit",
                "language": "fr",
                "inputs": [medium("video", "/a/2.mp4")],
            },
            {"audio": "/a/2.mp4", "language": "fr", "video": None},
        ),
        ({"kind": "speech", "inputs": [medium("audio", "/a/1.mp3")]}, {"audio": None, "voice": "1.mp3"}),
        ({"kind": "sound", "inputs": [medium("video", "/v.mp4")]}, {"seconds": None, "video": "/v.mp4"}),
    ],
)
def test_what_is_heard_becomes_a_brief(fields: dict[str, Any], brief: dict[str, Any]):
    (job,) = jobs(**fields)
    assert brief == {name: getattr(job.brief, name) for name in brief}
    assert f"/files/0.{job.brief.format}" == job.target


def test_several_pieces_differ_by_their_seeds():
    assert [7, 8, 9] == [job.brief.seed for job in jobs(kind="music", seed=7, count=3)]
