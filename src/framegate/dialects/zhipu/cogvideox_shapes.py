"""The JSON of Zhipu's video API, both ways.

Sources: docs.bigmodel.cn, video generation and its result, 2026-11; PyPI `zai-sdk` 0.2.3 and `zhipuai` 2.1.5, types.
Both SDKs send null for every field that is not set, so null means absent everywhere.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType


def words(description: str, *known: str) -> Meta:
    """The description of a text that is one of `known` or null; the decoder refuses others, and names these."""
    return Meta(description=description, extra_json_schema={"enum": [*known, None]})


QUALITIES = ("speed", "quality")
STYLES = ("general", "anime")
MOVES = ("auto", "small", "medium", "large")
RATES = (30, 60)


class ImageObject(Struct, forbid_unknown_fields=True):
    """A picture as an object."""

    url: Annotated[str, Meta(description="A URL or base64")]


class WordCheck(Struct, forbid_unknown_fields=True):
    """Zhipu's own check of words; only a Zhipu upstream gets it."""

    type: Annotated[str | None, Meta(description="Which check: ALL")] = None
    status: Annotated[str | None, words("Whether it is on", "ENABLE", "DISABLE")] = None


class NewVideo(Struct, kw_only=True):
    """What a client asks for."""

    model: Annotated[str, Meta(description="A model's name, such as cogvideox-3")]
    prompt: Annotated[
        str | None, Meta(description="What to make; Zhipu's own models take 512 characters")
    ] = None
    image_url: Annotated[
        str | list[str] | ImageObject | None,
        Meta(
            description="A picture as a URL or base64; a list of two is first and last frame, and a model whose name "
            "ends in -reference takes a list of up to three to refer to"
        ),
    ] = None
    quality: Annotated[str | None, words("Faster, or better", *QUALITIES)] = None
    with_audio: Annotated[bool | None, Meta(description="Whether there is sound")] = None
    size: Annotated[str | None, Meta(description="Width x height in pixels, such as 1920x1080")] = None
    fps: Annotated[
        int | None, Meta(description="Pictures a second", extra_json_schema={"enum": [*RATES, None]})
    ] = None
    duration: Annotated[
        int | None, Meta(description="Whole seconds; 5 if left out, 4 for models that begin with vidu2")
    ] = None
    aspect_ratio: Annotated[str | None, Meta(description="16:9, 9:16, 1:1 or another shape")] = None
    style: Annotated[str | None, words("Only a Zhipu upstream gets it", *STYLES)] = None
    movement_amplitude: Annotated[str | None, words("Only a Zhipu upstream gets it", *MOVES)] = None
    off_peak: Annotated[bool | None, Meta(description="Only a Zhipu upstream gets it")] = None
    watermark_enabled: Annotated[bool | None, Meta(description="Whether the result bears a mark")] = None
    sensitive_word_check: WordCheck | None = None
    request_id: Annotated[
        str | None, Meta(description="Your own id of the task, good for one task of your account")
    ] = None
    user_id: Annotated[
        str | None, Meta(description="Your own user, 6 to 128 characters; only a Zhipu upstream gets it")
    ] = None


class Created(Struct):
    """The answer to a new video."""

    id: Annotated[str, Meta(description="The task's id: digits, and to be taken as a text")]
    model: str
    request_id: Annotated[str, Meta(description="What you gave, else the gateway's own id of the task")]
    task_status: Annotated[str, Meta(extra_json_schema={"enum": ["PROCESSING", "SUCCESS", "FAIL"]})]


class VideoResult(Struct):
    """One finished video."""

    url: Annotated[str, Meta(description="A signed link to the file")]
    cover_image_url: Annotated[
        str, Meta(description="A signed link to a still of it; empty if there is none")
    ]


class Fault(Struct):
    """What went wrong."""

    code: Annotated[str, Meta(description="Zhipu's code, as a text")]
    message: str


class VideoTask(Created):
    """The answer to a query."""

    video_result: Annotated[list[VideoResult], Meta(description="Empty until SUCCESS")]
    error: Annotated[Fault | UnsetType, Meta(description="Why the task failed")] = UNSET


class Ids(Struct, kw_only=True):
    """Several tasks at once."""

    ids: Annotated[list[str], Meta(description="At most 100 ids, or request_ids, of tasks")]


class VideoTasks(Struct):
    """Several tasks, in the order of their ids; ids that name no task of yours are left out."""

    results: list[VideoTask]
