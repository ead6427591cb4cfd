"""Kling's older API: `model_name` in the body, one path for each kind of task, the word `succeed`.

| what | path | source |
|---|---|---|
| create | POST /kling/v1/videos/text2video, /kling/v1/images/generations and others | kling.ai/document-api, 2026-02 |
| query | GET the same path, then /{task_id} or /{external_task_id} | the same pages |
| list | GET the same path, with pageNum and pageSize | the same pages |
| account | GET /kling/account/costs | the same pages |

Resellers put `/kling` before Kling's own paths; so do we. Nothing can be cancelled or deleted: Kling has no path for
that. The JSON: `shapes.py`, `requests.py` and each family's shapes. What it means: the decoders and `legacy_encode.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from framegate.core.checks import check_known
from framegate.core.dialect import Account, Call, Dialect, Filter, List, Route, Show, Submit
from framegate.core.task import FINAL, Spec, State
from framegate.core.wire import Json
from framegate.dialects.kling import clips_decode as clips
from framegate.dialects.kling import (
    clips_shapes,
    examples,
    heard_examples,
    heard_shapes,
    pictures_shapes,
    video_shapes,
)
from framegate.dialects.kling import heard_decode as heard
from framegate.dialects.kling import pictures_decode as pictures
from framegate.dialects.kling import video_decode as videos
from framegate.dialects.kling.envelope import encode_costs, identify, whole
from framegate.dialects.kling.legacy_encode import (
    encode,
    encode_created,
    encode_notice,
    encode_page,
    encode_trouble,
)
from framegate.dialects.kling.shapes import CostsAnswer, CreatedAnswer, TaskAnswer, TasksAnswer

PAGES = {
    "pageNum": "Which page, 1 to 1000; 1 if left out",
    "pageSize": "Tasks of a page, 1 to 500; 30 if left out",
}
SHOWN = {"images": examples.IMAGE, "videos": examples.VIDEO, "audio": heard_examples.HEARD}
Row = tuple[str, str, type[Any], Callable[[Call], Spec], Json]
"""A family of tasks, what it makes, its body, what the body means, and an example."""


def routes_of(
    family: str, what: str, body: type[Any], decode: Callable[[Call], Spec], request: Json
) -> tuple[Route, ...]:
    """Create, query and list of one kind of task."""
    path = f"/kling/v1/{family}"
    spoken = family == heard.TTS
    shown = heard_examples.SPOKEN if spoken else SHOWN[family.partition("/")[0]]

    def decode_list(call: Call) -> Filter:
        check_known(call.query, PAGES)
        size = whole(call.query.get("pageSize"), "pageSize", 1, 500, 30)
        page = whole(call.query.get("pageNum"), "pageNum", 1, 1000, 1)
        return Filter(limit=size, offset=(page - 1) * size, family=family)

    return (
        Submit(
            path=f"POST {path}",
            summary=f"Create: {what}",
            body=body,
            notes="The answer waits for the result, for up to a minute." if spoken else "",
            answer=TaskAnswer if spoken else CreatedAnswer,
            decode=decode,
            encode=encode if spoken else encode_created,
            wait=(lambda _: heard.PATIENCE) if spoken else None,
            examples={"request": request, **({} if spoken else {"response": examples.CREATED})},
        ),
        Show(
            path=f"GET {path}/{{id}}",
            summary=f"Query: {what}",
            notes="Takes the task's id, or the `external_task_id` that you gave.",
            answer=TaskAnswer,
            encode=encode,
            family=family,
            examples={"response": shown},
        ),
        List(
            path=f"GET {path}",
            summary=f"List: {what}, newest first",
            answer=TasksAnswer,
            decode=decode_list,
            encode=encode_page,
            query=PAGES,
        ),
    )


ROWS: tuple[Row, ...] = (
    (videos.TEXT, "a video from words", video_shapes.TextToVideo, videos.decode_text, examples.TEXT_TO_VIDEO),
    (
        videos.IMAGE,
        "a video from frames",
        video_shapes.ImageToVideo,
        videos.decode_image,
        examples.IMAGE_TO_VIDEO,
    ),
    (clips.OMNI, "a video from anything", clips_shapes.OmniVideo, clips.decode_omni, examples.OMNI_VIDEO),
    (
        clips.MULTI,
        "a video of several things",
        clips_shapes.MultiImageVideo,
        clips.decode_multi_image,
        examples.MULTI_IMAGE_VIDEO,
    ),
    (clips.EXTEND, "more of a video", clips_shapes.Extend, clips.decode_extend, examples.EXTEND),
    (clips.LIPS, "lips that speak", clips_shapes.LipSync, clips.decode_lips, examples.LIP_SYNC),
    (clips.EFFECTS, "a ready-made scene", clips_shapes.Effects, clips.decode_effects, examples.EFFECTS),
    (
        heard.AVATAR,
        "a face that speaks",
        heard_shapes.Avatar,
        heard.decode_avatar,
        heard_examples.AVATAR,
    ),
    (
        heard.MOTION,
        "a character who moves like another",
        heard_shapes.Motion,
        heard.decode_motion,
        heard_examples.MOTION,
    ),
    (heard.TTS, "speech", heard_shapes.Speech, heard.decode_speech, heard_examples.SPEECH),
    (
        heard.TEXT_TO_AUDIO,
        "a sound from words",
        heard_shapes.SoundOfWords,
        heard.decode_sound_of_words,
        heard_examples.SOUND_OF_WORDS,
    ),
    (
        heard.VIDEO_TO_AUDIO,
        "the sound of a video",
        heard_shapes.SoundOfVideo,
        heard.decode_sound_of_video,
        heard_examples.SOUND_OF_VIDEO,
    ),
    (
        pictures.GENERATIONS,
        "pictures",
        pictures_shapes.Generation,
        pictures.decode_generation,
        examples.GENERATION,
    ),
    (
        pictures.OMNI,
        "pictures from anything",
        pictures_shapes.OmniImage,
        pictures.decode_omni_image,
        examples.OMNI_IMAGE,
    ),
    (
        pictures.MULTI,
        "a picture of several things",
        pictures_shapes.MultiImage,
        pictures.decode_multi_image,
        examples.MULTI_IMAGE,
    ),
    (pictures.EXPAND, "a larger picture", pictures_shapes.Expand, pictures.decode_expand, examples.EXPAND),
    (
        pictures.TRY_ON,
        "a garment on a person",
        pictures_shapes.TryOn,
        pictures.decode_try_on,
        examples.TRY_ON,
    ),
)

DIALECT = Dialect(
    name="kling",
    docs="https://kling.ai/document-api",
    identify=identify,
    routes=(
        *(route for row in ROWS for route in routes_of(*row)),
        Account(
            path="GET /kling/account/costs",
            summary="Say what is left",
            notes="The account's credit, as one pack of video units at their list price of 0.14 USD.",
            answer=CostsAnswer,
            encode=encode_costs,
        ),
    ),
    encode_trouble=encode_trouble,
    encode_notice=encode_notice,
    notice_states=FINAL | {State.RUNNING},
    public_id="digits",
)
